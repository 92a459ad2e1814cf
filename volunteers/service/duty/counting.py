"""Counting a month: what members of some branches did and owed; twice gives the same rows.

A fixed number of statements for each batch of branches, and no more rows in memory than its members.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from volunteers.service.duty.rules import begin, last_day, next_month, owed_days, rules_for, share
from volunteers.service.enums import MinutesKind, ServantKind
from volunteers.service.models import (
    Credit,
    DutyRelief,
    DutyRule,
    MonthResult,
    ReportIn,
    ServiceMonth,
)

# The columns of a result that are counted, in the order of `Figures`.
_COUNTED = (
    *("report_in_id", "rule_id", "owed_days", "needed_activities", "needed_minutes"),
    *("activities", "duty_minutes", "voluntary_minutes", "met"),
)


class Figures(NamedTuple):
    """What is counted of a member's month; under the names of the result's columns."""

    report_in_id: int
    rule_id: int
    owed_days: int
    needed_activities: int
    needed_minutes: int
    activities: int
    duty_minutes: int
    voluntary_minutes: int
    met: bool


@dataclass
class Done:
    """What somebody was credited in a month."""

    activities: int = 0
    duty: int = 0
    voluntary: int = 0

    @property
    def minutes(self) -> int:
        """Both kinds count for the monthly duty."""
        return self.duty + self.voluntary


@dataclass
class Stays:
    """Where a member was reported in during a month; the last one is where the month is counted."""

    last: int = 0
    branch: int = 0
    days: list[tuple[date, date | None]] = field(default_factory=list)


def done_in(month: date, participants: Iterable[int]) -> dict[int, Done]:
    """What each was credited in a month; one statement."""
    rows = (
        Credit.objects.filter(month=month, is_latest=True, participant__in=list(participants))
        .order_by()
        .values("participant")
        .annotate(
            done_activities=Count("pk", filter=Q(counts_activity=True)),
            done_duty=Sum("minutes", filter=Q(minutes_kind=MinutesKind.DUTY), default=0),
            done_voluntary=Sum("minutes", filter=Q(minutes_kind=MinutesKind.VOLUNTARY), default=0),
        )
        .values_list("participant", "done_activities", "done_duty", "done_voluntary")
    )
    return {key: Done(activities, duty, voluntary) for key, activities, duty, voluntary in rows}


def stays_in(month: date, rows: QuerySet[ReportIn]) -> dict[int, Stays]:
    """The members among report-ins, with their days of a month."""
    starts = begin(month)
    found: dict[int, Stays] = defaultdict(Stays)
    during = rows.filter(
        Q(ended_at=None) | Q(ended_at__gte=starts),
        kind=ServantKind.MEMBER,
        confirmed_at__isnull=False,
        reported_at__lt=begin(next_month(month)),
    )
    columns = ("participant", "pk", "branch", "reported_at", "ended_at")
    for participant, key, branch, reported_at, ended_at in during.order_by(
        "reported_at", "pk"
    ).values_list(*columns):
        stays = found[participant]
        stays.last, stays.branch = key, branch
        ended = timezone.localdate(ended_at) if ended_at else None
        stays.days.append((timezone.localdate(reported_at), ended))
    return dict(found)


def reliefs_in(month: date, participants: Iterable[int]) -> dict[int, list[tuple[date, date, int]]]:
    """First day, last day and per cent of the reliefs of each; one statement."""
    rows = DutyRelief.objects.filter(
        participant__in=list(participants),
        withdrawn_at=None,
        starts__lte=last_day(month),
        ends__gte=month,
    )
    found: dict[int, list[tuple[date, date, int]]] = defaultdict(list)
    for key, starts, ends, percent in rows.values_list("participant", "starts", "ends", "percent"):
        found[key].append((starts, ends, percent))
    return found


def figures(
    month: date,
    stays: Stays,
    reliefs: Sequence[tuple[date, date, int]],
    rule: DutyRule,
    done: Done,
) -> Figures:
    """What a member did and owed in a month."""
    owed = owed_days(month, stays.days, reliefs)
    needed_activities = share(rule.activities, owed, month)
    needed_minutes = share(rule.minutes, owed, month)
    return Figures(
        stays.last,
        rule.pk,
        owed,
        needed_activities,
        needed_minutes,
        done.activities,
        done.duty,
        done.voluntary,
        done.activities >= needed_activities and done.minutes >= needed_minutes,
    )


def count(months: Sequence[ServiceMonth], now: datetime) -> int:
    """Counts one calendar month for some branches; how many results. Ratings stay as they are.

    Only what is new or changed since the last count is written, and when it was counted. Who moved
    within the month is counted where they were last, with all their hours and days.
    """
    month = months[0].month
    keys = {row.branch_id: row.pk for row in months}
    touched = ReportIn.objects.filter(branch__in=keys, kind=ServantKind.MEMBER)
    everywhere = ReportIn.objects.filter(
        Exists(touched.filter(participant=OuterRef("participant")))
    )
    members = {
        participant: stays
        for participant, stays in stays_in(month, everywhere).items()
        if stays.branch in keys
    }
    rules, reliefs = rules_for(keys, month), reliefs_in(month, members)
    done = done_in(month, members)
    known = known_results(keys.values())
    new: list[MonthResult] = []
    changed: list[MonthResult] = []
    for participant, stays in members.items():
        counted = figures(
            month,
            stays,
            reliefs.get(participant, ()),
            rules[stays.branch],
            done.get(participant) or Done(),
        )
        key = keys[stays.branch]
        before = known.get((key, participant))
        if before != counted:
            row = MonthResult(
                month_id=key,
                participant_id=participant,
                counted_at=now,
                **dict(zip(_COUNTED, counted, strict=True)),
            )
            (new if before is None else changed).append(row)
    if known:
        MonthResult.objects.filter(month__in=keys.values()).update(counted_at=now)
    # The caller holds the months: nobody else adds results to them.
    MonthResult.objects.bulk_create(new, batch_size=1000)
    MonthResult.objects.bulk_create(
        changed,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["month", "participant"],
        update_fields=[*_COUNTED, "counted_at"],
    )
    return len(members)


def known_results(months: Iterable[int]) -> dict[tuple[int, int], tuple[object, ...]]:
    """What was counted before, of each month and member; one statement."""
    rows = MonthResult.objects.filter(month__in=list(months)).order_by()
    return {
        (month, participant): tuple(counted)
        for month, participant, *counted in rows.values_list("month", "participant", *_COUNTED)
    }
