"""What is made of evidence: one attendance for each person, and the minutes that are credited of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from orgs.workflow.transitions import SYSTEM
from volunteers.service.accounts import credits, long_days
from volunteers.service.accounts.spans import Span, common, minutes, without
from volunteers.service.activities.activities import hold
from volunteers.service.activities.sign_ups import spans_of
from volunteers.service.attendance import checks, flags, presence
from volunteers.service.attendance.presence import Mark
from volunteers.service.enums import (
    ActivityState,
    AttendanceState,
    Direction,
    EvidenceState,
    MinutesKind,
    ReviewState,
    SignUpState,
)
from volunteers.service.models import Activity, Attendance, CheckEvent, Participant
from volunteers.service.reportins.same_person import Oneself

CLOSED_AFTER = timedelta(hours=2)
# Seen and decided, or never to be credited by itself again.
DECIDED = frozenset({ReviewState.APPROVED, ReviewState.REJECTED})


def close_due(*, now: datetime, most: int = 500) -> int:
    """Closes what nobody closed by two hours after the end, the oldest first; how many."""
    due = Activity.objects.filter(
        state=ActivityState.PUBLISHED, ends_at__lte=now - CLOSED_AFTER
    ).order_by("ends_at")
    rows = list(due[:most])
    for activity in rows:
        hold(activity=activity, by=SYSTEM, now=now)
    broken_off = Activity.objects.filter(
        state=ActivityState.CANCELLED, cancelled_at__gt=F("starts_at"), attendances=None
    )
    for activity in broken_off.filter(checks__isnull=False).distinct()[:most]:
        settle_broken_off(activity, now)
    return len(rows)


@transaction.atomic
def settle_broken_off(activity: Activity, now: datetime) -> None:
    """Who was there when an activity was broken off: the time up to then waits for the branch."""
    ended, plan = activity.cancelled_at, spans_of(activity)
    assert ended is not None
    cut = [(starts, min(ends, ended)) for starts, ends in plan if starts < ended]
    people = Participant.objects.filter(checks__activity=activity).distinct()
    for who in people.order_by("pk"):
        there = presence.presence_of(
            [*_marks(activity, checks.events_of(activity, who)), Mark(ended, Direction.OUT)]
        )
        row = Attendance(
            activity=activity,
            participant=who,
            planned_minutes=max(minutes(plan), 1),
            entered_at=now,
        )
        spans = common(presence.counted(there.spans, cut), [(activity.starts_at, ended)])
        write(row, spans, {"broken_off"})
        row.save()


def settle(*, activity: Activity, now: datetime) -> None:
    """An attendance for each who signed up or came; what a roll-call or a person said stays."""
    plan = spans_of(activity)
    people = Participant.objects.filter(
        pk__in=set(activity.checks.values_list("participant", flat=True))
        | set(_placed(activity).values_list("participant", flat=True))
    )
    known = {row.participant_id: row for row in activity.attendances.all()}
    placed = set(_placed(activity).values_list("participant", flat=True))
    is_recorded = bool(known) or activity.checks.exists()
    for who in people.order_by("pk").iterator(chunk_size=500):
        row = known.pop(who.pk, None)
        if row is None:
            row = from_evidence(activity, who, plan, who.pk in placed, is_recorded, now)
            row.save()
        approve_clean(row, plan, now)
    for row in known.values():
        approve_clean(row, plan, now)
    flags.look_at(activity, now)


def _placed(activity: Activity) -> Any:
    return activity.sign_ups.filter(state__in=[SignUpState.PLACED, SignUpState.RELEASED])


def from_evidence(
    activity: Activity,
    who: Participant,
    plan: Sequence[Span],
    is_placed: bool,
    is_recorded: bool,
    now: datetime,
) -> Attendance:
    """The unsaved attendance that check-ins and check-outs make."""
    events = checks.events_of(activity, who)
    own = [event for event in events if event.activity_id == activity.pk]
    there = presence.presence_of(_marks(activity, events))
    counted = presence.counted(there.spans, plan)
    reasons = {event.reason for event in own if event.state == EvidenceState.TO_CONFIRM}
    row = Attendance(
        activity=activity,
        participant=who,
        planned_minutes=max(minutes(plan), 1),
        is_walk_in=not is_placed,
        entered_at=now,
    )
    if own and not is_placed:
        reasons.add("walk_in")
    write(row, counted, reasons)
    if there.open_since is not None and there.open_since < activity.ends_at:
        row.review, row.minutes, row.state = (
            ReviewState.MISSING_OUT, 0, AttendanceState.UNKNOWN,
        )  # fmt: skip
        row.presence = dumped([*there.spans, (there.open_since, there.open_since)])
        row.reasons = sorted({*reasons, "missing_out"})
    elif not is_recorded:
        # Neither codes nor a roll-call: nobody knows, and nobody is a no-show for it.
        row.state, row.review, row.reasons = (
            AttendanceState.UNKNOWN, ReviewState.WAITING, ["no_record"],
        )  # fmt: skip
    return row


def _marks(activity: Activity, events: Iterable[CheckEvent]) -> list[Mark]:
    return [
        Mark(event.at, Direction(event.direction), event.activity_id != activity.pk)
        for event in events
    ]


def write(row: Attendance, spans: Sequence[Span], reasons: Iterable[str]) -> None:
    """Puts presence, minutes, state and who has to look into an attendance."""
    row.presence = dumped(spans)
    row.minutes = minutes(spans)
    row.state = presence.state_of(row.minutes, row.planned_minutes)
    found, level = set(reasons), ReviewState.CLEAN
    if spans:
        level = _of_day(row, spans, found)
    row.reasons = sorted(found)
    if found and level != ReviewState.WAITING_ABOVE:
        level = ReviewState.WAITING
    row.review = level


def _of_day(row: Attendance, spans: Sequence[Span], found: set[str]) -> ReviewState:
    """Over 8 hours of a day the branch looks, over 12 the level above; `found` gets the reason."""
    longest = long_days.longest_day(row.participant, spans, but=row if row.pk else None)
    if longest > long_days.ABOVE_LOOKS:
        found.add("over_12h")
        return ReviewState.WAITING_ABOVE
    if longest > long_days.BRANCH_LOOKS:
        found.add("over_8h")
    return ReviewState.CLEAN


def approve_clean(row: Attendance, plan: Sequence[Span], now: datetime) -> None:
    """Credits what nobody has to look at, by rule."""
    if row.review == ReviewState.CLEAN:
        row.review = ReviewState.APPROVED
        book(row, plan, by=None, now=now)
        row.save()


def book(
    row: Attendance,
    plan: Sequence[Span],
    *,
    by: Any,
    now: datetime,
    reason: str = "",
    oneself: Oneself | None = None,
) -> None:
    """Credits an attendance; time that another service has already been credited for is left out."""
    activity, spans = row.activity, loaded(row.presence)
    if spans:
        taken = credits.live_intervals(row.participant, spans[0][0], spans[-1][1], but=row)
        left = without(spans, taken)
        if left != spans:
            spans = left
            row.presence, row.minutes = dumped(spans), minutes(spans)
            row.reasons = sorted({*row.reasons, "overlap"})
            if row.minutes:
                row.state = presence.state_of(row.minutes, row.planned_minutes)
    if not row.minutes and not row.credits.exists():
        return
    credits.credit(
        participant=row.participant,
        unit=activity.unit,
        month=timezone.localdate(activity.starts_at).replace(day=1),
        minutes_kind=MinutesKind(activity.minutes_kind),
        intervals=spans,
        minutes=row.minutes,
        planned_minutes=row.planned_minutes,
        counts_activity=presence.counts_activity(row.minutes, row.planned_minutes),
        item=activity.item,
        attendance=row,
        text=activity.title,
        approved_by=by,
        oneself=oneself,
        reason=reason,
        now=now,
    )


def provisional_minutes(activity: Activity, who: Participant, now: datetime) -> int:
    """The minutes of somebody's check-ins so far, as they would count now."""
    events = checks.events_of(activity, who)
    there = presence.presence_of(_marks(activity, events))
    return minutes(presence.counted(there.spans, spans_of(activity)))


def dumped(spans: Iterable[Span]) -> list[list[str]]:
    """Spans as an attendance keeps them."""
    return [[starts.isoformat(), ends.isoformat()] for starts, ends in spans]


def loaded(kept: Iterable[Sequence[str]]) -> list[Span]:
    """The spans that an attendance keeps; those without length are open check-ins."""
    spans = [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in kept]
    return [span for span in spans if span[0] < span[1]]


def open_since(row: Attendance) -> datetime | None:
    """When somebody checked in who never checked out."""
    moments = [datetime.fromisoformat(a) for a, b in row.presence if a == b]
    return moments[-1] if moments else None
