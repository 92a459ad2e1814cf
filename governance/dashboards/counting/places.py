"""Which dashboards a row counts for: those of all that covers its place."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, F, QuerySet, When

from governance.dashboards.enums import BoardKind
from governance.dashboards.models import Board
from orgs.enums import UNIT_LEVELS, UnitKind
from orgs.models import Department, District, Unit

_COMPOUND_LEVEL = UNIT_LEVELS.index(UnitKind.COMPOUND)

# Of each dashboard what was counted.
Sums = dict[int, Counter[str]]


def at_places(rows: QuerySet[Any], path: str) -> QuerySet[Any]:
    """Rows with `compound`, `community` (None above them) and `tree` of the unit at the end of a way."""
    level, unit = f"{path}__level", path
    return rows.annotate(
        compound=Case(
            When(**{level: 2}, then=F(f"{unit}_id")), When(**{level: 3}, then=F(f"{unit}__parent"))
        ),
        community=Case(
            When(**{level: 1}, then=F(f"{unit}_id")),
            When(**{level: 2}, then=F(f"{unit}__parent")),
            When(**{level: 3}, then=F(f"{unit}__parent__parent")),
        ),
        tree=F(f"{unit}__tree_id"),
    )


PLACE = ("compound", "community", "tree")


@dataclass
class Boards:
    """The keys of all dashboards, by what they are of."""

    units: dict[int, int] = field(default_factory=dict)
    streets: dict[int, int] = field(default_factory=dict)
    districts: dict[int, int] = field(default_factory=dict)
    departments: dict[int, int] = field(default_factory=dict)
    # The street itself, by its tree.
    roots: dict[int, int] = field(default_factory=dict)

    @classmethod
    def all(cls) -> "Boards":
        """Every dashboard that there is; one statement."""
        boards = cls()
        of_district: dict[int, int] = {}
        rows = Board.objects.order_by("pk").values_list(
            *("pk", "kind", "unit", "unit__tree_id", "unit__district", "district", "department")
        )
        streets = {}
        for pk, kind, unit, tree, district_of, district, department in rows:
            if kind == BoardKind.DISTRICT:
                of_district[district] = pk
            elif kind == BoardKind.DEPARTMENT:
                boards.departments[department] = pk
            else:
                boards.units[unit] = pk
                if kind == BoardKind.STREET:
                    boards.streets[tree], boards.roots[tree] = pk, unit
                    streets[tree] = district_of
        boards.districts = {
            tree: of_district[district]
            for tree, district in streets.items()
            if district in of_district
        }
        return boards

    def over(self, compound: int | None, community: int | None, tree: int) -> Iterator[int]:
        """The dashboards of a place and of all that covers it."""
        for key, among in (
            *((compound, self.units), (community, self.units)),
            *((tree, self.streets), (tree, self.districts)),
        ):
            if key in among:
                yield among[key]

    def rolled_up(self, rows: Iterable[dict[str, Any]]) -> Sums:
        """Sums of rows that name their place and what was counted there, by dashboard."""
        sums: Sums = defaultdict(Counter)
        for row in rows:
            place = [row.pop(name) for name in PLACE]
            for board in self.over(*place):
                sums[board].update(row)
        return sums


def make_missing() -> int:
    """Makes the dashboards of what is new; answers how many. Twice at once makes each once."""
    missing = [
        *(
            Board(kind=BoardKind.DISTRICT, district_id=pk)
            for pk in _keys(District.objects.filter(board=None, streets__isnull=False))
        ),
        *(
            Board(kind=BoardKind.DEPARTMENT, department_id=pk)
            for pk in _keys(Department.objects.filter(board=None))
        ),
    ]
    units = Unit.objects.filter(board=None, level__lte=_COMPOUND_LEVEL).order_by("pk")
    missing += [Board(kind=kind, unit_id=pk) for pk, kind in units.values_list("pk", "kind")]
    Board.objects.bulk_create(missing, ignore_conflicts=True, batch_size=1000)
    return len(missing)


def _keys(rows: QuerySet[Any]) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True).distinct())
