"""Counting a month: what members of some branches did and owed; twice gives the same rows.

A fixed number of statements for each batch of branches, and no more rows in memory than its members.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

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

_COUNTED = (
    *("report_in", "rule", "owed_days", "needed_activities", "needed_minutes"),
    *("activities", "duty_minutes", "voluntary_minutes", "met", "counted_at"),
)


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


def result(
    month: date,
    stays: Stays,
    reliefs: Sequence[tuple[date, date, int]],
    rule: DutyRule,
    done: Done,
    now: datetime,
) -> MonthResult:
    """A member's month, not saved."""
    owed = owed_days(month, stays.days, reliefs)
    needed_activities = share(rule.activities, owed, month)
    needed_minutes = share(rule.minutes, owed, month)
    return MonthResult(
        report_in_id=stays.last,
        rule=rule,
        owed_days=owed,
        needed_activities=needed_activities,
        needed_minutes=needed_minutes,
        activities=done.activities,
        duty_minutes=done.duty,
        voluntary_minutes=done.voluntary,
        met=done.activities >= needed_activities and done.minutes >= needed_minutes,
        counted_at=now,
    )


def count(months: Sequence[ServiceMonth], now: datetime) -> int:
    """Counts one calendar month for some branches; how many results. Ratings stay as they are.

    Who moved within the month is counted where they were last, with all their hours and days.
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
    rows = []
    for participant, stays in members.items():
        row = result(
            month,
            stays,
            reliefs.get(participant, ()),
            rules[stays.branch],
            done.get(participant, Done()),
            now,
        )
        row.participant_id, row.month_id = participant, keys[stays.branch]
        rows.append(row)
    MonthResult.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["month", "participant"],
        update_fields=list(_COUNTED),
    )
    return len(rows)
