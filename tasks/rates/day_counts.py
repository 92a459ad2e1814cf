"""Keeping the counts of days true: whatever happened to a task counts its days anew."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import (
    Case,
    Count,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.utils import timezone

from orgs import registry
from orgs.models import Unit
from orgs.workflow.timelines import read_events
from tasks.enums import ACTIVE_ASSIGNMENT, AssignmentRole, Figure
from tasks.models import Assignment, DayCount, DayToCount, Event, RateRule
from tasks.rates import rates
from tasks.rates.periods import Period
from tasks.workflow.specification import those

BOOKMARK = "tasks.counts"
# As many events are read at a time.
AT_ONCE = 5000
NIGHTLY_DAYS = 90
LATELY = timedelta(hours=1)

Key = tuple[int, int | None, int]


def count_days(days: Iterable[date], now: datetime) -> None:
    """Counts days anew, at once."""
    mark(days, now)
    count_marked(now, days)


def mark(days: Iterable[date], now: datetime) -> None:
    """Marks days to be counted anew, until `count_marked` has done it.

    A day that is being counted is waited for: whoever counts it may have looked before the change.
    """
    DayToCount.objects.bulk_create(
        [DayToCount(day=day, asked_at=now) for day in sorted(set(days))],
        update_conflicts=True,
        unique_fields=["day"],
        update_fields=["asked_at"],
    )


def count_marked(now: datetime, days: Iterable[date] | None = None) -> int:
    """Counts the days that are marked (of some days), each in a transaction; answers how many.

    A day's row is locked before anything is looked at, so that no older count comes over a newer.
    """
    marked = DayToCount.objects.order_by("day")
    if days is not None:
        marked = marked.filter(day__in=set(days))
    return sum(_count_marked(day, now) for day in list(marked.values_list("day", flat=True)))


def _count_marked(day: date, now: datetime) -> bool:
    with transaction.atomic():
        mark = DayToCount.objects.select_for_update().filter(day=day).first()
        if mark is None:
            return False
        rule = _count_day(day, now)
        registry.call(registry.Name.DAY_COUNTED, day=day, rule=rule, now=now)
        mark.delete()
    return True


def rule_of(day: date) -> RateRule:
    """A day keeps the rule by which it was counted first: new weights begin with the next day."""
    kept = DayCount.objects.filter(day=day).order_by("rule_id").select_related("rule").first()
    return kept.rule if kept else rates.rule_in_force()


def _count_day(day: date, now: datetime) -> RateRule:
    rule = rule_of(day)
    counts: dict[Key, dict[str, int]] = defaultdict(dict)
    for source in rates.SOURCES:
        for key, figures in figures_of(source, source.rows(Period(day, day)), rule, now):
            counts[key] |= figures
    DayCount.objects.filter(day=day).delete()
    DayCount.objects.bulk_create(
        DayCount(
            day=day,
            unit_id=unit,
            department_id=department,
            category_id=category,
            rule=rule,
            **figures,
        )
        for (unit, department, category), figures in counts.items()
    )
    return rule


def at_communities(rows: QuerySet[Any], path: str = "") -> QuerySet[Any]:
    """Rows with `place`: the community of the unit, or the street itself."""
    around = Unit.objects.filter(
        tree_id=OuterRef(f"{path}unit__tree_id"),
        lft__lte=OuterRef(f"{path}unit__lft"),
        rght__gte=OuterRef(f"{path}unit__rght"),
        level__lte=1,
    ).order_by("-level")
    return rows.annotate(place=Subquery(around.values("pk")[:1]))


def figures_of(
    source: rates.Source,
    rows: QuerySet[Any],
    rule: RateRule,
    now: datetime,
    placed: Callable[[QuerySet[Any], str], QuerySet[Any]] = at_communities,
) -> Iterator[tuple[Key, dict[str, int]]]:
    """What a source counts of some of its rows, by place, department and category; one statement.

    `placed` gives rows their `place`, whose unit lies at the end of a way to their task.
    """
    sums: dict[str, Any] = {
        figure.value: Count("pk", filter=condition(now))
        for figure, condition in source.figures.items()
    }
    if Figure.RATED in source.figures:
        sums["satisfaction"] = Sum(_weight(rule))
    keys = ("place", source.department or Value(None, IntegerField()), f"{source.task}category")
    groups = placed(rows, source.task).order_by()
    for unit, department, category, *numbers in groups.values_list(*keys).annotate(**sums):
        figures = dict(zip(sums, numbers, strict=True))
        if any(figures.values()):
            yield (unit, department, category), figures


def _weight(rule: RateRule) -> Case:
    weights = [When(stars=int(stars), then=Value(weight)) for stars, weight in rule.weights.items()]
    return Case(*weights, default=Value(0), output_field=IntegerField())


# The steps that make a day count differently.
_COUNTING = those(lambda specification: specification.counts)


def touched_days(tasks: Iterable[int]) -> set[date]:
    """The days on which tasks count, or counted before they were taken up again."""
    steps = Event.objects.filter(task__in=list(tasks), action__in=_COUNTING)
    return {timezone.localdate(at) for at in steps.values_list("at", flat=True)}


def count_touched(now: datetime) -> int:
    """Counts the days of all tasks to which something happened since the last time; how many days.

    They are marked with the bookmark, in one transaction: who is killed while counting forgets none.
    """

    def note(events: list[Event]) -> None:
        mark(touched_days({event.task_id for event in events}), now)

    events = Event.objects.only("task", "at")
    if not read_events(BOOKMARK, note, events=events, now=now, at_once=AT_ONCE):
        return 0
    mark(_lately_due(now), now)
    counted = count_marked(now)
    registry.call(registry.Name.DAYS_COUNTED, now=now)
    return counted


def _lately_due(now: datetime) -> set[date]:
    """The days of dispatches whose contact limit passed just now, which no entry tells of."""
    passed = Assignment.objects.filter(
        role=AssignmentRole.LEAD,
        status__in=sorted(ACTIVE_ASSIGNMENT),
        contacted_at=None,
        respond_by__gte=now - LATELY,
        respond_by__lt=now,
    )
    return {timezone.localdate(at) for at in passed.values_list("dispatched_at", flat=True)}


def count_recent(now: datetime) -> int:
    """Every night: the last months anew, whatever was missed; answers how many days."""
    today = timezone.localdate(now)
    days = [today - timedelta(days=number) for number in range(NIGHTLY_DAYS)]
    mark(days, now)
    return count_marked(now)
