"""Keeping the counts of days true: whatever happened to a task counts its days anew."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import (
    Case,
    Count,
    IntegerField,
    Min,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.utils import timezone

from orgs.models import Unit
from tasks.enums import WITH_DEPARTMENTS, Action, AssignmentStatus, Figure
from tasks.event_reader import read_events
from tasks.models import Assignment, DayCount, Event, RateRule, Rating, Task
from tasks.rates import rates
from tasks.rates.rates import Period

BOOKMARK = "tasks.counts"
# As many events are read at a time.
AT_ONCE = 5000
NIGHTLY_DAYS = 90
LATELY = timedelta(hours=1)

Key = tuple[int, int | None, int]
# Refusals are counted from assignments.
_OF_TASKS = tuple(figure for figure in Figure if figure != Figure.REFUSED)


def count_days(days: Iterable[date], now: datetime) -> int:
    """Counts days anew, each in one transaction; answers how many rows came of it.

    A day keeps the rule by which it was counted first: new weights begin with the next day.
    """
    wanted, rule = sorted(set(days)), rates.rule_in_force()
    counted = DayCount.objects.filter(day__in=wanted).order_by("day").values_list("day")
    kept = dict(counted.annotate(first=Min("rule")))
    rules = RateRule.objects.in_bulk([*set(kept.values()), rule.pk])
    return sum(_count_day(day, rules[kept.get(day, rule.pk)], now) for day in wanted)


def _count_day(day: date, rule: RateRule, now: datetime) -> int:
    counts: dict[Key, dict[str, int]] = defaultdict(dict)
    period, tasks = Period(day, day), rates.with_lead(Task.objects.all())
    for figure in _OF_TASKS:
        found = _placed(rates.counted(tasks, figure, period, now))
        for unit, lead, worked_from, category, count in _grouped(found):
            department = None if figure == Figure.REPORTED else lead
            if figure in (Figure.RATED, Figure.RESOLVED, Figure.UNRATED):
                department = lead if worked_from in WITH_DEPARTMENTS else None
            _add(counts[unit, department, category], figure, count)
    for unit, lead, worked_from, category, weight in _weighed(tasks, period, rule, now):
        department = lead if worked_from in WITH_DEPARTMENTS else None
        _add(counts[unit, department, category], "satisfaction", weight)
    for unit, department, category, count in _refused(period):
        _add(counts[unit, department, category], Figure.REFUSED, count)
    with transaction.atomic():
        DayCount.objects.filter(day=day).delete()
        made = DayCount.objects.bulk_create(
            DayCount(
                day=day,
                unit_id=unit,
                department_id=department,
                category_id=kind,
                rule=rule,
                **found,
            )
            for (unit, department, kind), found in counts.items()
        )
    return len(made)


def _add(counts: dict[str, int], name: str, count: int) -> None:
    counts[name] = counts.get(name, 0) + count


def _placed(tasks: QuerySet[Any], path: str = "") -> QuerySet[Any]:
    """Rows with `place`: the community of the unit, or the street itself."""
    around = Unit.objects.filter(
        tree_id=OuterRef(f"{path}unit__tree_id"),
        lft__lte=OuterRef(f"{path}unit__lft"),
        rght__gte=OuterRef(f"{path}unit__rght"),
        level__lte=1,
    ).order_by("-level")
    return tasks.annotate(place=Subquery(around.values("pk")[:1]))


def _grouped(tasks: QuerySet[Any]) -> QuerySet[Any]:
    groups = tasks.order_by().values_list("place", "lead", "worked_from", "category")
    return groups.annotate(count=Count("pk"))


def _weighed(tasks: QuerySet[Any], period: Period, rule: RateRule, now: datetime) -> QuerySet[Any]:
    """The weights of the ratings that closed tasks on these days."""
    last = Rating.objects.filter(task=OuterRef("pk")).order_by("-pk")
    weight = Case(
        *[When(stars=int(stars), then=Value(weight)) for stars, weight in rule.weights.items()],
        default=Value(0),
        output_field=IntegerField(),
    )
    rated = rates.counted(tasks, Figure.RATED, period, now)
    rated = _placed(rated.annotate(stars=Subquery(last.values("stars")[:1])))
    groups = rated.annotate(weight=weight).order_by()
    return groups.values_list("place", "lead", "worked_from", "category").annotate(Sum("weight"))


def _refused(period: Period) -> QuerySet[Any]:
    begins, ends = period.moments
    refused = Assignment.objects.filter(
        status=AssignmentStatus.REFUSED, ended_at__gte=begins, ended_at__lt=ends
    )
    groups = _placed(refused, "task__").order_by()
    return groups.values_list("place", "department", "task__category").annotate(
        count=Count("task", distinct=True)
    )


# The steps that make a day count differently.
_COUNTING = (
    Action.REPORT,
    Action.DISPATCH,
    Action.REFUSE,
    Action.DECIDE_REFUSAL,
    Action.CONFIRM,
    Action.RATE,
    Action.EXPIRE,
    Action.MERGE,
)


def touched_days(tasks: Iterable[int]) -> set[date]:
    """The days on which tasks count, or counted before they were taken up again."""
    steps = Event.objects.filter(task__in=list(tasks), action__in=_COUNTING)
    return {timezone.localdate(at) for at in steps.values_list("at", flat=True)}


def count_touched(now: datetime) -> int:
    """Counts the days of all tasks to which something happened since the last time; how many days."""
    days: set[date] = set()

    def note(events: list[Event]) -> None:
        days.update(touched_days({event.task_id for event in events}))

    events = Event.objects.only("task", "at")
    if read_events(BOOKMARK, note, events=events, now=now, at_once=AT_ONCE):
        days |= _lately_due(now)
        count_days(days, now)
    return len(days)


def _lately_due(now: datetime) -> set[date]:
    """The days of dispatches whose contact limit passed just now, which no entry tells of."""
    passed = Task.objects.filter(
        status__in=sorted(WITH_DEPARTMENTS), respond_by__gte=now - LATELY, respond_by__lt=now
    )
    return {timezone.localdate(at) for at in passed.values_list("dispatched_at", flat=True) if at}


def count_recent(now: datetime) -> int:
    """Every night: the last months anew, whatever was missed; answers how many days."""
    today = timezone.localdate(now)
    days = [today - timedelta(days=number) for number in range(NIGHTLY_DAYS)]
    count_days(days, now)
    return len(days)
