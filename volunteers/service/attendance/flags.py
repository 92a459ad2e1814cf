"""Flags: what deserves a look. They deduct nothing; a named person decides."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from orgs.values import geo
from volunteers.service.activities.pictures import is_same
from volunteers.service.attendance.checks import SKEW_FLAGGED
from volunteers.service.enums import AttendanceState, FlagKind
from volunteers.service.models import (
    Activity,
    ActivityAttachment,
    Attendance,
    CheckEvent,
    CheckLocation,
    Flag,
)

# Faster than this nobody gets from one check-in to the next, metres an hour.
FASTEST = 120_000
# An organiser's lists never miss: over so many activities with so many people each.
LEAST_ACTIVITIES, LEAST_PEOPLE = 5, 10
PICTURES_COMPARED = 500


def raise_flag(
    kind: FlagKind, key: str, *, unit_id: int, detail: dict[str, Any], now: datetime, **about: Any
) -> None:
    """Raises a flag; the same twice is one row."""
    Flag.objects.get_or_create(
        key=f"{kind}:{key}"[:100],
        defaults={"kind": kind, "unit_id": unit_id, "detail": detail, "raised_at": now, **about},
    )


def look_at(activity: Activity, now: datetime) -> None:
    """Flags of one activity that is over: shared browsers, wrong clocks, impossible travel."""
    events = list(activity.checks.filter(answers=None).select_related("participant"))
    _shared_browsers(activity, events, now)
    _wrong_clocks(activity, events, now)
    _impossible_travel(activity, events, now)


def _shared_browsers(activity: Activity, events: Iterable[CheckEvent], now: datetime) -> None:
    browsers: dict[str, set[int]] = defaultdict(set)
    for event in events:
        if event.browser_hash:
            browsers[event.browser_hash].add(event.participant_id)
    for browser, people in browsers.items():
        for person in people if len(people) > 1 else ():
            raise_flag(
                FlagKind.SHARED_BROWSER,
                f"{activity.pk}:{browser[:16]}:{person}",
                unit_id=activity.unit_id,
                detail={"people": len(people)},
                activity=activity,
                participant_id=person,
                now=now,
            )


def _wrong_clocks(activity: Activity, events: Iterable[CheckEvent], now: datetime) -> None:
    for event in events:
        if event.skew_seconds is not None and abs(event.skew_seconds) > SKEW_FLAGGED:
            raise_flag(
                FlagKind.CLOCK_SKEW,
                f"{event.pk}",
                unit_id=activity.unit_id,
                detail={"seconds": event.skew_seconds},
                activity=activity,
                participant=event.participant,
                now=now,
            )


def _impossible_travel(activity: Activity, events: Iterable[CheckEvent], now: datetime) -> None:
    people = {event.participant_id for event in events}
    rows = CheckLocation.objects.filter(
        check_event__participant__in=people,
        check_event__at__gte=activity.starts_at - timedelta(hours=12),
        check_event__at__lte=activity.ends_at + timedelta(hours=12),
    ).select_related("check_event")
    before: dict[int, CheckLocation] = {}
    for row in rows.order_by("check_event__at"):
        earlier = before.get(row.check_event.participant_id)
        before[row.check_event.participant_id] = row
        if earlier is None or not _is_too_fast(earlier, row):
            continue
        raise_flag(
            FlagKind.IMPOSSIBLE_TRAVEL,
            f"{earlier.pk}:{row.pk}",
            unit_id=activity.unit_id,
            detail={},
            activity=activity,
            participant_id=row.check_event.participant_id,
            now=now,
        )


def _is_too_fast(one: CheckLocation, other: CheckLocation) -> bool:
    """What both accuracies cannot explain, in the time between."""
    way = geo.metres(one.lon, one.lat, other.lon, other.lat) - one.accuracy - other.accuracy
    hours = (other.check_event.at - one.check_event.at) / timedelta(hours=1)
    return way > 1000 + FASTEST * hours


def look_at_pictures(*, activity: Activity, now: datetime) -> None:
    """A picture that another activity of the same street showed before."""
    rows = ActivityAttachment.objects.exclude(dhash="").select_related("entry__activity")
    own = list(rows.filter(entry__activity=activity))
    if not own:
        return
    others = rows.exclude(entry__activity=activity).filter(
        entry__activity__unit__tree_id=activity.unit.tree_id, pk__lt=min(one.pk for one in own)
    )
    for other in others.order_by("-pk")[:PICTURES_COMPARED]:
        if any(is_same(one.dhash, other.dhash) for one in own):
            raise_flag(
                FlagKind.REUSED_PHOTO,
                f"{activity.pk}:{other.pk}",
                unit_id=activity.unit_id,
                detail={"activity": other.entry.activity_id},
                activity=activity,
                now=now,
            )


def look_at_organisers(*, month: date, now: datetime) -> None:
    """Organisers of a month whose lists never miss anybody."""
    starts = timezone.make_aware(datetime.combine(month.replace(day=1), time.min))
    following = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    ends = timezone.make_aware(datetime.combine(following, time.min))
    there = Q(state__in=[AttendanceState.AS_PLANNED, AttendanceState.LONGER])
    rows = (
        Attendance.objects.filter(activity__starts_at__gte=starts, activity__starts_at__lt=ends)
        .order_by()
        .values("activity__organiser", "activity__unit")
        .annotate(
            activities=Count("activity", distinct=True),
            people=Count("pk"),
            there=Count("pk", filter=there),
        )
    )
    for row in rows:
        if (
            row["activities"] >= LEAST_ACTIVITIES
            and row["people"] >= LEAST_ACTIVITIES * LEAST_PEOPLE
            and row["people"] == row["there"]
        ):
            raise_flag(
                FlagKind.NEVER_MISSES,
                f"{row['activity__organiser']}:{row['activity__unit']}:{month:%Y-%m}",
                unit_id=row["activity__unit"],
                detail={
                    "activities": row["activities"],
                    "people": row["people"],
                    "organiser": row["activity__organiser"],
                },
                now=now,
            )
