"""Who was there: raw evidence, which nobody changes, roll-calls, and what is made of both."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from volunteers.service.enums import (
    AttendanceState,
    Datum,
    Direction,
    EvidenceSource,
    EvidenceState,
    FlagKind,
    PlaceVerdict,
    ReviewState,
    RollCallKind,
)
from volunteers.service.models.activities import Activity
from volunteers.service.models.base import (
    OfPlace,
    Served,
    actor,
    known,
    place,
    whole,
)
from volunteers.service.models.participants import Participant


class ScanPass(models.Model):
    """What a genuine scan gives: for one check-in, within minutes, on one browser and one account.

    Only its hash is kept. It is used up by a POST, never by a GET.
    """

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="passes")
    direction = models.CharField(_("direction"), max_length=3, choices=Direction)
    source = models.CharField(_("came by"), max_length=8, choices=EvidenceSource)
    # The 15-second slot of the scanned code.
    slot = models.BigIntegerField()
    browser_hash = models.CharField(max_length=64, blank=True, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    made_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("expires at"))
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)

    class Meta:
        verbose_name = _("pass of a scan")
        verbose_name_plural = _("passes of scans")
        indexes = [models.Index(fields=["expires_at"], name="scan_pass_expires")]
        constraints = [
            known("scan_pass_direction_known", "direction", Direction),
            known("scan_pass_source_known", "source", EvidenceSource),
            models.CheckConstraint(
                name="scan_pass_used_by_somebody",
                condition=Q(used_at=None) | Q(account__isnull=False),
            ),
            models.CheckConstraint(
                name="scan_pass_lasts", condition=Q(expires_at__gt=models.F("made_at"))
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class CodeTry(models.Model):
    """Wrong six digits of one account or browser at one activity: tries are limited."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="code_tries")
    # The account's key, or the hash of the browser.
    who = models.CharField(max_length=70)
    tries = models.PositiveSmallIntegerField(default=0)
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("tries of digits")
        verbose_name_plural = _("tries of digits")
        constraints = [models.UniqueConstraint(name="code_try_once", fields=["activity", "who"])]

    def __str__(self) -> str:
        return str(self.tries)


