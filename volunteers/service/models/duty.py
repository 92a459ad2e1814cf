"""The monthly duty: its rules, who owes less, months as they close, letters, appeals."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.scoping import Way, reach_of
from volunteers.service.enums import (
    SERVICE_READERS,
    AppealState,
    MonthRating,
    MonthState,
    ReliefKind,
)
from volunteers.service.models.base import (
    OfPlace,
    Served,
    actor,
    employed_by,
    first_of_month,
    known,
    organisation,
    place,
    starts_before_end,
    whole,
)
from volunteers.service.models.credits import Credit, LongDay
from volunteers.service.models.participants import Participant
from volunteers.service.models.report_ins import Certificate, ReportIn

if TYPE_CHECKING:
    from orgs.models import User


class DutyRule(models.Model):
    """What a member owes a month: so many activities and minutes. Append-only.

    Without a branch it holds for all. In a month counts the rule with the latest beginning not after
    it, of these the highest version; the branch's own goes before the general one.
    """

    branch = organisation(_("branch"), null=True, blank=True, related_name="duty_rules")
    version = models.PositiveSmallIntegerField(_("version"))
    # The first month for which it counts, as its first day.
    month = models.DateField(_("from month"))
    activities = models.PositiveSmallIntegerField(_("activities"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    source = models.CharField(_("source"), max_length=300)
    entered_by = actor(_("entered by"), null=True, blank=True)
    entered_at = models.DateTimeField(_("entered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("rule of duty")
        verbose_name_plural = _("rules of duty")
        ordering = ["branch", "-version"]
        permissions = [("keep_dutyrule", "May set the monthly duty of a branch")]
        constraints = [
            models.UniqueConstraint(name="duty_rule_version_once", fields=["branch", "version"]),
            models.UniqueConstraint(
                name="duty_rule_general_once", fields=["version"], condition=Q(branch=None)
            ),
            first_of_month("duty_rule_month"),
            models.CheckConstraint(
                name="duty_rule_in_bounds",
                condition=Q(version__gte=1, activities__range=(0, 31), minutes__range=(0, 44640)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch or '—'} · {self.version}"


class DutyRelief(Served):
    """Days on which somebody owes nothing, or a part (shift work), with who granted it."""

    participant = models.ForeignKey(
        Participant,
        verbose_name=_("member"),
        on_delete=models.PROTECT,
        related_name="duty_reliefs",
    )
    kind = models.CharField(_("kind"), max_length=8, choices=ReliefKind)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"))
    # So many per cent of these days are not owed.
    percent = models.PositiveSmallIntegerField(_("not owed, per cent"), default=100)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    granted_by = actor(_("granted by"))
    granted_at = models.DateTimeField(_("granted at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("relief from duty")
        verbose_name_plural = _("reliefs from duty")
        ordering = ["-starts", "-pk"]
        constraints = [
            known("duty_relief_known", "kind", ReliefKind),
            starts_before_end("duty_relief_ends_after_start"),
            models.CheckConstraint(
                name="duty_relief_percent", condition=Q(percent__range=(1, 100))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant} · {self.get_kind_display()}"


class ServiceMonth(OfPlace):
    """One month of one branch: open, under review, closed. A closed month is locked."""

    scope_path = "branch__covers"

    branch = organisation(_("branch"), related_name="service_months")
    month = models.DateField(_("month"))
    state = models.CharField(_("state"), max_length=6, choices=MonthState, default=MonthState.OPEN)
    reviewed_from = models.DateTimeField(_("under review since"), null=True, blank=True)
    # All results of the month are counted together.
    counted_at = models.DateTimeField(_("counted at"), null=True, blank=True)
    closed_by = actor(_("closed by"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("month of service")
        verbose_name_plural = _("months of service")
        ordering = ["-month", "branch"]
        permissions = [("review_month", "May review and close the months of a branch")]
        constraints = [
            models.UniqueConstraint(name="service_month_once", fields=["branch", "month"]),
            first_of_month("service_month_month"),
            models.CheckConstraint(
                name="service_month_state_whole",
                condition=Q(
                    state=MonthState.OPEN, reviewed_from=None, closed_by=None, closed_at=None
                )
                | Q(
                    state=MonthState.REVIEW,
                    reviewed_from__isnull=False,
                    closed_by=None,
                    closed_at=None,
                )
                | Q(
                    state=MonthState.CLOSED,
                    reviewed_from__isnull=False,
                    closed_at__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch} · {self.month:%Y-%m}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who runs the service of a place that the branch covers."""
        covered = cls._default_manager.filter(reach_of(user).q(cls.scope_path, SERVICE_READERS))
        return [covered.order_by().values("pk")]


