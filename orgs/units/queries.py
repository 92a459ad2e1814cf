"""Reading units and what stands on them. Every answer costs the same number of queries."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from django.core.exceptions import PermissionDenied
from django.db.models import (
    Count,
    Exists,
    F,
    Model,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.http import Http404

from orgs.db.prepared import NO_TEXT, PreparedQuery
from orgs.enums import STAFF_ROLES, FoundingMode, PartyOrganisationKind, Role, UnitKind
from orgs.models import (
    CompoundProfile,
    Department,
    District,
    Grid,
    PartyOrganisation,
    Position,
    Unit,
    UnitAlias,
)
from orgs.scoping import around
from orgs.values.days import in_force
from orgs.values.names import compared, contains_word

if TYPE_CHECKING:
    from orgs.scoping import Person

# Whose names stand on a unit's page: people who are there to be asked.
PUBLIC_ROLES = STAFF_ROLES | {Role.BRANCH_SECRETARY, Role.PROPERTY_STAFF}
PICKED_AT_MOST = 20
FOUND_AT_MOST = 50


def units_with_district() -> QuerySet[Unit]:
    """Units with `district_code`, `district_name`, `parent_code` (a street's is its district)."""
    root = Unit.objects.filter(level=0, tree_id=OuterRef("tree_id")).order_by()
    district_code = Subquery(root.values("district__code")[:1])
    return Unit.objects.annotate(
        district_code=district_code,
        district_name=Subquery(root.values("district__name")[:1]),
        parent_code=Coalesce(F("parent__code"), F("district__code")),
    )


def units_to_show() -> QuerySet[Unit]:
    """The same with all units above, the compound's profile, and whether it `has_aliases` (few have)."""
    return (
        units_with_district()
        .select_related("parent__parent__parent", "profile")
        .annotate(has_aliases=Exists(UnitAlias.objects.filter(unit=OuterRef("pk"))))
    )


def unit_by_code(code: str, among: QuerySet[Unit] | None = None) -> Unit | None:
    """The unit that has this code or had it before it was moved."""
    if "\0" in code:  # which no text of PostgreSQL can hold
        return None
    if among is None:
        return _with_district(code)
    return among.filter(code=code).first() or among.filter(aliases__code=code).first()


def _finder(units: Callable[[], QuerySet[Unit]]) -> Callable[[str], Unit | None]:
    """What finds one of some units as `unit_by_code` does, with the statement for its code kept."""
    with_code = PreparedQuery(lambda code: units().filter(code=code), stand_in=NO_TEXT)

    def find(code: str) -> Unit | None:
        found: list[Unit] = [] if "\0" in code else with_code.rows(code)
        return found[0] if found else unit_by_code(code, units())

    return find


_with_district = _finder(units_with_district)
# The same as `units_to_show` reads it, and its row alone.
unit_to_show, unit_row = _finder(units_to_show), _finder(Unit.objects.all)


def own_unit(user: "Person", today: date) -> Unit | None:
    """The compound that somebody lives in, else where they hold their first position at a unit."""
    if not user.is_authenticated:
        return None
    if home := user.home:
        return home.parent if home.kind == UnitKind.BUILDING else home
    held = user.positions.filter(in_force(today), unit__isnull=False)
    position = held.select_related("unit").order_by("pk").first()
    return position.unit if position else None


def unit_for(user: "Person", code: str, perm: str) -> Unit:
    """The unit of a page. Raises Http404 where there is none, PermissionDenied without `perm` for it."""
    unit = unit_by_code(code)
    if unit is None:
        raise Http404
    if not user.has_perm(perm, unit):
        raise PermissionDenied
    return unit


def point_of(unit: Unit) -> tuple[float, float] | None:
    """The point (WGS-84) of the compound that a unit is or lies in; one query."""
    profile = (
        CompoundProfile.objects.filter(
            unit__tree_id=unit.tree_id, unit__lft__lte=unit.lft, unit__rght__gte=unit.rght
        )
        .exclude(lon=None)
        .first()
    )
    if profile is None or profile.lon is None or profile.lat is None:
        return None
    return profile.lon, profile.lat


# How a building is called behind its number, and an address in one word: the place and that number.
_BUILDING_ENDINGS = ("", "栋", "幢", "座", "号楼", "号", "#", "楼")
_HOME = re.compile(
    r"(?P<place>.*?[^\d-])(?P<number>\d+[a-z]?)(?:(?:栋|幢|座|号楼|号|#|楼).*|(?:-\d+){1,2}[a-z]?)"
)


def matching(words: str, among: QuerySet[Unit] | None = None) -> QuerySet[Unit]:
    """Units of which each word is part of the name, the code or the place.

    A word may be an address in one: 翡翠一品3栋, 翡翠一品3-1-501 are the third building of 翡翠一品小区.
    """
    units = Unit.objects.all() if among is None else among
    for word in words.split():
        key = compared(word)
        fits = (
            contains_word("path_key", key) | contains_word("name_key", key) | Q(code__icontains=key)
        )
        if home := _HOME.fullmatch(key):
            names = [f"{home['number']}{ending}" for ending in _BUILDING_ENDINGS]
            fits |= Q(path_key__contains=home["place"], name_key__in=names)
        units = units.filter(fits)
    return units


def below(code: str, among: QuerySet[Unit]) -> QuerySet[Unit]:
    """The units directly below a unit or a district, by its present or former code."""
    return among.filter(
        Q(parent__code=code)
        | Q(parent__in=Unit.objects.filter(aliases__code=code))
        | Q(level=0, district__code=code)
    )


def children_of(unit: Unit) -> list[Unit]:
    """A unit's children with `child_count`, how many each has in turn."""
    return _CHILDREN.rows(unit.pk)


_CHILDREN = PreparedQuery(
    lambda key: (
        Unit.objects.filter(parent=key).annotate(child_count=Count("children")).order_by("lft")
    )
)


def districts_with_streets() -> QuerySet[District]:
    """Districts that have streets, with `shown_streets` (each with `child_count`) and `offices`."""
    streets = Unit.objects.filter(level=0).annotate(child_count=Count("children")).order_by("code")
    with_streets = Unit.objects.filter(level=0).order_by().values("district")
    return (
        District.objects.filter(pk__in=with_streets)
        .order_by("code")
        .prefetch_related(
            Prefetch("streets", streets, to_attr="shown_streets"),
            Prefetch("departments", departments(), to_attr="offices"),
        )
    )


def departments() -> QuerySet[Department]:
    """Departments that can be called."""
    return Department.objects.filter(is_active=True).select_related("district", "street")


@dataclass(frozen=True)
class Serving:
    """A grid or (with a `kind`) a party organisation, and the names of the units that it serves."""

    name: str
    kind: PartyOrganisationKind | None
    founding_mode: FoundingMode | None
    units: list[str]


def serving(unit: Unit) -> list[Serving]:
    """The grids that patrol a unit or lie in it, and the party organisations that cover it; one query."""
    grids = _once(Grid, Grid.objects.filter(around(unit, "units") | Q(community=unit)))
    organisations = _once(PartyOrganisation, PartyOrganisation.objects.filter(covers=unit))
    rows = (
        grids.order_by()
        .values_list(
            *(Value(""), "code", "name", Value("")),
            *("units__tree_id", "units__lft", "units__name"),
        )
        .union(
            organisations.order_by().values_list(
                *("kind", "code", "name", "founding_mode"),
                *("covers__tree_id", "covers__lft", "covers__name"),
            ),
            all=True,
        )
    )
    found: dict[tuple[str, str], Serving] = {}
    for kind, code, name, mode, tree, _left, served in sorted(rows):
        one = found.setdefault(
            (kind, code),
            Serving(
                name,
                PartyOrganisationKind(kind) if kind else None,
                FoundingMode(mode) if mode else None,
                [],
            ),
        )
        if tree is not None:
            one.units.append(served)
    return list(found.values())


@dataclass(frozen=True)
class Holder:
    """Somebody who works somewhere: role first, never a phone number."""

    role: str
    name: str
    where: str
    stands_in: bool


def staff_of(unit: Unit, today: date) -> list[Holder]:
    """Who works at a unit today: at itself, in its grids, its party organisations."""
    positions = _working_on(today).rows(unit.pk)
    order = list(Role)
    return [
        Holder(
            role=row.get_role_display(),
            name=str(row.user),
            where="" if row.unit_id == unit.pk else str(row.where),
            stands_in=row.acting_for_id is not None,
        )
        for row in sorted(positions, key=lambda row: (order.index(Role(row.role)), row.pk))
    ]


@lru_cache(maxsize=2)
def _working_on(day: date) -> PreparedQuery:
    """The positions that `staff_of` names, by the key of the unit."""

    def positions(unit: int) -> QuerySet[Position]:
        rows = Position.objects.filter(
            Q(unit=unit)
            | Q(grid__community=unit)
            | Q(grid__units=unit)
            | Q(party_organisation__covers=unit),
            in_force(day),
            role__in=PUBLIC_ROLES,
            user__is_active=True,
        )
        return (
            _once(Position, rows)
            .select_related("user", "unit", "grid", "party_organisation", "district", "department")
            # What people and places are called, of a hundred columns.
            .only(
                *("role", "acting_for", "user__name", "user__username"),
                *("unit__name", "unit__path_name", "grid__name", "party_organisation__name"),
                *("district__name", "department__short_name"),
            )
        )

    return PreparedQuery(positions)


def _once(model: type[Model], rows: QuerySet) -> QuerySet:
    """Rows found over many-to-many links, each once."""
    return model._default_manager.filter(pk__in=rows.order_by().values("pk"))


def holders(unit: Unit, roles: Iterable[Role], today: date) -> set[int]:
    """The keys of those who hold one of the roles over a unit; one statement.

    The other way round of `Reach.roles_at`: at the unit or above it, by a grid, a district or a
    party organisation.
    """

    def covers(path: str) -> Q:
        around = {"tree_id": unit.tree_id, "lft__lte": unit.lft, "rght__gte": unit.rght}
        return Q(**{f"{path}__{name}": value for name, value in around.items()})

    street = Q(district__streets__tree_id=unit.tree_id)
    area = covers("unit") | covers("grid__units") | covers("party_organisation__covers") | street
    held = Position.objects.filter(in_force(today), area, role__in=list(roles))
    return set(held.filter(user__is_active=True).order_by().values_list("user", flat=True))


def holders_of(units: QuerySet[Unit], roles: Iterable[Role], today: date) -> set[int]:
    """The same for whoever holds one of the roles over at least one of many units; one statement."""
    held = Position.objects.filter(in_force(today), role__in=list(roles), user__is_active=True)
    at = held.order_by().values_list("user", flat=True)

    def covering(path: str) -> QuerySet:
        inside = units.order_by().filter(
            tree_id=OuterRef(f"{path}__tree_id"),
            lft__range=(OuterRef(f"{path}__lft"), OuterRef(f"{path}__rght")),
        )
        return at.filter(Exists(inside))

    streets = at.filter(district__streets__tree_id__in=units.order_by().values("tree_id"))
    paths = ("unit", "grid__units", "party_organisation__covers")
    return set(streets.union(*map(covering, paths)))


def district_holders(district: District, roles: Iterable[Role], today: date) -> set[int]:
    """The keys of those who hold one of the roles at a district itself."""
    held = Position.objects.filter(
        in_force(today), district=district, role__in=list(roles), user__is_active=True
    )
    return set(held.order_by().values_list("user", flat=True))


def officers(departments: Iterable[int], today: date) -> set[int]:
    """The keys of those who hold an office in one of the departments."""
    return set().union(*officers_by_department(departments, today).values())


def officers_by_department(departments: Iterable[int], today: date) -> dict[int, set[int]]:
    """The same for each department, also for those without any; one query."""
    officers_of: dict[int, set[int]] = {department: set() for department in departments}
    held = Position.objects.filter(
        in_force(today),
        department__in=list(officers_of),
        role=Role.DEPARTMENT_OFFICER,
        user__is_active=True,
    )
    for department, person in held.order_by().values_list("department", "user"):
        officers_of[department].add(person)
    return officers_of


# The patrol areas by street: the range in the tree and the grid's name, the smallest first.
PatrolAreas: TypeAlias = dict[int, list[tuple[int, int, str]]]


def patrol_areas(trees: set[int]) -> PatrolAreas:
    """The areas of the grids of some streets; one query."""
    patrolled: PatrolAreas = defaultdict(list)
    areas = Grid.units.through.objects.filter(unit__tree_id__in=trees).order_by("pk")
    for tree, left, right, name in areas.values_list(
        "unit__tree_id", "unit__lft", "unit__rght", "grid__name"
    ):
        patrolled[tree].append((left, right, name))
    for areas_of_tree in patrolled.values():
        areas_of_tree.sort(key=lambda area: area[1] - area[0])
    return patrolled


def patrol_area_of(unit: Unit, areas: PatrolAreas) -> str:
    """The name of the smallest grid that covers a unit; "" for none."""
    return next(
        (
            name
            for left, right, name in areas.get(unit.tree_id, ())
            if left <= unit.lft and unit.rght <= right
        ),
        "",
    )
