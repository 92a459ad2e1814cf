"""The five full coverages, counted from base rows: who has what on a day.

Branch: a compound or joint-area branch covers the compound or a place around it. Committee: an
owners' or self-government committee of the compound within a term of office. Property: a contract in
force, whatever its kind. Mediation and council: one of the compound, or of its community, within a
term of office.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from orgs.enums import PartyOrganisationKind, UnitKind
from orgs.models import PartyOrganisation, Unit
from orgs.scoping import lies_in, reach_of
from orgs.values.days import in_force
from orgs.values.proportions import per_mille
from residents.enums import COMMITTEES, HOUSEHOLD_READERS, BodyKind, Coverage
from residents.models import CoverageDay, PropertyContract, Term

if TYPE_CHECKING:
    from orgs.models import User

BRANCHES = frozenset({PartyOrganisationKind.BRANCH, PartyOrganisationKind.JOINT_BRANCH})
_AROUND = ("pk", "parent", "parent__parent")
TREND_DAYS = 366


def own_unit(user: "User") -> Unit | None:
    """The one unit that somebody counts; None for whoever counts several, or all."""
    areas = {
        held.area
        for held in reach_of(user).holdings
        if held.area and held.role in HOUSEHOLD_READERS
    }
    if user.is_superuser or len(areas) != 1:
        return None
    [area] = areas
    return Unit.objects.get(tree_id=area.tree_id, lft=area.left)


def compounds_in(unit: Unit | None, user: "User") -> QuerySet[Unit]:
    """The compounds of a unit of any kind; without one all those that somebody may count."""
    compounds = Unit.objects.filter(kind=UnitKind.COMPOUND)
    if unit is not None:
        return compounds.filter(lies_in(unit))
    if user.is_superuser:
        return compounds
    return compounds.filter(reach_of(user).q("", HOUSEHOLD_READERS))


def with_lights(compounds: QuerySet[Unit], day: date) -> QuerySet[Any]:
    """Compounds with a truth value for each coverage, named after it, on a day."""
    return compounds.annotate(
        branch=Exists(_branches(day)),
        committee=_body(COMMITTEES, day, ["pk"]),
        property=Exists(PropertyContract.objects.filter(in_force(day), compound=OuterRef("pk"))),
        mediation=_body({BodyKind.MEDIATION}, day, ["pk", "parent"]),
        council=_body({BodyKind.RESIDENTS_COUNCIL}, day, ["pk", "parent"]),
    )


def _branches(day: date) -> QuerySet[Any]:
    covers = PartyOrganisation.covers.through._default_manager.filter(
        _at("unit", _AROUND), partyorganisation__kind__in=BRANCHES
    )
    founded = Q(partyorganisation__founded_on=None) | Q(partyorganisation__founded_on__lte=day)
    return covers.filter(founded)


def _body(kinds: Iterable[BodyKind], day: date, places: Iterable[str]) -> Exists:
    terms = Term.objects.filter(
        _at("body__unit", places), in_force(day), body__kind__in=list(kinds)
    )
    return Exists(terms)


def _at(path: str, places: Iterable[str]) -> Q:
    """Rows of one of the places around the outer compound."""
    return Q(*[Q(**{path: OuterRef(place)}) for place in places], _connector=Q.OR)


# --- Counting --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lights:
    """One compound and what it has."""

    pk: int
    code: str
    name: str
    has: frozenset[Coverage]
    lon: float | None = None
    lat: float | None = None

    @property
    def marks(self) -> list[tuple[Coverage, bool]]:
        return [(kind, kind in self.has) for kind in Coverage]

    @property
    def count(self) -> int:
        return len(self.has)


@dataclass
class Counted:
    """A place with how many of its compounds have what; shares in per mille, None of nothing."""

    pk: int | None = None
    code: str = ""
    name: str = ""
    compounds: int = 0
    all_five: int = 0
    having: dict[Coverage, int] = field(default_factory=lambda: dict.fromkeys(Coverage, 0))

    def add(self, lights: Lights) -> None:
        self.compounds += 1
        self.all_five += lights.count == len(Coverage)
        for kind in lights.has:
            self.having[kind] += 1

    def share(self, part: int) -> int | None:
        return per_mille(part, self.compounds)

    @property
    def figures(self) -> list[tuple[Coverage, int, int | None]]:
        """Each coverage with its count and its share."""
        return [(kind, count, self.share(count)) for kind, count in self.having.items()]

    @property
    def all_share(self) -> int | None:
        return self.share(self.all_five)


@dataclass(frozen=True)
class Picture:
    """The whole of a place, its parts, and its compounds in the order of the tree."""

    whole: Counted
    groups: list[Counted]
    compounds: list[Lights]


def picture(unit: Unit | None, user: "User", day: date) -> Picture:
    """What a unit's compounds have, grouped by what lies below; one statement (two for all streets)."""
    compounds_lit = list(_rows(compounds_in(unit, user), day))
    whole = Counted()
    groups: dict[int, Counted] = {}
    by_street = unit is None
    streets = _streets({row["tree_id"] for row in compounds_lit}) if by_street else {}
    compounds = []
    for row in compounds_lit:
        lights = _lights(row)
        compounds.append(lights)
        whole.add(lights)
        pk, code, name = streets[row["tree_id"]] if by_street else _community(row)
        groups.setdefault(pk, Counted(pk, code, name)).add(lights)
    return Picture(whole, list(groups.values()), compounds)


