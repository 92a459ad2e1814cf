"""Counting a month: what members of some branches did and owed; twice gives the same rows.

A fixed number of statements for each batch of branches, and no more rows in memory than its members
whose month is not a whole one.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.lookups import GreaterThanOrEqual
from django.utils import timezone

from orgs.db.insert_select import insert_or_update
from volunteers.service.duty.rules import (
    WHOLE_DAY,
    begin,
    days_in,
    last_day,
    next_month,
    owed_days,
    rules_for,
    share,
)
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
COUNTED = (
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


def _during(month: date) -> Q:
    """Report-ins of members that were in force on a day of the month."""
    return Q(
        Q(ended_at=None) | Q(ended_at__gte=begin(month)),
        kind=ServantKind.MEMBER,
        confirmed_at__isnull=False,
        reported_at__lt=begin(next_month(month)),
    )


def stays_in(month: date, rows: QuerySet[ReportIn]) -> dict[int, Stays]:
    """The members among report-ins, with their days of a month."""
    found: dict[int, Stays] = defaultdict(Stays)
    during = rows.filter(_during(month))
    columns = ("participant", "pk", "branch", "reported_at", "ended_at")
    for participant, key, branch, reported_at, ended_at in during.order_by(
        "reported_at", "pk"
    ).values_list(*columns):
        stays = found[participant]
        stays.last, stays.branch = key, branch
        ended = timezone.localdate(ended_at) if ended_at else None
        stays.days.append((timezone.localdate(reported_at), ended))
    return dict(found)


def _reliefs(month: date) -> QuerySet[DutyRelief]:
    return DutyRelief.objects.filter(
        withdrawn_at=None, starts__lte=last_day(month), ends__gte=month
    )


def reliefs_in(month: date, participants: Iterable[int]) -> dict[int, list[tuple[date, date, int]]]:
    """First day, last day and per cent of the reliefs of each; one statement."""
    rows = _reliefs(month).filter(participant__in=list(participants))
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


def _whole_month(month: date) -> Q:
    """Report-ins in force all month, of members without another one, and without a relief, in it.

    As nearly everybody's month is: they owe what the rule says, whole.
    """
    same = {"participant": OuterRef("participant")}
    others = ReportIn.objects.filter(_during(month), **same).exclude(pk=OuterRef("pk"))
    return (
        Q(reported_at__lt=begin(month + timedelta(days=1)))
        & (Q(ended_at=None) | Q(ended_at__gte=begin(next_month(month))))
        & ~Exists(others)
        & ~Exists(_reliefs(month).filter(**same))
    )


def count(months: Sequence[ServiceMonth], now: datetime) -> int:
    """Counts one calendar month for some branches; how many results are new or changed.

    Ratings stay as they are, and what did not change is not written again. Who moved within the month
    is counted where they were last, with all their hours and days. The caller holds the months: nobody
    else adds results to them.
    """
    month = months[0].month
    keys = {row.branch_id: row.pk for row in months}
    rules = rules_for(keys, month)
    written = _count_whole(month, keys, rules) + _count_parts(month, keys, rules)
    ServiceMonth.objects.filter(pk__in=keys.values()).update(counted_at=now)
    return written


def _count_whole(month: date, keys: dict[int, int], rules: dict[int, DutyRule]) -> int:
    """Who was reported in at one branch all month without a relief: one statement, no row in memory."""
    credits = "counted_credits"
    minutes = f"{credits}__minutes"
    rows = ReportIn.objects.filter(_during(month), _whole_month(month), branch__in=keys).annotate(
        **{
            credits: FilteredRelation(
                "participant__credits",
                condition=Q(
                    participant__credits__month=month, participant__credits__is_latest=True
                ),
            )
        }
    )
    kind = f"{credits}__minutes_kind"
    activities = Count(credits, filter=Q(**{f"{credits}__counts_activity": True}))
    duty = Sum(minutes, filter=Q(**{kind: MinutesKind.DUTY}), default=0)
    voluntary = Sum(minutes, filter=Q(**{kind: MinutesKind.VOLUNTARY}), default=0)
    needed_activities = _by_branch({key: rule.activities for key, rule in rules.items()})
    needed_minutes = _by_branch({key: rule.minutes for key, rule in rules.items()})
    months = ServiceMonth.objects.filter(branch=OuterRef("branch"), month=month).values("pk")
    return insert_or_update(
        MonthResult,
        rows,
        conflict=("month", "participant"),
        update=COUNTED,
        month=Subquery(months),
        participant=F("participant"),
        report_in_id=F("pk"),
        rule_id=_by_branch({key: rule.pk for key, rule in rules.items()}),
        owed_days=Value(days_in(month) * WHOLE_DAY),
        needed_activities=needed_activities,
        needed_minutes=needed_minutes,
        activities=activities,
        duty_minutes=duty,
        voluntary_minutes=voluntary,
        met=ExpressionWrapper(
            Q(GreaterThanOrEqual(activities, needed_activities))
            & Q(GreaterThanOrEqual(duty + voluntary, needed_minutes)),
            output_field=BooleanField(),
        ),
        rating=Value(""),
        rating_text=Value(""),
    )


def _by_branch(values: dict[int, int]) -> Case | Value:
    """A number that depends on a report-in's branch; mostly it is one for all."""
    branches: dict[int, list[int]] = defaultdict(list)
    for branch, value in values.items():
        branches[value].append(branch)
    if len(branches) == 1:
        return Value(next(iter(branches)))
    whens = [When(branch__in=some, then=Value(value)) for value, some in branches.items()]
    return Case(*whens, output_field=IntegerField())


def _count_parts(month: date, keys: dict[int, int], rules: dict[int, DutyRule]) -> int:
    """Who came, moved, left or had a relief within the month: day by day, only they are in memory."""
    rows = ReportIn.objects.filter(_during(month), ~_whole_month(month), branch__in=keys)
    participants = set(rows.order_by().values_list("participant", flat=True))
    everywhere = ReportIn.objects.filter(participant__in=participants)
    members = {
        participant: stays
        for participant, stays in stays_in(month, everywhere).items()
        if stays.branch in keys
    }
    reliefs, done = reliefs_in(month, members), done_in(month, members)
    known = _known(keys.values(), members)
    results = []
    for participant, stays in members.items():
        counted = figures(
            month,
            stays,
            reliefs.get(participant, ()),
            rules[stays.branch],
            done.get(participant) or Done(),
        )
        key = keys[stays.branch]
        if known.get((key, participant)) != counted:
            results.append(
                MonthResult(
                    month_id=key,
                    participant_id=participant,
                    **dict(zip(COUNTED, counted, strict=True)),
                )
            )
    MonthResult.objects.bulk_create(
        results,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["month", "participant"],
        update_fields=COUNTED,
    )
    return len(results)


def _known(
    months: Iterable[int], participants: Iterable[int]
) -> dict[tuple[int, int], tuple[object, ...]]:
    """What was counted before, of each month and member; one statement."""
    rows = MonthResult.objects.filter(month__in=list(months), participant__in=list(participants))
    return {
        (month, participant): tuple(counted)
        for month, participant, *counted in rows.order_by().values_list(
            "month", "participant", *COUNTED
        )
    }
