"""A task, who works on it, what happened to it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orgs.crypto import EncryptedTextField
from orgs.models import Unit
from orgs.scoping import Scoped, Way, reach_of
from tasks.enums import (
    AT_WORK,
    AUTOMATIC,
    COMMUNITY_ROLES,
    FINAL,
    HELPER_ROLES,
    IN_OWN_HANDS,
    OPEN,
    WATCHING_ROLES,
    WITH_DEPARTMENTS,
    Action,
    AssignmentRole,
    Channel,
    DeclineReason,
    Ending,
    Light,
    LimitKind,
    Outcome,
    RequestKind,
    Status,
    Triage,
    WhistleKind,
    Who,
)
from tasks.models.catalogue import Category, StageRule, WhistleRule
from tasks.models.dispatches import Assignment

if TYPE_CHECKING:
    from orgs.models import User
    from tasks.models.story import DecisionRequest
    from tasks.models.visits import JointVisit

# Sorted, so that a migration written twice is the same.
_FINAL = tuple(sorted(FINAL))
_STATES = tuple(sorted(Status))
_AT_WORK = tuple(sorted(AT_WORK))
_IN_OWN_HANDS = tuple(sorted(IN_OWN_HANDS))
_WITH_DEPARTMENTS = tuple(sorted(WITH_DEPARTMENTS))
_AFTER_WHISTLE = (Status.WHISTLED, *_WITH_DEPARTMENTS)


# Characters of a report, and of what is said on the way.
MAX_TEXT = 2000
MAX_SPOT = 100


# A hotline ticket is nearly due on the last day before its answer is.
REPLY_SOON = timedelta(days=1)


class Task(Scoped):
    """One problem, from report to rating. It changes its state only through `TaskWorkflow.step`."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    unit = models.ForeignKey(Unit, verbose_name=_("place"), on_delete=models.PROTECT)
    category = models.ForeignKey(Category, verbose_name=_("category"), on_delete=models.PROTECT)
    title = models.CharField(_("title"), max_length=60)
    text = models.TextField(_("description"), max_length=MAX_TEXT)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    triage = models.CharField(_("received by"), max_length=10, choices=Triage)
    status = models.CharField(_("state"), max_length=12, choices=Status, default=Status.SUBMITTED)
    # The account that reported for itself; somebody who typed in a call is `entered_by`.
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("reporter"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reported_tasks",
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("entered by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    outside_number = models.CharField(_("outside number"), max_length=40, blank=True)
    contact_name = models.CharField(_("contact name"), max_length=40, blank=True)
    contact_phone = EncryptedTextField(_("contact phone"), blank=True, default="")
    contact_phone_index = models.CharField(max_length=64, blank=True, editable=False)
    hide_name = models.BooleanField(_("keep the name from the department"), default=False)
    lon = models.FloatField(_("longitude (WGS-84)"), null=True, blank=True)
    lat = models.FloatField(_("latitude (WGS-84)"), null=True, blank=True)
    # Where it is within the place, or instead of one, in the reporter's words: a road, a number.
    spot = models.CharField(_("where exactly"), max_length=MAX_SPOT, blank=True)
    # When a call or an outside ticket came in, where that was earlier than the report.
    received_at = models.DateTimeField(_("received at"), null=True, blank=True)
    # By when the hotline wants its answer; the limits of a dispatch run beside it.
    reply_by = models.DateTimeField(_("answer due"), null=True, blank=True)
    created_at = models.DateTimeField(_("reported at"))
    # When the state last changed.
    moved_at = models.DateTimeField(_("since"))

    decline_reason = models.CharField(
        _("reason class"), max_length=16, choices=DeclineReason, blank=True
    )
    # An emergency by its kind, or by the kind of its whistle: see `TaskWorkflow`.
    is_urgent = models.BooleanField(_("emergency"), default=False, editable=False)
    whistle_kind = models.CharField(
        _("kind of whistle"), max_length=12, choices=WhistleKind, blank=True
    )
    whistle_rule = models.ForeignKey(
        WhistleRule, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("signed by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    # Grows with every dispatch, so that an earlier round's departments are told apart.
    dispatch_round = models.PositiveSmallIntegerField(default=0)
    # The stage before departments work: since when it runs and by which rule, and whether anything
    # was asked in it (more time), so that whoever decides on it looks.
    stage_rule = models.ForeignKey(
        StageRule, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    stage_from = models.DateTimeField(null=True, editable=False)
    has_requests = models.BooleanField(default=False, editable=False)
    # Whom the community, or the street in its place, sent (派到人); departments: see `Assignment`.
    handed_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("handed to"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # That person's name, where it was read with the row.
    handed_name: str | None = None
    # Whether a joint visit was ever arranged, so that whoever asks for it looks.
    has_visits = models.BooleanField(default=False, editable=False)
    # Until when the work of the dispatch in force is to be done, granted extensions included, and
    # the limit that runs now with its steps: what lists sort and filter by. The clock
    # (`tasks.workflow.limits.clock`) keeps them after the assignments and requests, nobody else.
    resolve_by = models.DateTimeField(_("resolve by"), null=True, blank=True)
    limit_kind = models.CharField(max_length=10, choices=LimitKind, blank=True, editable=False)
    limit_at = models.DateTimeField(_("next limit"), null=True, editable=False)
    remind_at = models.DateTimeField(null=True, editable=False)
    street_at = models.DateTimeField(null=True, editable=False)
    district_at = models.DateTimeField(null=True, editable=False)
    limit_step = models.PositiveSmallIntegerField(default=0, editable=False)
    next_step_at = models.DateTimeField(null=True, editable=False)
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("offered by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # As whom it was offered: who holds that office later may confirm the work.
    offered_as = models.CharField(max_length=10, choices=Who, blank=True, editable=False)
    offered_minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    offered_points = models.PositiveSmallIntegerField(_("points"), null=True, blank=True)
    taker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("taken by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="taken_tasks",
    )
    # Confirmed by the very person who had reported it as done (自办自核).
    self_confirmed = models.BooleanField(_("confirmed by whoever did it"), default=False)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    result = models.TextField(_("result"), blank=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)
    # The state in which the work was done, to which rework leads back.
    worked_from = models.CharField(max_length=12, choices=Status, blank=True)
    ending = models.CharField(_("closed as"), max_length=16, choices=Ending, blank=True)
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("merged into"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="duplicates",
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    # The public progress page locks after wrong tries.
    lookup_failures = models.PositiveSmallIntegerField(default=0, editable=False)
    lookup_locked_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["-id"]
        permissions = [
            (action.permission.removeprefix("tasks."), f"May {action.value}")
            for action in Action
            if action not in AUTOMATIC
        ]
        indexes = [
            models.Index(fields=["unit", "-id"], name="task_of_unit"),
            models.Index(fields=["unit", "created_at"], name="task_reported_at_unit"),
            models.Index(
                fields=["unit", "status"],
                name="task_open_at_unit",
                condition=Q(status__in=sorted(OPEN)),
            ),
            models.Index(fields=["status", "-id"], name="task_in_state"),
            models.Index(
                fields=["unit", "status"],
                name="task_emergency",
                condition=Q(is_urgent=True, status__in=sorted(OPEN)),
            ),
            models.Index(fields=["reporter", "-id"], name="task_of_reporter"),
            models.Index(
                fields=["handed_to"],
                name="task_handed_to",
                condition=Q(handed_to__isnull=False),
            ),
            models.Index(
                fields=["contact_phone_index", "-id"],
                name="task_of_telephone",
                condition=~Q(contact_phone_index=""),
            ),
            models.Index(fields=["category", "created_at"], name="task_alike"),
            models.Index(fields=["created_at"], name="task_reported"),
            models.Index(
                fields=["closed_at"], name="task_closed", condition=Q(closed_at__isnull=False)
            ),
            models.Index(
                fields=["limit_at"], name="task_running", condition=Q(limit_at__isnull=False)
            ),
            models.Index(
                fields=["next_step_at"],
                name="task_step_due",
                condition=Q(next_step_at__isnull=False),
            ),
            models.Index(
                fields=["reply_by"], name="task_reply_due", condition=Q(reply_by__isnull=False)
            ),
            models.Index(
                fields=["moved_at"], name="task_unrated", condition=Q(status=Status.RATING)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["outside_number"],
                name="one_task_an_outside_number",
                condition=~Q(outside_number=""),
            ),
            models.CheckConstraint(
                name="task_taken_has_taker",
                condition=(Q(status=Status.TAKEN, taker__isnull=False))
                | (Q(status=Status.OFFERED, taker=None))
                | ~Q(status__in=(Status.TAKEN, Status.OFFERED)),
            ),
            models.CheckConstraint(
                name="task_whistle_has_kind",
                condition=~Q(status__in=_AFTER_WHISTLE)
                | (~Q(whistle_kind="") & Q(whistle_rule__isnull=False)),
            ),
            models.CheckConstraint(
                name="task_emergency_is_urgent",
                condition=Q(is_urgent=True) | ~Q(whistle_kind=WhistleKind.EMERGENCY),
            ),
            models.CheckConstraint(
                name="task_dispatched_has_limits",
                condition=~Q(status__in=_WITH_DEPARTMENTS) | Q(resolve_by__isnull=False),
            ),
            models.CheckConstraint(
                name="task_limit_whole",
                condition=Q(limit_kind="", limit_at=None, next_step_at=None)
                | (
                    ~Q(limit_kind="")
                    & Q(
                        status__in=_AT_WORK,
                        limit_at__isnull=False,
                        remind_at__isnull=False,
                        street_at__isnull=False,
                        district_at__isnull=False,
                    )
                ),
            ),
            models.CheckConstraint(
                name="task_stage_whole",
                condition=Q(stage_rule=None, stage_from=None)
                | Q(stage_rule__isnull=False, stage_from__isnull=False),
            ),
            models.CheckConstraint(
                name="task_closed_when_final",
                condition=Q(status__in=_FINAL, closed_at__isnull=False)
                | (~Q(status__in=_FINAL) & Q(closed_at=None, ending="")),
            ),
            models.CheckConstraint(
                name="task_closed_has_ending",
                condition=(Q(status=Status.CLOSED) & ~Q(ending=""))
                | (~Q(status=Status.CLOSED) & Q(ending="")),
            ),
            models.CheckConstraint(
                name="task_declined_has_reason",
                condition=(Q(status=Status.DECLINED) & ~Q(decline_reason=""))
                | (~Q(status=Status.DECLINED) & Q(decline_reason="")),
            ),
            models.CheckConstraint(name="task_state_known", condition=Q(status__in=_STATES)),
            models.CheckConstraint(
                name="task_outside_number_of_hotline",
                condition=Q(outside_number="") | Q(channel=Channel.HOTLINE),
            ),
            models.CheckConstraint(
                name="task_reply_by_of_hotline",
                condition=Q(reply_by=None) | Q(channel=Channel.HOTLINE),
            ),
            models.CheckConstraint(
                name="task_resolved_whole",
                condition=~Q(status__in=(Status.RESOLVED, Status.RATING))
                | (Q(resolved_at__isnull=False) & ~Q(outcome="") & ~Q(worked_from="")),
            ),
            models.CheckConstraint(
                name="task_signature_whole",
                condition=Q(signed_by=None, signed_at=None)
                | Q(signed_by__isnull=False, signed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="task_self_confirmed_is_confirmed",
                condition=Q(self_confirmed=False) | Q(status__in=(Status.RATING, Status.CLOSED)),
            ),
            models.CheckConstraint(
                name="task_handed_to_in_own_hands",
                condition=Q(handed_to=None) | Q(status__in=_IN_OWN_HANDS),
            ),
            models.CheckConstraint(
                name="task_merged_is_closed",
                condition=(Q(merged_into=None) & ~Q(ending=Ending.MERGED))
                | (
                    Q(merged_into__isnull=False, status=Status.CLOSED, ending=Ending.MERGED)
                    & ~Q(merged_into=F("pk"))
                ),
            ),
            models.CheckConstraint(
                name="task_point_whole",
                condition=Q(lon=None, lat=None)
                | Q(
                    lon__isnull=False,
                    lat__isnull=False,
                    lon__gte=-180,
                    lon__lte=180,
                    lat__gte=-90,
                    lat__lte=90,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who sees a task (design, "Who sees a task"): see the branches below."""
        reach = reach_of(user)
        ways: list[Way] = [Q(reporter=user) | Q(entered_by=user) | Q(taker=user)]
        if reach.roles & WATCHING_ROLES:
            ways.append(reach.q("unit", WATCHING_ROLES))
        if reach.roles & COMMUNITY_ROLES:
            sent = Transfer.objects.filter(reach.q("from_unit", COMMUNITY_ROLES))
            ways.append(sent.values("task"))
        if reach.roles & HELPER_ROLES:
            ways.append(Q(status=Status.OFFERED) & reach.q("unit", HELPER_ROLES))
        if reach.department_ids:
            assigned = Assignment.objects.filter(department__in=reach.department_ids)
            ways.append(assigned.values("task"))
        return ways

    # Django's own looks through all choices, translating each.
    def get_status_display(self) -> str:  # type: ignore[no-redef]
        return str(Status(self.status).label)

    def get_whistle_kind_display(self) -> str:  # type: ignore[no-redef]
        return str(WhistleKind(self.whistle_kind).label) if self.whistle_kind else ""

    @property
    def is_open(self) -> bool:
        return self.status not in FINAL

    @property
    def present_parts(self) -> "list[Assignment]":
        """What departments have to do in the present dispatch, the lead's part first."""
        now = [
            assignment
            for assignment in self.assignments.all()
            if assignment.round == self.dispatch_round
        ]
        return sorted(now, key=lambda assignment: assignment.role != AssignmentRole.LEAD)

    @property
    def lead_part(self) -> "Assignment | None":
        """The lead's part in the present dispatch."""
        leading = (
            assignment
            for assignment in self.present_parts
            if assignment.role == AssignmentRole.LEAD
        )
        return next(leading, None)

    @property
    def dispatch(self) -> "Assignment | None":
        """The lead's part of the dispatch in force: under way, or the one in which the work was done."""
        return self.lead_part if self.resolve_by else None

    @property
    def work_by(self) -> datetime | None:
        """Until when the work in hand is to be done: the department's, or the community's own."""
        return self.resolve_by or (self.limit_at if self.limit_kind == LimitKind.HANDLE else None)

    @property
    def report_in_by(self) -> datetime | None:
        dispatch = self.dispatch
        return dispatch.report_in_by if dispatch else None

    @property
    def respond_by(self) -> datetime | None:
        dispatch = self.dispatch
        return dispatch.respond_by if dispatch else None

    def undecided(self, kind: RequestKind | None = None) -> "list[DecisionRequest]":
        """The requests (of a kind) on which nobody has decided yet."""
        waiting = [request for request in self.requests.all() if request.decided_at is None]
        return [request for request in waiting if kind in (None, request.kind)]

    @property
    def pending_visit(self) -> "JointVisit | None":
        """The joint visit that is arranged; without a statement where none ever was."""
        if not self.has_visits:
            return None
        return next((visit for visit in self.visits.all() if visit.is_pending), None)

    @property
    def has_rater(self) -> bool:
        """Whether somebody is to rate: a reporter with an account or a phone, not staff itself."""
        if self.channel in (Channel.PATROL, Channel.CADRE):
            return False
        return self.reporter_id is not None or bool(self.contact_phone)

    def light(self, now: datetime) -> Light | None:
        """Green, yellow under a quarter of the time left, red when late; None where no limit runs.

        Once a department's work is reported as done, the light keeps saying whether that was in time.
        """
        if self.limit_at is None or self.remind_at is None:
            if self.resolve_by is None:
                return None
            ended = self.resolved_at or self.closed_at or now
            return Light.RED if ended > self.resolve_by else Light.GREEN
        if now > self.limit_at:
            return Light.RED
        return Light.YELLOW if now > self.remind_at else Light.GREEN

    def reply_light(self, now: datetime) -> Light | None:
        """How the hotline's limit stands: red when missed, yellow on the last day; None without one.

        Once there is a result (or the report is closed) it keeps saying whether that was in time.
        """
        if self.reply_by is None:
            return None
        answered = self.resolved_at or self.closed_at
        if answered:
            return Light.RED if answered > self.reply_by else Light.GREEN
        if now > self.reply_by:
            return Light.RED
        return Light.YELLOW if now > self.reply_by - REPLY_SOON else Light.GREEN


class Transfer(models.Model):
    """A task passed from one community to another; the sender keeps reading it."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="transfers")
    from_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    to_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.from_unit} → {self.to_unit}"
