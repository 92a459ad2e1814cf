"""Service orders: who asks for what, who was asked, who does it, and how it was rated."""

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orgs.models import Attachment
from orgs.scoping import Way
from residents.models import Household, Person
from volunteers.service.enums import (
    SERVICE_HELPERS,
    Level,
    OrderAction,
    OrderState,
)
from volunteers.service.models.base import (
    OfPlace,
    Served,
    TimelineEntry,
    action_permissions,
    actor,
    known,
    place,
    serving_units,
    whole,
)
from volunteers.service.models.items import RiseRule, ServiceItem
from volunteers.service.models.participants import Participant
from volunteers.service.models.proxies import ProxyConsent

if TYPE_CHECKING:
    from orgs.models import User


class ServiceOrder(OfPlace):
    """A service that a resident orders (点单) and a member does.

    What the page shows to whom is said by its room: whoever may take it sees place and item, the
    door and the telephone only once it is theirs.
    """

    readers = SERVICE_HELPERS

    unit = place(related_name="service_orders")
    household = models.ForeignKey(
        Household,
        verbose_name=_("household"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="service_orders",
    )
    item = models.ForeignKey(
        ServiceItem, verbose_name=_("item"), on_delete=models.PROTECT, related_name="orders"
    )
    text = models.TextField(_("what is needed"), blank=True)
    wished_at = models.DateTimeField(_("wished for"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=OrderState, default=OrderState.ORDERED
    )
    level = models.CharField(_("level"), max_length=10, choices=Level, default=Level.COMPOUND)
    rule = models.ForeignKey(
        RiseRule, verbose_name=_("rule"), on_delete=models.PROTECT, related_name="+"
    )
    ordered_by = actor(_("ordered by"))
    # For whom, where another ordered it; then with a consent.
    person = models.ForeignKey(
        Person,
        verbose_name=_("for whom"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="service_orders",
    )
    consent = models.ForeignKey(
        ProxyConsent,
        verbose_name=_("consent"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="orders",
    )
    ordered_at = models.DateTimeField(_("ordered at"))
    # Until then the members bound to the household are asked alone.
    bound_until = models.DateTimeField(_("bound members until"), null=True, blank=True)
    offered_by = actor(_("offered by"), null=True, blank=True)
    offered_at = models.DateTimeField(_("offered at"), null=True, blank=True)
    taker = models.ForeignKey(
        Participant,
        verbose_name=_("taken by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="orders_taken",
    )
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    # When an untaken order rises, or an unrated one closes.
    due_at = models.DateTimeField(_("next step due"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("done at"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    stars = models.PositiveSmallIntegerField(
        _("stars"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
    )
    rating_text = models.CharField(_("words of the rating"), max_length=500, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("service order")
        verbose_name_plural = _("service orders")
        ordering = ["-pk"]
        permissions = [
            ("keep_order", "May release and offer the service orders of a place"),
            ("help_residents", "May order and ring for residents of a place"),
            *action_permissions(*OrderAction),
        ]
        indexes = [
            models.Index(fields=["unit", "state", "-id"], name="order_of_place"),
            models.Index(fields=["taker", "-id"], name="order_of_taker"),
            models.Index(fields=["due_at"], name="order_due", condition=Q(due_at__isnull=False)),
        ]
        constraints = [
            known("order_state_known", "state", OrderState),
            known("order_level_known", "level", Level),
            models.CheckConstraint(
                name="order_proxy_has_consent",
                condition=Q(consent=None) | Q(person__isnull=False),
            ),
            whole("order_offered_whole", "offered_by", "offered_at"),
            whole("order_taken_whole", "taker", "taken_at"),
            models.CheckConstraint(
                name="order_state_whole",
                condition=Q(
                    state__in=[OrderState.ORDERED, OrderState.OFFERED],
                    taker=None,
                    resolved_at=None,
                    closed_at=None,
                )
                | Q(
                    state=OrderState.TAKEN,
                    taker__isnull=False,
                    resolved_at=None,
                    closed_at=None,
                )
                | Q(
                    state=OrderState.RESOLVED,
                    taker__isnull=False,
                    resolved_at__isnull=False,
                    minutes__isnull=False,
                    closed_at=None,
                )
                | Q(
                    state=OrderState.CLOSED,
                    taker__isnull=False,
                    resolved_at__isnull=False,
                    minutes__isnull=False,
                    closed_at__isnull=False,
                )
                | Q(
                    state__in=[OrderState.DECLINED, OrderState.WITHDRAWN],
                    resolved_at=None,
                    closed_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="order_declined_with_reason",
                condition=~Q(state=OrderState.DECLINED) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="order_rated_in_stars",
                condition=Q(stars=None) | Q(stars__range=(1, 5), state=OrderState.CLOSED),
            ),
            models.CheckConstraint(
                name="order_minutes",
                condition=Q(minutes=None) | Q(minutes__range=(0, 1440)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} · {self.unit}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who works with the place, who ordered, for whom, who took it, whoever it is offered to."""
        own = serving_units(user)
        offered = OrderOffer.objects.filter(participant__account=user).order_by()
        open_ = Q(state=OrderState.OFFERED)
        return [
            *super().ways(user),
            Q(ordered_by=user) | Q(person__account=user),
            Q(taker__account=user),
            Q(pk__in=offered.values("order")),
            open_ & Q(unit__in=own.values("pk")),
            open_ & Q(unit__parent__in=own.values("pk")),
            open_ & ~Q(level=Level.COMPOUND) & Q(unit__parent__in=own.values("parent")),
            open_ & ~Q(level=Level.COMPOUND) & Q(unit__parent__parent__in=own.values("parent")),
            open_ & Q(level=Level.STREET) & Q(unit__tree_id__in=own.values("tree_id")),
        ]


class OrderEntry(TimelineEntry):
    """One line of an order's timeline. Append-only."""

    order = models.ForeignKey(ServiceOrder, on_delete=models.PROTECT, related_name="entries")

    class Meta(TimelineEntry.Meta):
        verbose_name = _("entry of an order")
        verbose_name_plural = _("entries of orders")


class OrderAttachment(models.Model):
    """A picture of an order. Append-only."""

    entry = models.ForeignKey(OrderEntry, on_delete=models.PROTECT, related_name="attached")
    attachment = models.OneToOneField(
        Attachment, on_delete=models.PROTECT, related_name="service_order_attachment"
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("picture of an order")
        verbose_name_plural = _("pictures of orders")
        ordering = ["entry", "position"]

    def __str__(self) -> str:
        return str(self.attachment)


class OrderOffer(Served):
    """That an order was offered to a named person, who may say no without reason or consequence."""

    scope_path = "order__unit"

    order = models.ForeignKey(
        ServiceOrder, verbose_name=_("order"), on_delete=models.PROTECT, related_name="offers"
    )
    participant = models.ForeignKey(
        Participant,
        verbose_name=_("participant"),
        on_delete=models.PROTECT,
        related_name="order_offers",
    )
    # Offered because the member is bound to the household.
    is_bound = models.BooleanField(_("bound to the household"), default=False)
    offered_by = actor(_("offered by"), null=True, blank=True)
    offered_at = models.DateTimeField(_("offered at"))
    declined_at = models.DateTimeField(_("said no at"), null=True, blank=True)

    class Meta:
        verbose_name = _("offer of an order")
        verbose_name_plural = _("offers of orders")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="order_offer_once", fields=["order", "participant"])
        ]

    def __str__(self) -> str:
        return f"{self.order_id} · {self.participant}"
