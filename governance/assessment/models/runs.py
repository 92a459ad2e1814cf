"""Runs: one period of one scheme as it was computed, with every row that counted."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.assessment.enums import (
    DISTRICT,
    PLACE_ROLES,
    RELEASED,
    STREET_ROLES,
    AppealState,
    RunAction,
    RunState,
    SubjectKind,
)
from governance.assessment.models.base import actor, known
from governance.assessment.models.schemes import Scheme, homes_of, places_of
from orgs.enums import Role
from orgs.models import Attachment, Department, District, Unit
from orgs.scoping import Scoped, Way, reach_of
from residents.models import PropertyContract
from tasks.models import RateRule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orgs.models import User

_RELEASED = tuple(sorted(RELEASED))


class Run(Scoped):
    """What one period of a scheme gave. A correction is the next revision, never a change.

    `code` is the scheme's whatever its version: a period is computed once. `as_of` is the moment at
    which limits were compared, so that it can be computed again at any time. `claim` is the mark of the
    worker that has it; `collected` names the indicators whose rows are there.
    """

    scheme = models.ForeignKey(
        Scheme, verbose_name=_("scheme"), on_delete=models.PROTECT, related_name="runs"
    )
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    code = models.SlugField(_("code of the scheme"), max_length=40)
    period = models.CharField(_("period"), max_length=8)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"))
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    corrects = models.OneToOneField(
        "self",
        verbose_name=_("corrects"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="correction",
    )
    reason = models.CharField(_("reason of the correction"), max_length=500, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=RunState, default=RunState.COMPUTING
    )
    rate_rule = models.ForeignKey(RateRule, on_delete=models.PROTECT, related_name="+")
    as_of = models.DateTimeField(_("as of"))
    # Empty where beat started it.
    started_by = actor(_("started by"), null=True, blank=True)
    started_at = models.DateTimeField(_("started at"))
    claim = models.UUIDField(null=True, editable=False)
    claimed_at = models.DateTimeField(null=True, editable=False)
    collected = models.JSONField(default=list, editable=False)
    # How many of the subjects are scored.
    subjects = models.PositiveIntegerField(_("subjects"), default=0)
    scored = models.PositiveIntegerField(_("scored"), default=0)
    fingerprint = models.CharField(_("fingerprint of the rows"), max_length=64, blank=True)
    computed_at = models.DateTimeField(_("computed at"), null=True, blank=True)
    released_at = models.DateTimeField(_("released at"), null=True, blank=True)
    appeal_until = models.DateTimeField(_("appeals until"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("assessment", "run")
        verbose_name_plural = pgettext_lazy("assessment", "runs")
        ordering = ["-starts", "-pk"]
        permissions = [
            (action.permission.split(".")[1], f"May {action.value} a run")
            for action in RunAction
            if action != RunAction.COMPUTE
        ]
        indexes = [models.Index(fields=["state", "claimed_at"], name="run_waiting")]
        constraints = [
            models.UniqueConstraint(
                name="run_once", fields=["district", "code", "period", "revision"]
            ),
            known("run_state_known", "state", RunState),
            models.CheckConstraint(name="run_ends_after_start", condition=Q(ends__gte=F("starts"))),
            models.CheckConstraint(
                name="run_corrects_with_reason",
                condition=Q(revision=1, corrects=None, reason="")
                | (Q(revision__gt=1, corrects__isnull=False) & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="run_computed_whole",
                condition=Q(state=RunState.COMPUTING, computed_at=None, fingerprint="")
                | (~Q(state=RunState.COMPUTING) & Q(computed_at__isnull=False))
                & ~Q(fingerprint=""),
            ),
            models.CheckConstraint(
                name="run_released_whole",
                condition=Q(
                    state__in=[RunState.COMPUTING, RunState.REVIEW],
                    released_at=None,
                    appeal_until=None,
                )
                | Q(
                    state__in=_RELEASED,
                    released_at__isnull=False,
                    appeal_until__isnull=False,
                    appeal_until__gt=F("released_at"),
                ),
            ),
            # Nothing is published before the time to appeal is over.
            models.CheckConstraint(
                name="run_published_after_appeals",
                condition=Q(
                    state__in=[RunState.COMPUTING, RunState.REVIEW, RunState.APPEALS],
                    published_at=None,
                )
                | Q(
                    state__in=[RunState.PUBLISHED, RunState.ARCHIVED],
                    published_at__isnull=False,
                    appeal_until__isnull=False,
                    published_at__gte=F("appeal_until"),
                ),
            ),
            models.CheckConstraint(
                name="run_archived_whole",
                condition=Q(state=RunState.ARCHIVED, archived_at__isnull=False)
                | (~Q(state=RunState.ARCHIVED) & Q(archived_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.period} · {self.revision}"

    @classmethod
    def made_public(cls) -> Q:
        """Runs that are published, of schemes whose results everybody reads."""
        return Q(scheme__is_public=True, state__in=[RunState.PUBLISHED, RunState.ARCHIVED])

    @property
    def last_appeal_day(self) -> date | None:
        """The last whole day for appeals; None before the release."""
        if self.appeal_until is None:
            return None
        return timezone.localdate(self.appeal_until) - timedelta(days=1)

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who answers for the scheme; whoever is assessed, once released; all, what is made public."""
        reach = reach_of(user)
        own = Score.objects.filter(*concerned(user)).order_by().values("run")
        return [
            Q(district__in=reach.district_ids(DISTRICT)),
            Q(scheme__publisher__in=reach.department_ids),
            Q(pk__in=own),
            cls.made_public() & Q(district__in=places_of(user)),
            cls.made_public() & Q(district__in=homes_of(user)),
        ]


