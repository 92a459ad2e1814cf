"""The library of items for activities and orders, the rules of exchange and of rising: data with versions."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from volunteers.service.enums import ItemClass, ItemUse, MinutesKind, RuleKind
from volunteers.service.models.base import actor, known


class ServiceItem(models.Model):
    """One version of one item: what it is, how many minutes it takes and points it earns.

    Of each code the highest version is in force, and offered unless it says that it ended. Whatever
    was ordered or held keeps the version of its day. Append-only.
    """

    code = models.CharField(_("code"), max_length=8)
    version = models.PositiveSmallIntegerField(_("version"))
    item_class = models.CharField(_("class"), max_length=12, choices=ItemClass)
    name = models.CharField(_("name"), max_length=60)
    text = models.TextField(_("what is done"), blank=True)
    use = models.CharField(_("for"), max_length=8, choices=ItemUse, default=ItemUse.BOTH)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    points = models.PositiveSmallIntegerField(_("points"))
    minutes_kind = models.CharField(_("counts as"), max_length=10, choices=MinutesKind)
    is_dangerous = models.BooleanField(_("needs accident insurance"), default=False)
    least_age = models.PositiveSmallIntegerField(_("from which age"), default=0)
    # A code of Skill that whoever does it must have; empty: none.
    skill = models.CharField(_("skill needed"), max_length=20, blank=True)
    has_ended = models.BooleanField(_("no longer offered"), default=False)
    source = models.CharField(_("source"), max_length=300)
    entered_by = actor(_("entered by"), null=True, blank=True)
    entered_at = models.DateTimeField(_("entered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("service item")
        verbose_name_plural = _("service items")
        ordering = ["code", "-version"]
        permissions = [("keep_items", "May keep the library of service items")]
        constraints = [
            models.UniqueConstraint(name="service_item_version_once", fields=["code", "version"]),
            known("service_item_class_known", "item_class", ItemClass),
            known("service_item_use_known", "use", ItemUse),
            known("service_item_kind_known", "minutes_kind", MinutesKind),
            models.CheckConstraint(
                name="service_item_in_bounds",
                condition=Q(
                    version__gte=1,
                    minutes__range=(5, 720),
                    points__range=(0, 1000),
                    least_age__range=(0, 100),
                ),
            ),
            models.CheckConstraint(
                name="service_item_named", condition=~Q(code="") & ~Q(name="") & ~Q(source="")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ExchangeRule(models.Model):
    """How points are exchanged and voluntary minutes given away. The highest version counts. Append-only."""

    version = models.PositiveSmallIntegerField(_("version"), unique=True)
    hold_hours = models.PositiveSmallIntegerField(_("held for pick-up, hours"))
    redeemed_a_month = models.PositiveIntegerField(_("points exchanged a month at most"))
    gift_minutes_a_month = models.PositiveIntegerField(_("minutes given a month at most"))
    gift_minutes_a_year = models.PositiveIntegerField(_("minutes given a year at most"))
    report_points = models.PositiveSmallIntegerField(_("points of an accepted report"))
    work_order_minutes = models.PositiveSmallIntegerField(
        _("minutes credited for one work order at most"), default=480
    )
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        verbose_name = _("rule of exchange")
        verbose_name_plural = _("rules of exchange")
        ordering = ["-version"]
        constraints = [
            models.CheckConstraint(
                name="exchange_rule_in_bounds",
                condition=Q(version__gte=1, hold_hours__range=(1, 720))
                & Q(gift_minutes_a_year__gte=models.F("gift_minutes_a_month")),
            ),
            # Beyond eight hours of a day somebody has to look, and nobody looks at a work order's.
            models.CheckConstraint(
                name="exchange_rule_work_order",
                condition=Q(work_order_minutes__range=(1, 480)),
            ),
        ]

    def __str__(self) -> str:
        return str(self.version)


class RiseRule(models.Model):
    """After how many hours an untaken order or ring rises, and until when a service may be rated.

    Of each kind the highest version counts. Append-only.
    """

    kind = models.CharField(_("for"), max_length=6, choices=RuleKind)
    version = models.PositiveSmallIntegerField(_("version"))
    hours = models.PositiveSmallIntegerField(_("rises after, hours"))
    # How long the members bound to the household are asked alone.
    bound_first_hours = models.PositiveSmallIntegerField(_("bound members first, hours"), default=0)
    rate_days = models.PositiveSmallIntegerField(_("rated within, days"), default=7)
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        verbose_name = _("rule of rising")
        verbose_name_plural = _("rules of rising")
        ordering = ["kind", "-version"]
        constraints = [
            models.UniqueConstraint(name="rise_rule_version_once", fields=["kind", "version"]),
            known("rise_rule_known", "kind", RuleKind),
            models.CheckConstraint(
                name="rise_rule_in_bounds",
                condition=Q(version__gte=1, hours__range=(1, 720), rate_days__range=(1, 90))
                & Q(bound_first_hours__lt=F("hours")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.version}"