def _rows(compounds: QuerySet[Unit], day: date) -> QuerySet[Any]:
    return (
        with_lights(compounds, day)
        .order_by("tree_id", "lft")
        .values(
            "pk", "code", "name", "tree_id", "parent", "parent__code", "parent__name",
            "profile__lon", "profile__lat", *Coverage.values,
        )
    )  # fmt: skip


def _lights(row: dict[str, Any]) -> Lights:
    has = frozenset(kind for kind in Coverage if row[kind.value])
    return Lights(
        row["pk"], row["code"], row["name"], has, row["profile__lon"], row["profile__lat"]
    )


def _community(row: dict[str, Any]) -> tuple[int, str, str]:
    return row["parent"], row["parent__code"], row["parent__name"]


def _streets(trees: set[int]) -> dict[int, tuple[int, str, str]]:
    streets = Unit.objects.filter(level=0, tree_id__in=trees).order_by("code")
    return {tree: row for tree, *row in streets.values_list("tree_id", "pk", "code", "name")}


def every_count(day: date) -> list[Counted]:
    """The counts of every street and community that has compounds, for the job; two statements."""
    counts: dict[int, Counted] = {}
    rows = list(_rows(Unit.objects.filter(kind=UnitKind.COMPOUND), day))
    streets = _streets({row["tree_id"] for row in rows})
    for row in rows:
        lights = _lights(row)
        for pk, code, name in (_community(row), streets[row["tree_id"]]):
            counts.setdefault(pk, Counted(pk, code, name)).add(lights)
    return list(counts.values())


# --- Over time -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Month:
    """The last count of a month; shares in per mille."""

    day: date
    counted: Counted


def trend(unit: Unit | None, user: "User", today: date) -> list[Month]:
    """The last counted day of each of the last twelve months, oldest first; one statement."""
    days = CoverageDay.objects.visible_to(user).filter(
        day__gt=today - timedelta(days=TREND_DAYS), day__lte=today
    )
    days = days.filter(unit=unit) if unit else days.filter(unit__level=0)
    sums: dict[date, Counted] = defaultdict(Counted)
    for row in days.order_by("day").values("day", "compounds", "all_five", *Coverage.values):
        counted = sums[row["day"]]
        counted.compounds += row["compounds"]
        counted.all_five += row["all_five"]
        for kind in Coverage:
            counted.having[kind] += row[kind.value]
    last = {(day.year, day.month): day for day in sums}
    return [Month(day, sums[day]) for day in sorted(last.values())]