class RunEntry(models.Model):
    """One step of a run. Append-only."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="entries")
    action = models.CharField(_("action"), max_length=20, choices=RunAction)
    by = actor(_("by"), null=True, blank=True)
    who = models.CharField(_("as"), max_length=20, blank=True)
    at = models.DateTimeField(_("when"))
    text = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("step of a run")
        verbose_name_plural = _("steps of runs")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.action


class RunRow(models.Model):
    """One row of the portal that counted for a subject: what it adds to both sides. Append-only.

    `subject` and `key` are the keys of the subject and of the row, of whichever tables the scheme and
    the indicator name. A row left out by a reviewed reason stays, and says so.
    """

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_index=False)
    indicator = models.CharField(_("indicator"), max_length=40)
    subject = models.BigIntegerField(_("subject"))
    key = models.BigIntegerField(_("row"))
    numerator = models.BigIntegerField(_("counted"))
    denominator = models.BigIntegerField(_("of"))
    left_out = models.BooleanField(_("left out"), default=False)

    class Meta:
        verbose_name = _("row that counted")
        verbose_name_plural = _("rows that counted")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="run_row_once", fields=["run", "subject", "indicator", "key"]
            ),
            models.CheckConstraint(name="run_row_of_something", condition=Q(denominator__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} · {self.key}"


class Score(Scoped):
    """What one subject got in a run. Append-only.

    `result` is canonical JSON: value, band, and every indicator with numerator and denominator. The
    subject is named as it was called then; `unit`, `department` and `account` say whom it concerns.
    """

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="scores")
    subject = models.BigIntegerField(_("subject"))
    code = models.CharField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=120)
    unit = models.ForeignKey(
        Unit,
        verbose_name=_("place"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    account = actor(_("account"), null=True, blank=True)
    value = models.CharField(_("score"), max_length=24, null=True, blank=True)
    band = models.CharField(_("band"), max_length=20, blank=True)
    result = models.TextField(_("result"))

    class Meta:
        verbose_name = pgettext_lazy("assessment", "score")
        verbose_name_plural = pgettext_lazy("assessment", "scores")
        ordering = ["pk"]
        permissions = [("appeal_score", "May appeal against a score of one's own")]
        constraints = [models.UniqueConstraint(name="score_once", fields=["run", "subject"])]

    def __str__(self) -> str:
        return f"{self.name} · {self.value or '—'}"

    @classmethod
    def standing(cls, states: "Iterable[RunState]") -> Q:
        """Scores of runs in some states, as long as no correction in them has taken the place."""
        wanted = sorted(states)
        return Q(run__state__in=wanted) & ~Q(run__correction__state__in=wanted)

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Who answers for the scheme; whom it concerns, once released."""
        reach = reach_of(user)
        return [
            Q(run__district__in=reach.district_ids(DISTRICT)),
            Q(run__scheme__publisher__in=reach.department_ids),
            Q(*concerned(user)),
        ]


