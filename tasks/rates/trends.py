"""What the page of the rates shows: the figures, reports by category over time, and the hot spots."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from django.core.cache import cache
from django.db.models import Case, Count, F, Sum, When

from orgs.enums import UnitKind
from orgs.models import Unit
from orgs.scoping import reach_of, way_by_way
from tasks.enums import RateGrouping
from tasks.models import Task
from tasks.rates.rates import Period, Rates, counts_of, rates_by, rates_with_before

if TYPE_CHECKING:
    from orgs.models import User


_Counted = TypeVar("_Counted")

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


def overview(user: "User", grouping: RateGrouping, period: Period) -> Overview:
    """The figures of the page."""

    def count() -> Overview:
        whole, before = rates_with_before(user, period)
        return Overview(
            whole=whole,
            before=before,
            groups=rates_by(user, grouping, period),
            lines=trend(user, period),
            spots=hot_spots(user, period),
        )

    return _remembered(user, (grouping.value, period), count)


def with_before(user: "User", period: Period) -> tuple[Rates, Rates]:
    """The rates of all that somebody sees, of a period and of the one before."""
    return _remembered(user, period, lambda: rates_with_before(user, period))


def _remembered(user: "User", asked: object, count: Callable[[], _Counted]) -> _Counted:
    """What was counted for somebody, for a minute; who holds another position sees others at once."""
    known = repr((user.pk, reach_of(user), asked))
    key = f"rates:{hashlib.sha256(known.encode()).hexdigest()}"
    counted: _Counted | None = cache.get(key)
    if counted is None:
        counted = count()
        cache.set(key, counted, REMEMBERED_SECONDS)
    return counted


def trend(user: "User", period: Period) -> list[Line]:
    """How much was reported in each part of a period, the most frequent category first; one statement."""
    rows = (
        counts_of(user, period)
        .filter(reported__gt=0)
        .order_by("category__code", "day")
        .values_list("category__code", "category__name", "day")
        .annotate(count=Sum("reported"))
    )
    parts = period.parts
    lines: dict[str, Line] = {}
    for code, name, day, count in rows:
        line = lines.setdefault(code, Line(code, name, [0] * len(parts)))
        line.counts[(day - period.first).days // parts[0].days] += count
    return sorted(lines.values(), key=lambda line: (-sum(line.counts), line.code))


def hot_spots(user: "User", period: Period, *, most: int = 30) -> list[tuple[Unit, int]]:
    """The compounds with the most reports in a period, their buildings' too; two statements."""
    begins, ends = period.moments
    seen = Task.objects.filter(created_at__gte=begins, created_at__lt=ends)
    if not user.is_superuser:
        seen = seen.filter(way_by_way(seen, Task.ways(user)))
    compound = Case(
        When(unit__kind=UnitKind.COMPOUND, then=F("unit")),
        When(unit__kind=UnitKind.BUILDING, then=F("unit__parent")),
    )
    spots = seen.annotate(spot=compound).filter(spot__isnull=False).order_by()
    rows = spots.values_list("spot").annotate(count=Count("pk")).order_by("-count", "spot")[:most]
    units = Unit.objects.select_related("profile").in_bulk([pk for pk, _count in rows])
    return [(units[pk], count) for pk, count in rows]
