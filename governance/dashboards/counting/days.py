"""The figures of a day by district, street, compound and department.

`tasks.rates` counts a day by community, department and category; whenever it has, what it kept is
added up here, in the same transaction. Compounds, of which it keeps nothing, are counted from the
same rows by the same conditions.
"""

from collections import Counter, defaultdict
from datetime import date, datetime
from typing import Any

from django.db.models import Case, F, QuerySet, Sum, When

from governance.dashboards.counting.places import Boards, make_missing
from governance.dashboards.counting.rows import reckoning, replace
from governance.dashboards.enums import Part
from governance.dashboards.models import BoardDay
from tasks.models import DayCount, RateRule
from tasks.rates import rates
from tasks.rates.day_counts import figures_of
from tasks.rates.periods import Period
from tasks.rates.rates import SUMMED

# Dashboard, category, street: one of the last two.
Key = tuple[int, int | None, int | None]
Days = dict[Key, Counter[str]]
_KEY = ("board_id", "category_id", "street_id")


def roll_up(*, day: date, rule: RateRule, now: datetime) -> None:
    """Keeps what dashboards show of one day, after its counts were made anew."""
    make_missing()
    boards = Boards.all()
    days = _added_up(day, boards)
    for key, figures in _of_compounds(day, rule, now, boards).items():
        days[key] = figures
    wanted = {
        key: {name: figures[name] for name in SUMMED} | {"day": day}
        for key, figures in days.items()
    }
    replace(BoardDay.objects.filter(day=day), _KEY, wanted)


def settle(*, now: datetime) -> None:
    """All days are counted as of now."""
    with reckoning(Part.DAYS, now):
        pass


def _added_up(day: date, boards: Boards) -> Days:
    """Districts, streets and departments: the sums of what is kept; one statement."""
    days: Days = defaultdict(Counter)
    counts = DayCount.objects.filter(day=day).order_by()
    sums = {f"sum_{name}": Sum(name) for name in SUMMED}
    for tree, department, category, *numbers in counts.values_list(
        "unit__tree_id", "department", "category"
    ).annotate(**sums):
        figures = Counter(dict(zip(SUMMED, numbers, strict=True)))
        for board in boards.over(None, None, tree):
            days[board, category, None].update(figures)
        if department in boards.departments:
            board = boards.departments[department]
            days[board, category, None].update(figures)
            days[board, None, boards.roots[tree]].update(figures)
    return days


def _of_compounds(day: date, rule: RateRule, now: datetime, boards: Boards) -> Days:
    """Compounds, with their buildings; one statement for each source."""
    days: Days = defaultdict(Counter)
    for source in rates.SOURCES:
        rows = source.rows(Period(day, day)).filter(**{f"{source.task}unit__level__gte": 2})
        for (place, _department, category), figures in figures_of(
            source, rows, rule, now, _at_compounds
        ):
            if place in boards.units:
                days[boards.units[place], category, None].update(figures)
    return days


def _at_compounds(rows: QuerySet[Any], path: str) -> QuerySet[Any]:
    unit = f"{path}unit"
    compound = When(**{f"{unit}__level": 2}, then=F(f"{unit}_id"))
    return rows.annotate(place=Case(compound, default=F(f"{unit}__parent")))
