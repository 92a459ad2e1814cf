"""The three rates, counted by day; how they are weighed; what stays outside of them."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.models import Department, Unit
from orgs.scoping import Scoped, Way, reach_of
from tasks.enums import WATCHING_ROLES, DeclineReason
from tasks.models.catalogue import Category
from tasks.models.tasks import Task

if TYPE_CHECKING:
    from orgs.models import User


class RateRule(models.Model):
    """How ratings are weighed, and for which reasons a task may stay outside of the rates.

    The highest version is in force. Append-only: what was counted names the version it used.
    """

    version = models.PositiveSmallIntegerField(_("version"), unique=True)
    # The weight of each number of stars, 1 to 5, in per cent.
    weights = models.JSONField(_("weights"))
    # Codes of DeclineReason: the classes of 北京市接诉即办工作条例, article 11.
    exclusions = models.JSONField(_("reasons to leave out"))
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("rule of the rates")
        verbose_name_plural = _("rules of the rates")
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"{self.version}"


class DayCount(Scoped):
    """What happened on one day in one community (or at street level), by department and category.

    Dispatches count on the day they were made, ratings on the day they were given. Written by the
    job that counts, never by hand.
    """

    day = models.DateField(_("day"))
    unit = models.ForeignKey(Unit, verbose_name=_("place"), on_delete=models.CASCADE)
    # Who leads; none where no department was called.
    department = models.ForeignKey(
        Department, verbose_name=_("department"), null=True, on_delete=models.CASCADE
    )
    category = models.ForeignKey(Category, verbose_name=_("category"), on_delete=models.CASCADE)
    rule = models.ForeignKey(RateRule, on_delete=models.PROTECT, related_name="+")
    reported = models.PositiveIntegerField(_("reported"), default=0)
    # Valid dispatches whose contact was made or whose limit has passed, and those in time.
    due = models.PositiveIntegerField(_("contact due"), default=0)
    in_time = models.PositiveIntegerField(_("contacted in time"), default=0)
    rated = models.PositiveIntegerField(_("rated"), default=0)
    resolved = models.PositiveIntegerField(_("rated as resolved"), default=0)
    # The sum of the weights of the ratings, in per cent.
    satisfaction = models.PositiveIntegerField(_("satisfaction"), default=0)
    # Those of four and five stars.
    satisfied = models.PositiveIntegerField(_("rated as satisfied"), default=0)
    unrated = models.PositiveIntegerField(_("not rated"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)

    class Meta:
        verbose_name = _("count of a day")
        verbose_name_plural = _("counts of days")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["day", "unit"], name="count_of_day_and_unit"),
            models.Index(fields=["unit", "day"], name="count_of_unit_and_day"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "unit", "department", "category"],
                name="one_count_a_day",
                condition=Q(department__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["day", "unit", "category"],
                name="one_count_a_day_without_department",
                condition=Q(department=None),
            ),
            models.CheckConstraint(
                name="counts_are_parts",
                condition=Q(
                    in_time__lte=F("due"), resolved__lte=F("rated"), satisfied__lte=F("rated")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} · {self.unit}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Those of one's area, and those of one's department."""
        reach = reach_of(user)
        ways: list[Way] = [reach.q("unit", WATCHING_ROLES)]
        if reach.department_ids:
            ways.append(Q(department__in=reach.department_ids))
        return ways


class DayToCount(models.Model):
    """A day to be counted anew. Whoever counts it holds the row locked, and deletes it when done."""

    day = models.DateField(_("day"), primary_key=True)
    asked_at = models.DateTimeField(_("asked at"))

    class Meta:
        verbose_name = _("day to be counted")
        verbose_name_plural = _("days to be counted")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day}"


class Exclusion(models.Model):
    """A closed task that somebody asks to leave out of the rates, with the district's decision."""

    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="exclusion")
    reason_code = models.CharField(_("reason class"), max_length=16, choices=DeclineReason)
    reason = models.TextField(_("reason"))
    rule = models.ForeignKey(RateRule, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked at"))
    granted = models.BooleanField(_("granted"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decision = models.TextField(_("decision"), blank=True)

    class Meta:
        verbose_name = _("task left out of the rates")
        verbose_name_plural = _("tasks left out of the rates")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="exclusion_decision_whole",
                condition=Q(granted=None, decided_by=None, decided_at=None)
                | Q(granted__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.task)
