"""What the pictures of the rates draw: reports by category over time, and the hot spots."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Case, Count, F, Sum, When

from orgs.enums import UnitKind
from orgs.models import Unit
from tasks.models import Task
from tasks.rates import Period, counts_of

if TYPE_CHECKING:
    from orgs.models import User


@dataclass(frozen=True)
class Line:
    """How much of one category was reported in each part of a period."""

    code: str
    name: str
    counts: list[int]


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
    seen = Task.objects.visible_to(user).filter(created_at__gte=begins, created_at__lt=ends)
    compound = Case(
        When(unit__kind=UnitKind.COMPOUND, then=F("unit")),
        When(unit__kind=UnitKind.BUILDING, then=F("unit__parent")),
    )
    spots = seen.annotate(spot=compound).filter(spot__isnull=False).order_by()
    rows = spots.values_list("spot").annotate(count=Count("pk")).order_by("-count", "spot")[:most]
    units = Unit.objects.select_related("profile").in_bulk([pk for pk, _count in rows])
    return [(units[pk], count) for pk, count in rows]
