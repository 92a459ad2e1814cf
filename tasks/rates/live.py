"""The figures of a compound or a building, counted from the rows when somebody asks: there are few."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Min
from django.db.models.functions import TruncDate

from orgs.models import Department
from orgs.scoping import lies_in
from tasks.enums import RateGrouping
from tasks.models import Category, DayCount, RateRule, Task
from tasks.rates import rates
from tasks.rates.day_counts import figures_of
from tasks.rates.periods import Period
from tasks.rates.rates import Rates
from tasks.rates.scopes import Scope

# What is counted of a place, by department and category.
Counts = dict[tuple[int | None, int], Counter[str]]


def counts_of(scope: Scope, period: Period, now: datetime) -> Counts:
    """The same figures as days count them, by the rules that the days were counted with."""
    assert scope.unit, "all places together are counted by day"
    counts: Counts = defaultdict(Counter)
    for part, rule in _by_rule(period):
        for source in rates.SOURCES:
            rows = source.rows(part).filter(lies_in(scope.unit, f"{source.task}unit"))
            if scope.department:
                rows = rows.filter(rates.of_departments(source, [scope.department.pk]))
            for (_place, department, category), figures in figures_of(source, rows, rule, now):
                counts[department, category].update(figures)
    return counts


def whole(counts: Counts) -> Rates:
    """All of them together."""
    return Rates("", "", **sum(counts.values(), Counter[str]()))


def by(grouping: RateGrouping, counts: Counts) -> list[Rates]:
    """The same by department or category; a compound has no streets and communities to compare."""
    by_department = grouping == RateGrouping.DEPARTMENT
    groups: dict[int, Counter[str]] = defaultdict(Counter)
    for (department, category), figures in counts.items():
        key = department if by_department else category
        if key is not None:
            groups[key].update(figures)
    model = Department if by_department else Category
    names = model._default_manager.in_bulk(groups)
    rows = [Rates(names[key].code, str(names[key]), **figures) for key, figures in groups.items()]
    return sorted(rows, key=lambda row: row.key)


def reports(scope: Scope, period: Period) -> Iterator[tuple[str, str, date]]:
    """Code and name of the category and the day of each report of a place."""
    assert scope.unit, "as above"
    begins, ends = period.moments
    there = Task.objects.filter(
        lies_in(scope.unit, "unit"), created_at__gte=begins, created_at__lt=ends
    )
    days = there.order_by("category__code", "pk").annotate(day=TruncDate("created_at"))
    yield from days.values_list("category__code", "category__name", "day")


def _by_rule(period: Period) -> Iterator[tuple[Period, RateRule]]:
    """The parts of a period that were counted by one rule each; what was not counted, by the newest."""
    counted = DayCount.objects.filter(day__range=(period.first, period.last)).order_by()
    starts = list(counted.values("rule").annotate(since=Min("day")).values_list("since", "rule"))
    rules = RateRule.objects.in_bulk([rule for _since, rule in starts])
    begun = [(since, rules[key]) for since, key in sorted(starts)]
    if not begun:
        yield period, rates.rule_in_force()
        return
    begun[0] = (period.first, begun[0][1])
    ends = [since - timedelta(days=1) for since, _rule in begun[1:]] + [period.last]
    for (since, rule), last in zip(begun, ends, strict=True):
        yield Period(since, last), rule
