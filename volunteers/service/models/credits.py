"""What was approved of somebody's service, the intervals it fills, and whoever was served asked about it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from volunteers.service.enums import (
    MinutesKind,
    SampleAnswer,
)
from volunteers.service.models.attendance import Attendance
from volunteers.service.models.base import (
    Served,
    actor,
    first_of_month,
    known,
    place,
)
from volunteers.service.models.items import ServiceItem
from volunteers.service.models.orders import ServiceOrder
from volunteers.service.models.participants import Participant


class Credit(Served):
    """One approval of somebody's minutes of one activity, order or work order. Append-only but `is_latest`.

    A later approval of the same is the next revision; the ledgers book the difference. The month is
    that of the start.
    """

    scope_path = "unit"

    participant = models.ForeignKey(
        Participant,
        verbose_name=_("participant"),
        on_delete=models.PROTECT,
        related_name="credits",
    )
    unit = place()
    attendance = models.ForeignKey(
        Attendance,
        verbose_name=_("attendance"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="credits",
    )
    order = models.ForeignKey(
        ServiceOrder,
        verbose_name=_("order"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="credits",
    )
    # The number of the work order that a member took.
    task_number = models.CharField(_("work order"), max_length=40, blank=True)
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    is_latest = models.BooleanField(_("in force"), default=True)
    item = models.ForeignKey(
        ServiceItem,
        verbose_name=_("item"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="credits",
    )
    minutes_kind = models.CharField(_("counts as"), max_length=10, choices=MinutesKind)
    month = models.DateField(_("month"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    planned_minutes = models.PositiveSmallIntegerField(_("planned minutes"))
    # Whole points, computed from item, minutes and planned minutes, or agreed for a work order.
    points = models.PositiveIntegerField(_("points"), default=0)
    # Under 60 % of the planned time the minutes count and the activity does not.
    counts_activity = models.BooleanField(_("counts as an activity"))
    # Nobody: approved by rule, from clean records.
    approved_by = actor(_("approved by"), null=True, blank=True)
    approved_at = models.DateTimeField(_("approved at"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["month", "participant"],
                name="credit_of_month",
                condition=Q(is_latest=True),
                include=["minutes", "counts_activity", "minutes_kind"],
            ),
            models.Index(fields=["participant", "-id"], name="credit_of_participant"),
        ]
        constraints = [
            models.CheckConstraint(
                name="credit_of_one_thing",
                condition=Q(attendance__isnull=False, order=None, task_number="")
                | Q(attendance=None, order__isnull=False, task_number="")
                | (Q(attendance=None, order=None) & ~Q(task_number="")),
            ),
            models.UniqueConstraint(
                name="credit_attendance_revision",
                fields=["attendance", "revision"],
                condition=Q(attendance__isnull=False),
            ),
            models.UniqueConstraint(
                name="credit_order_revision",
                fields=["order", "participant", "revision"],
                condition=Q(order__isnull=False),
            ),
            models.UniqueConstraint(
                name="credit_task_revision",
                fields=["task_number", "participant", "revision"],
                condition=~Q(task_number=""),
            ),
            models.UniqueConstraint(
                name="credit_attendance_latest",
                fields=["attendance"],
                condition=Q(is_latest=True, attendance__isnull=False),
            ),
            known("credit_kind_known", "minutes_kind", MinutesKind),
            first_of_month("credit_month"),
            models.CheckConstraint(
                name="credit_in_bounds",
                condition=Q(revision__gte=1, minutes__lte=1440, planned_minutes__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant} · {self.minutes}"


class CreditedInterval(models.Model):
    """The time that a credit fills, half-open. Nobody is credited twice for one moment: the database
    refuses it. Append-only but `is_live`, which ends with its credit.
    """

    credit = models.ForeignKey(Credit, on_delete=models.PROTECT, related_name="intervals")
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, related_name="credited_intervals"
    )
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    is_live = models.BooleanField(_("in force"), default=True)

    class Meta:
        verbose_name = _("credited interval")
        verbose_name_plural = _("credited intervals")
        ordering = ["starts_at"]
        indexes = [models.Index(fields=["participant", "starts_at"], name="interval_of_somebody")]
        constraints = [
            models.CheckConstraint(
                name="credited_interval_has_length", condition=Q(ends_at__gt=F("starts_at"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} · {self.starts_at:%Y-%m-%d %H:%M}"


class LongDay(Served):
    """Time of an order or a work order that makes a day longer than eight hours: it waits for a person.

    Over eight hours the branch looks, over twelve the level above. Undecided it goes with the work
    order that is taken up again.
    """

    scope_path = "unit"

    participant = models.ForeignKey(
        Participant,
        verbose_name=_("participant"),
        on_delete=models.PROTECT,
        related_name="long_days",
    )
    unit = place()
    order = models.ForeignKey(
        ServiceOrder,
        verbose_name=_("order"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="long_days",
    )
    task_number = models.CharField(_("work order"), max_length=40, blank=True)
    text = models.CharField(_("what"), max_length=200)
    minutes_kind = models.CharField(_("counts as"), max_length=10, choices=MinutesKind)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    planned_minutes = models.PositiveSmallIntegerField(_("planned minutes"))
    # What was agreed for a work order; an order's come from its item.
    points = models.PositiveIntegerField(_("points"), default=0)
    longest = models.PositiveSmallIntegerField(_("minutes of that day in all"))
    at = models.DateTimeField(_("waits since"))
    approved = models.BooleanField(_("approved"), null=True, blank=True)
    decided_by = actor(_("decided by"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("long day")
        verbose_name_plural = _("long days")
        ordering = ["at", "pk"]
        constraints = [
            known("long_day_kind_known", "minutes_kind", MinutesKind),
            models.CheckConstraint(
                name="long_day_of_one_thing",
                condition=Q(order__isnull=False, task_number="")
                | (Q(order=None) & ~Q(task_number="")),
            ),
            models.CheckConstraint(
                name="long_day_has_length", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="long_day_decided_whole",
                condition=Q(approved=None, decided_by=None, decided_at=None)
                | Q(approved__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="long_day_waits_once",
                fields=["task_number", "participant"],
                condition=Q(approved=None) & ~Q(task_number=""),
            ),
            models.UniqueConstraint(
                name="long_day_of_order_once", fields=["order"], condition=Q(order__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant} · {self.text}"


class ServedQuestion(Served):
    """A question to somebody served, of the month's seeded sample: was it as written?"""

    scope_path = "unit"

    unit = place()
    month = models.DateField(_("month"))
    credit = models.ForeignKey("service.Credit", on_delete=models.PROTECT, related_name="questions")
    # Who organised or did it, beside whom the answers are shown.
    organiser = actor(_("organiser"))
    participant = models.ForeignKey(
        Participant,
        verbose_name=_("who is asked"),
        on_delete=models.PROTECT,
        related_name="questions",
    )
    asked_at = models.DateTimeField(_("asked at"))
    answer = models.CharField(_("answer"), max_length=4, choices=SampleAnswer, blank=True)
    text = models.CharField(_("text"), max_length=300, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = actor(_("answered by"), null=True, blank=True)

    class Meta:
        verbose_name = _("question to who was served")
        verbose_name_plural = _("questions to who was served")
        ordering = ["-month", "pk"]
        constraints = [
            models.UniqueConstraint(name="served_question_once", fields=["credit", "participant"]),
            first_of_month("served_question_month"),
            models.CheckConstraint(
                name="served_question_answered_whole",
                condition=Q(answer="", answered_at=None, answered_by=None)
                | (
                    Q(answer__in=SampleAnswer.values)
                    & Q(answered_at__isnull=False, answered_by__isnull=False)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} · {self.pk}"
