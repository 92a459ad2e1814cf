"""What the page of the rates shows: the figures, reports by category over time, and the hot spots."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

from django.core.cache import cache
from django.db.models import Case, Count, F, Sum, When

from orgs.enums import UnitKind
from orgs.models import Unit
from orgs.scoping import lies_in, reach_of, way_by_way
from tasks.enums import RateGrouping
from tasks.models import Task
from tasks.rates import live
from tasks.rates.periods import Period
from tasks.rates.rates import ALL, Rates, counts_of, rates_by, rates_with_before
from tasks.rates.scopes import Scope

if TYPE_CHECKING:
    from orgs.models import User


_T = TypeVar("_T")

# Jobs count every few minutes; a district's page adds up tens of thousands of rows.
REMEMBERED_SECONDS = 60


@dataclass(frozen=True)
class Line:
    """How much of one category was reported in each part of a period."""

    code: str
    name: str
    counts: list[int]


@dataclass(frozen=True)
class Overview:
    """The figures of a period, and what is drawn beside them."""

    whole: Rates
    before: Rates
    groups: list[Rates]
    lines: list[Line]
    spots: list[tuple[Unit, int]]


def overview(
    user: "User", grouping: RateGrouping, period: Period, now: datetime, scope: Scope = ALL
) -> Overview:
    """The figures of the page."""

    def count() -> Overview:
        if scope.is_small:
            return _small(grouping, period, now, scope)
        whole, before = rates_with_before(user, period, scope)
        return Overview(
            whole=whole,
            before=before,
            groups=rates_by(user, grouping, period, scope),
            lines=lines_of(_counted(user, period, scope), period),
            spots=[] if scope.department else hot_spots(user, period, scope),
        )

    return _remembered(user, (grouping.value, period, scope.query), count)


def _small(grouping: RateGrouping, period: Period, now: datetime, scope: Scope) -> Overview:
    """The same of a compound, counted now."""
    counts = live.counts_of(scope, period, now)
    days = [] if scope.department else live.reports(scope, period)
    return Overview(
        whole=live.whole(counts),
        before=live.whole(live.counts_of(scope, period.before, now)),
        groups=live.by(grouping, counts),
        lines=lines_of(((code, name, day, 1) for code, name, day in days), period),
        spots=[],
    )


def groups(
    user: "User", grouping: RateGrouping, period: Period, now: datetime, scope: Scope = ALL
) -> list[Rates]:
    """What somebody sees, by whatever it is compared by."""
    if scope.is_small:
        comparable = grouping in (RateGrouping.DEPARTMENT, RateGrouping.CATEGORY)
        return live.by(grouping, live.counts_of(scope, period, now)) if comparable else []
    return rates_by(user, grouping, period, scope)


def with_before(
    user: "User", period: Period, now: datetime, scope: Scope = ALL
) -> tuple[Rates, Rates]:
    """The rates of what somebody sees, of a period and of the one before."""

    def count() -> tuple[Rates, Rates]:
        if not scope.is_small:
            return rates_with_before(user, period, scope)
        now_, before = (
            live.whole(live.counts_of(scope, days, now)) for days in (period, period.before)
        )
        return now_, before

    return _remembered(user, (period, scope.query), count)


def _remembered(user: "User", asked: object, count: Callable[[], _T]) -> _T:
    """What was counted for somebody, for a minute; who holds another position sees others at once."""
    known = repr((user.pk, reach_of(user), asked))
    key = f"rates:{hashlib.sha256(known.encode()).hexdigest()}"
    counted: _T | None = cache.get(key)
    if counted is None:
        counted = count()
        cache.set(key, counted, REMEMBERED_SECONDS)
    return counted


def trend(user: "User", period: Period) -> list[Line]:
    """How much was reported in each part of a period, the most frequent category first; one statement."""
    return lines_of(_counted(user, period, ALL), period)


def _counted(user: "User", period: Period, scope: Scope) -> Iterable[tuple[str, str, date, int]]:
    """How much of each category was reported on each day."""
    return (
        counts_of(user, period, scope)
        .filter(reported__gt=0)
        .order_by("category__code", "day")
        .values_list("category__code", "category__name", "day")
        .annotate(count=Sum("reported"))
    )


def lines_of(rows: Iterable[tuple[str, str, date, int]], period: Period) -> list[Line]:
    """Categories, each with how much was reported in each part of a period, the most frequent first."""
    parts = period.parts
    lines: dict[str, Line] = {}
    for code, name, day, count in rows:
        line = lines.setdefault(code, Line(code, name, [0] * len(parts)))
        line.counts[(day - period.first).days // parts[0].days] += count
    return sorted(lines.values(), key=lambda line: (-sum(line.counts), line.code))


def hot_spots(
    user: "User", period: Period, scope: Scope = ALL, *, most: int = 30
) -> list[tuple[Unit, int]]:
    """The compounds with the most reports in a period, their buildings' too; two statements."""
    begins, ends = period.moments
    seen = Task.objects.filter(created_at__gte=begins, created_at__lt=ends)
    if scope.unit:
        seen = seen.filter(lies_in(scope.unit, "unit"))
    if not user.is_superuser:
        seen = seen.filter(way_by_way(seen, Task.ways(user)))
    compound = Case(
        When(unit__kind=UnitKind.COMPOUND, then=F("unit")),
        When(unit__kind=UnitKind.BUILDING, then=F("unit__parent")),
    )
    spots = seen.annotate(compound=compound).filter(compound__isnull=False).order_by()
    counted = spots.values_list("compound").annotate(count=Count("pk"))
    rows = counted.order_by("-count", "compound")[:most]
    units = Unit.objects.select_related("profile").in_bulk([pk for pk, _count in rows])
    return [(units[pk], count) for pk, count in rows]