class MonthResult(Served):
    """What a member did and owed in a month, with the rule by which it was counted.

    It is its month's: whoever has moved on stays with the branch that counted it.
    """

    scope_path = "month__branch__covers"

    month = models.ForeignKey(ServiceMonth, on_delete=models.PROTECT, related_name="results")
    participant = models.ForeignKey(
        Participant,
        verbose_name=_("member"),
        on_delete=models.PROTECT,
        related_name="month_results",
    )
    report_in = models.ForeignKey(
        ReportIn,
        verbose_name=_("report-in"),
        on_delete=models.PROTECT,
        related_name="month_results",
    )
    rule = models.ForeignKey(
        DutyRule, verbose_name=_("rule"), on_delete=models.PROTECT, related_name="+"
    )
    # Days of the month on which duty was owed, in hundredths (reliefs count by per cent).
    owed_days = models.PositiveIntegerField(_("days owed, hundredths"))
    needed_activities = models.PositiveSmallIntegerField(_("activities owed"))
    needed_minutes = models.PositiveIntegerField(_("minutes owed"))
    activities = models.PositiveSmallIntegerField(_("activities"))
    duty_minutes = models.PositiveIntegerField(_("minutes of duty"))
    voluntary_minutes = models.PositiveIntegerField(_("voluntary minutes"))
    met = models.BooleanField(_("met"))
    rating = models.CharField(_("rating"), max_length=10, choices=MonthRating, blank=True)
    rating_text = models.CharField(_("words of the rating"), max_length=300, blank=True)
    rated_by = actor(_("rated by"), null=True, blank=True)
    rated_at = models.DateTimeField(_("rated at"), null=True, blank=True)

    class Meta:
        verbose_name = _("result of a month")
        verbose_name_plural = _("results of months")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="month_result_once", fields=["month", "participant"]),
            models.CheckConstraint(
                name="month_result_met_is_true",
                condition=Q(
                    met=True,
                    activities__gte=F("needed_activities"),
                    needed_minutes__lte=F("duty_minutes") + F("voluntary_minutes"),
                )
                | Q(met=False, activities__lt=F("needed_activities"))
                | Q(met=False, needed_minutes__gt=F("duty_minutes") + F("voluntary_minutes")),
            ),
            models.CheckConstraint(
                name="month_result_rated_whole",
                condition=Q(rating="", rated_by=None, rated_at=None)
                | (
                    Q(rating__in=MonthRating.values)
                    & Q(rated_by__isnull=False, rated_at__isnull=False)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant} · {self.month_id}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who runs the service of a place that the branch covers, and the member."""
        covered = cls._default_manager.filter(reach_of(user).q(cls.scope_path, SERVICE_READERS))
        return [covered.order_by().values("pk"), Q(participant__account=user)]


class MonthLetter(OfPlace):
    """What a branch writes to a sending organisation about its members' month; a correction is the
    next revision, sent by itself. Append-only but for its sending and its receipt.
    """

    scope_path = "month__branch__covers"

    month = models.ForeignKey(ServiceMonth, on_delete=models.PROTECT, related_name="letters")
    employer = organisation(_("sending organisation"), related_name="month_letters")
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    certificate = models.OneToOneField(
        Certificate,
        verbose_name=_("certificate"),
        on_delete=models.PROTECT,
        related_name="letter",
    )
    made_at = models.DateTimeField(_("made at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    received_by = actor(_("received by"), null=True, blank=True)
    received_at = models.DateTimeField(_("received at"), null=True, blank=True)

    class Meta:
        verbose_name = _("monthly letter")
        verbose_name_plural = _("monthly letters")
        ordering = ["-pk"]
        permissions = [("receive_letter", "May acknowledge letters to a sending organisation")]
        constraints = [
            models.UniqueConstraint(
                name="month_letter_revision_once", fields=["month", "employer", "revision"]
            ),
            whole("month_letter_received_whole", "received_by", "received_at"),
        ]

    def __str__(self) -> str:
        return f"{self.employer} · {self.month}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who runs the service of a place that the branch covers, and the organisation."""
        covered = cls._default_manager.filter(reach_of(user).q(cls.scope_path, SERVICE_READERS))
        return [covered.order_by().values("pk"), Q(employer__in=employed_by(user))]


class Appeal(Served):
    """A member says that an approval, a refusal or a month's result is wrong. Nobody decides their own
    case.
    """

    scope_path = "unit"

    participant = models.ForeignKey(
        Participant,
        verbose_name=_("participant"),
        on_delete=models.PROTECT,
        related_name="appeals",
    )
    unit = place()
    credit = models.ForeignKey(
        Credit,
        verbose_name=_("credit"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="appeals",
    )
    attendance = models.ForeignKey(
        "service.Attendance",
        verbose_name=_("attendance"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="appeals",
    )
    # Of an order or a work order, not credited because the day got too long.
    long_day = models.ForeignKey(
        LongDay,
        verbose_name=_("long day"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="appeals",
    )
    result = models.ForeignKey(
        MonthResult,
        verbose_name=_("result of a month"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="appeals",
    )
    reason = models.CharField(_("reason"), max_length=500)
    by = actor(_("by"))
    at = models.DateTimeField(_("when"))
    state = models.CharField(
        _("state"), max_length=8, choices=AppealState, default=AppealState.WAITING
    )
    decided_by = actor(_("decided by"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision = models.CharField(_("decision"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["-pk"]
        permissions = [("decide_appeal", "May decide appeals of a place")]
        constraints = [
            models.CheckConstraint(
                name="appeal_about_one_thing",
                condition=Q(credit__isnull=False, attendance=None, long_day=None, result=None)
                | Q(credit=None, attendance__isnull=False, long_day=None, result=None)
                | Q(credit=None, attendance=None, long_day__isnull=False, result=None)
                | Q(credit=None, attendance=None, long_day=None, result__isnull=False),
            ),
            *(
                models.UniqueConstraint(
                    name=f"appeal_{field}_one_waits",
                    fields=[field],
                    condition=Q(state=AppealState.WAITING, **{f"{field}__isnull": False}),
                )
                for field in ("credit", "attendance", "long_day", "result")
            ),
            known("appeal_known", "state", AppealState),
            models.CheckConstraint(
                name="appeal_decided_whole",
                condition=Q(
                    state=AppealState.WAITING, decided_by=None, decided_at=None, decision=""
                )
                | (
                    ~Q(state=AppealState.WAITING)
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decision="")
                ),
            ),
            models.CheckConstraint(
                name="appeal_decided_by_another",
                condition=Q(decided_by=None) | ~Q(decided_by=F("by")),
            ),
        ]

    def __str__(self) -> str:
        return self.reason[:40]