def concerned(user: "User") -> list[Q]:
    """Conditions on scores: released, and the user's own or of a place that the user answers for.

    People's scores are read by themselves and by the street above them, not by their colleagues.
    """
    reach = reach_of(user)
    looked_after = Unit.objects.filter(reach.q("", {Role.PROPERTY_STAFF})).order_by().values("pk")
    firms = PropertyContract.objects.filter(compound__in=looked_after, firm__isnull=False)
    own = (
        Q(department__in=reach.department_ids)
        | Q(account=user)
        | (reach.q("unit", PLACE_ROLES | {Role.BRANCH_SECRETARY}) & Q(account=None))
        | reach.q("unit", STREET_ROLES)
        | Q(
            run__scheme__subject_kind=SubjectKind.FIRM,
            subject__in=firms.order_by().values("firm"),
        )
    )
    return [Q(run__state__in=_RELEASED), own]


class ScoreAppeal(Scoped):
    """What the assessed say against a score, and what somebody else decided."""

    scope_path = "score__unit"

    score = models.ForeignKey(Score, on_delete=models.PROTECT, related_name="appeals")
    # Which indicator it is about; "" for the whole.
    indicator = models.CharField(_("indicator"), max_length=40, blank=True)
    reason = models.CharField(_("reason"), max_length=1000)
    by = actor(_("by"))
    at = models.DateTimeField(_("when"))
    state = models.CharField(
        _("state"), max_length=8, choices=AppealState, default=AppealState.WAITING
    )
    decided_by = actor(_("decided by"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision = models.CharField(_("decision"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("appeal against a score")
        verbose_name_plural = _("appeals against scores")
        ordering = ["-pk"]
        permissions = [("decide_scoreappeal", "May decide appeals against scores")]
        constraints = [
            models.UniqueConstraint(
                name="score_appeal_one_waits",
                fields=["score"],
                condition=Q(state=AppealState.WAITING),
            ),
            known("score_appeal_known", "state", AppealState),
            models.CheckConstraint(
                name="score_appeal_decided_whole",
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
                name="score_appeal_decided_by_another",
                condition=Q(decided_by=None) | ~Q(decided_by=F("by")),
            ),
        ]

    def __str__(self) -> str:
        return self.reason[:40]

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """Whoever sees the score."""
        return [Q(score__in=Score.objects.visible_to(user).order_by().values("pk"))]


class AppealAttachment(models.Model):
    """A picture that proves what an appeal says. Append-only."""

    appeal = models.ForeignKey(ScoreAppeal, on_delete=models.PROTECT, related_name="attached")
    attachment = models.OneToOneField(
        Attachment, on_delete=models.PROTECT, related_name="score_appeal_attachment"
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("picture of an appeal")
        verbose_name_plural = _("pictures of appeals")
        ordering = ["appeal", "position"]

    def __str__(self) -> str:
        return str(self.attachment)


class LeftOut(models.Model):
    """A row that no run of a scheme counts any more, with the reviewed reason. Append-only."""

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    code = models.SlugField(_("code of the scheme"), max_length=40)
    indicator = models.CharField(_("indicator"), max_length=40)
    key = models.BigIntegerField(_("row"))
    reason = models.CharField(_("reason"), max_length=1000)
    appeal = models.ForeignKey(
        ScoreAppeal,
        verbose_name=_("appeal"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="left_out",
    )
    asked_by = actor(_("asked by"))
    decided_by = actor(_("decided by"))
    decided_at = models.DateTimeField(_("decided at"))

    class Meta:
        verbose_name = _("row left out")
        verbose_name_plural = _("rows left out")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="left_out_once", fields=["district", "code", "indicator", "key"]
            ),
            models.CheckConstraint(
                name="left_out_by_another",
                condition=~Q(decided_by=F("asked_by")) & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} · {self.key}"