class CheckEvent(Served):
    """One check-in or check-out as it came in: raw evidence. Append-only.

    Its key is the UUID that the phone made, and nothing else: sent three times it is one row. Raw
    evidence may overlap; what is credited may not. What the phone showed is not rewritten: a later
    refusal is a row that answers this one.
    """

    scope_path = "activity__unit"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    activity = models.ForeignKey(
        Activity, verbose_name=_("activity"), on_delete=models.PROTECT, related_name="checks"
    )
    participant = models.ForeignKey(
        Participant, verbose_name=_("participant"), on_delete=models.PROTECT, related_name="checks"
    )
    by = actor(_("by"))
    direction = models.CharField(_("direction"), max_length=3, choices=Direction)
    source = models.CharField(_("came by"), max_length=8, choices=EvidenceSource)
    state = models.CharField(_("state"), max_length=10, choices=EvidenceState)
    # Why it was refused or has to be confirmed; a code, said in words on the page.
    reason = models.CharField(_("reason"), max_length=30, blank=True)
    # What counts (server time), and what the phone claimed.
    at = models.DateTimeField(_("when"))
    received_at = models.DateTimeField(_("received at"))
    claimed_at = models.DateTimeField(_("time of the phone"), null=True, blank=True)
    skew_seconds = models.IntegerField(
        _("clock of the phone ahead, seconds"), null=True, blank=True
    )
    slot = models.BigIntegerField(null=True, blank=True)
    browser_hash = models.CharField(max_length=64, blank=True, editable=False)
    verdict = models.CharField(
        _("place"), max_length=8, choices=PlaceVerdict, blank=True, default=PlaceVerdict.NONE
    )
    answers = models.ForeignKey(
        "self",
        verbose_name=_("answers"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="answered_by",
    )

    class Meta:
        verbose_name = _("check-in or check-out")
        verbose_name_plural = _("check-ins and check-outs")
        ordering = ["received_at"]
        indexes = [
            models.Index(fields=["activity", "participant", "at"], name="check_of_activity"),
            models.Index(fields=["participant", "-at"], name="check_of_participant"),
        ]
        constraints = [
            known("check_direction_known", "direction", Direction),
            known("check_source_known", "source", EvidenceSource),
            known("check_state_known", "state", EvidenceState),
            known("check_verdict_known", "verdict", PlaceVerdict),
            models.CheckConstraint(
                name="check_says_why",
                condition=Q(state=EvidenceState.TAKEN) | ~Q(reason=""),
            ),
            # An offline entry is never taken by itself.
            models.CheckConstraint(
                name="check_offline_waits",
                condition=~Q(source=EvidenceSource.OFFLINE) | ~Q(state=EvidenceState.TAKEN),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()} · {self.activity_id}"


class CheckLocation(models.Model):
    """Where a check-in was made, where a safety reason asks for it; deleted 90 days after the month."""

    check_event = models.OneToOneField(
        CheckEvent, primary_key=True, on_delete=models.CASCADE, related_name="location"
    )
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    accuracy = models.PositiveIntegerField(_("accuracy, metres"))
    datum = models.CharField(_("frame"), max_length=6, choices=Datum)
    distance = models.PositiveIntegerField(_("distance, metres"))

    class Meta:
        verbose_name = _("location of a check-in")
        verbose_name_plural = _("locations of check-ins")
        constraints = [
            models.CheckConstraint(
                name="check_location_on_earth",
                condition=Q(lon__range=(-180, 180), lat__range=(-90, 90)),
            ),
            known("check_location_datum_known", "datum", Datum),
        ]

    def __str__(self) -> str:
        return str(self.check_event_id)


class RollCall(OfPlace):
    """A roll-call of the organiser; it always replaces check-ins. Append-only."""

    scope_path = "activity__unit"

    activity = models.ForeignKey(
        Activity, verbose_name=_("activity"), on_delete=models.PROTECT, related_name="roll_calls"
    )
    kind = models.CharField(_("how"), max_length=6, choices=RollCallKind)
    by = actor(_("by"))
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("roll-call")
        verbose_name_plural = _("roll-calls")
        ordering = ["pk"]
        constraints = [known("roll_call_known", "kind", RollCallKind)]

    def __str__(self) -> str:
        return str(self.pk)


class RollCallLine(Served):
    """One line of a roll-call: what the organiser says of somebody. Append-only."""

    scope_path = "roll_call__activity__unit"

    roll_call = models.ForeignKey(RollCall, on_delete=models.PROTECT, related_name="lines")
    participant = models.ForeignKey(
        Participant,
        verbose_name=_("participant"),
        on_delete=models.PROTECT,
        related_name="roll_call_lines",
    )
    state = models.CharField(_("state"), max_length=10, choices=AttendanceState)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    is_walk_in = models.BooleanField(_("came without signing up"), default=False)
    # Why another person has to look at it first; empty: it counts fully.
    reason = models.CharField(_("reason"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("line of a roll-call")
        verbose_name_plural = _("lines of roll-calls")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="roll_call_line_once", fields=["roll_call", "participant"]
            ),
            known("roll_call_line_known", "state", AttendanceState),
            models.CheckConstraint(
                name="roll_call_line_minutes",
                condition=Q(minutes=None) | Q(minutes__range=(0, 1440)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant} · {self.get_state_display()}"


class Attendance(Served):
    """What is made of all evidence of somebody at an activity; one row for both.

    `minutes` is what would be credited; what was credited are the credits (`service.Credit`).
    """

    scope_path = "activity__unit"

    activity = models.ForeignKey(
        Activity, verbose_name=_("activity"), on_delete=models.PROTECT, related_name="attendances"
    )
    participant = models.ForeignKey(
        Participant,
        verbose_name=_("participant"),
        on_delete=models.PROTECT,
        related_name="attendances",
    )
    state = models.CharField(
        _("state"), max_length=10, choices=AttendanceState, default=AttendanceState.UNKNOWN
    )
    review = models.CharField(
        _("review"), max_length=13, choices=ReviewState, default=ReviewState.CLEAN
    )
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=0)
    planned_minutes = models.PositiveSmallIntegerField(_("planned minutes"))
    is_walk_in = models.BooleanField(_("came without signing up"), default=False)
    # The presence from which the minutes come: [[start, end], …], ISO 8601.
    presence = models.JSONField(_("presence"), default=list, blank=True)
    # Why it has to be looked at; codes of FlagKind or of the rule.
    reasons = models.JSONField(_("why it is looked at"), default=list, blank=True)
    # Whoever entered it: never the one to approve it.
    entered_by = actor(_("entered by"), null=True, blank=True)
    entered_at = models.DateTimeField(_("entered at"))
    reviewed_by = actor(_("reviewed by"), null=True, blank=True)
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["activity", "review"],
                name="attendance_to_review",
                condition=~Q(review__in=["approved", "rejected"]),
            )
        ]
        constraints = [
            models.UniqueConstraint(name="attendance_one", fields=["activity", "participant"]),
            known("attendance_state_known", "state", AttendanceState),
            known("attendance_review_known", "review", ReviewState),
            models.CheckConstraint(
                name="attendance_minutes", condition=Q(minutes__lte=1440, planned_minutes__gte=1)
            ),
            models.CheckConstraint(
                name="attendance_absent_has_no_minutes",
                condition=~Q(state=AttendanceState.NO_SHOW) | Q(minutes=0),
            ),
            models.CheckConstraint(
                name="attendance_missing_out_has_none",
                condition=~Q(review=ReviewState.MISSING_OUT) | Q(minutes=0),
            ),
            whole("attendance_reviewed_whole", "reviewed_by", "reviewed_at"),
            # Whoever entered it does not approve what had to be looked at by another.
            models.CheckConstraint(
                name="attendance_reviewed_by_another",
                condition=Q(reviewed_by=None)
                | Q(entered_by=None)
                | ~Q(reviewed_by=models.F("entered_by")),
            ),
            models.CheckConstraint(
                name="attendance_rejected_with_reason",
                condition=~Q(review=ReviewState.REJECTED)
                | (Q(reviewed_by__isnull=False) & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant} · {self.activity}"


class Flag(OfPlace):
    """Something that deserves a look. It deducts nothing: a named person decides, with a reason."""

    unit = place()
    kind = models.CharField(_("kind"), max_length=18, choices=FlagKind)
    activity = models.ForeignKey(
        Activity,
        verbose_name=_("activity"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="flags",
    )
    participant = models.ForeignKey(
        Participant,
        verbose_name=_("participant"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="flags",
    )
    attendance = models.ForeignKey(
        Attendance,
        verbose_name=_("attendance"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="flags",
    )
    # What makes the same flag the same: raised twice it is one row.
    key = models.CharField(max_length=100, unique=True, editable=False)
    detail = models.JSONField(_("details"), default=dict, blank=True)
    raised_at = models.DateTimeField(_("raised at"))
    # True: the attendance is to be looked at anew; False: nothing is wrong.
    upheld = models.BooleanField(_("upheld"), null=True, blank=True)
    decided_by = actor(_("decided by"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        ordering = ["-pk"]
        constraints = [
            known("flag_known", "kind", FlagKind),
            models.CheckConstraint(
                name="flag_decided_whole",
                condition=Q(upheld=None, decided_by=None, decided_at=None, reason="")
                | (
                    Q(upheld__isnull=False, decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(reason="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
