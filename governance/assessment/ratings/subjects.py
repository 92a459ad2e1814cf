"""Whom somebody may rate as one of a group, by district: `ratings` asks once more when they do."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from governance.assessment.enums import STREET_ROLES, RaterGroup, SubjectKind
from orgs.enums import PartyOrganisationKind, Role
from orgs.models import Department, PartyOrganisation, Position, Unit
from orgs.scoping import reach_of
from orgs.values.days import in_force
from residents.models import Belonging, Household, PropertyContract
from volunteers.enums import BuildingRole
from volunteers.models import BuildingPost

if TYPE_CHECKING:
    from orgs.models import User


class Subject(NamedTuple):
    """One of them; `place` is the compound whose class chooses the sheet of a secretary."""

    key: int
    name: str
    household: Household | None = None
    place: int | None = None


Subjects: TypeAlias = Mapping[int, list[Subject]]


# --- Streets and departments ---------------------------------------------------------------------


def _departments(user: "User", today: date) -> Subjects:
    """Of the districts of one's own streets."""
    found: dict[int, list[Subject]] = defaultdict(list)
    held = reach_of(user).holdings
    trees = {one.area.tree_id for one in held if one.area and one.role in STREET_ROLES}
    if trees:
        streets = Unit.objects.filter(level=0, tree_id__in=trees).order_by().values("district")
        departments = Department.objects.filter(is_active=True, street=None, district__in=streets)
        for row in departments.order_by("code"):
            found[row.district_id].append(Subject(row.pk, row.short_name))
    return found


def _streets(user: "User", today: date) -> Subjects:
    """Of the districts of one's own departments; not the street that a department belongs to."""
    found: dict[int, list[Subject]] = defaultdict(list)
    keys = reach_of(user).department_ids
    if keys:
        own = Department.objects.filter(pk__in=keys).order_by()
        streets = Unit.objects.filter(level=0, district__in=own.values("district"))
        streets = streets.exclude(pk__in=own.filter(street__isnull=False).values("street"))
        for row in streets.order_by("code"):
            found[row.district_id or 0].append(Subject(row.pk, row.name))
    return found


# --- People and firms of places --------------------------------------------------------------------


def _found(
    kind: SubjectKind, where: Callable[[str], Q], user: "User", today: date
) -> QuerySet[Any]:
    """Key, name, place and tree of whom a kind has at some places; `where` is told the way to the unit."""
    if kind == SubjectKind.BUILDING_HEAD:
        posts = BuildingPost.objects.filter(
            in_force(today), where("building"), role=BuildingRole.HEAD
        ).exclude(Q(user=user) | Q(person__account=user))
        name = Coalesce(F("person__name"), F("user__name"), F("title"))
        return posts.order_by("building__code").values_list(
            "pk", name, "building", "building__tree_id"
        )
    if kind == SubjectKind.FIRM:
        rows: Any = PropertyContract.objects.filter(in_force(today), where("compound"))
        rows = rows.filter(firm__isnull=False)
        columns = ("firm", "firm__name", "compound", "compound__tree_id")
        return rows.order_by("firm__name", "firm").values_list(*columns)
    path, role = {
        SubjectKind.SECRETARY: ("party_organisation__covers", Role.BRANCH_SECRETARY),
        SubjectKind.COMMUNITY_WORKER: ("unit", Role.COMMUNITY_WORKER),
    }[kind]
    rows = Position.objects.filter(in_force(today), where(path), role=role, user__is_active=True)
    columns = ("user", "user__name", path, f"{path}__tree_id")
    return rows.exclude(user=user).order_by(f"{path}__code", "user").values_list(*columns)


def _by_district(rows: QuerySet[Any], *, once: bool = True) -> Subjects:
    """By the districts of their streets, each `once` or at each of their places; two statements."""
    listed = list(rows)
    streets = Unit.objects.filter(level=0, tree_id__in={row[3] for row in listed})
    districts = dict(streets.values_list("tree_id", "district"))
    found: dict[int, dict[tuple[int, int | None], Subject]] = defaultdict(dict)
    for key, name, place, tree in listed:
        known = found[districts.get(tree) or 0]
        known.setdefault((key, None if once else place), Subject(key, name, None, place))
    return {district: list(rated.values()) for district, rated in found.items()}


def _below(kind: SubjectKind, user: "User", today: date) -> Subjects:
    """Whom the street has; of property firms the communities rate too."""
    roles = STREET_ROLES | ({Role.COMMUNITY_WORKER} if kind == SubjectKind.FIRM else set())
    reach = reach_of(user)
    if not reach.roles & roles:
        return {}
    return _by_district(_found(kind, lambda path: reach.q(path, roles), user, today))


def _peers(kind: SubjectKind, user: "User", today: date) -> Subjects:
    """Others of the same office in the same street."""
    role = Role.BRANCH_SECRETARY if kind == SubjectKind.SECRETARY else Role.COMMUNITY_WORKER
    held = reach_of(user).holdings
    trees = {one.area.tree_id for one in held if one.area and one.role == role}
    if not trees:
        return {}
    return _by_district(
        _found(kind, lambda path: Q(**{f"{path}__tree_id__in": trees}), user, today)
    )


def _of_homes(kind: SubjectKind, user: "User", today: date) -> Subjects:
    """Whom one's verified homes have: a rating for each household."""
    homes = Belonging.objects.filter(
        person__account=user, ends=None, verified_at__isnull=False
    ).select_related("household__building__parent__parent")
    own = {home.household: None for home in homes.order_by("household")}
    return of_households(kind, own, user, today)


def of_households(
    kind: SubjectKind, households: Iterable[Household], user: "User", today: date
) -> Subjects:
    """Whom some households have, each with its own rating; `user`, who enters it, never themselves."""
    around: dict[int | None, list[Household]] = defaultdict(list)
    for household in households:
        unit: Unit | None = household.building
        while unit:
            around[unit.pk].append(household)
            unit = unit.parent if unit.level > 1 else None
    if not around:
        return {}
    rows = (
        _branches(around)
        if kind == SubjectKind.BRANCH
        else _found(kind, lambda path: Q(**{f"{path}__in": list(around)}), user, today)
    )
    return {
        district: [
            one._replace(name=f"{one.name} · {household}", household=household)
            for one in rated
            for household in around[one.place]
        ]
        for district, rated in _by_district(rows, once=False).items()
    }


def _branches(units: Iterable[int | None]) -> QuerySet[Any]:
    covering = PartyOrganisation.covers.through.objects.filter(
        unit__in=list(units), partyorganisation__kind=PartyOrganisationKind.BRANCH
    )
    columns = ("partyorganisation", "partyorganisation__name", "unit", "unit__tree_id")
    return covering.order_by("partyorganisation").values_list(*columns)


_PEOPLE = (SubjectKind.SECRETARY, SubjectKind.COMMUNITY_WORKER)
_AT_PLACES = (*_PEOPLE, SubjectKind.BUILDING_HEAD, SubjectKind.FIRM)
# What each group rates, and how whom is found.
FINDERS: Mapping[tuple[RaterGroup, SubjectKind], Callable[["User", date], Subjects]] = {
    (RaterGroup.STREET, SubjectKind.DEPARTMENT): _departments,
    (RaterGroup.DEPARTMENT, SubjectKind.STREET): _streets,
    **{(RaterGroup.SUPERIOR, kind): partial(_below, kind) for kind in _AT_PLACES},
    **{(RaterGroup.PEER, kind): partial(_peers, kind) for kind in _PEOPLE},
    **{
        (RaterGroup.RESIDENT, kind): partial(_of_homes, kind)
        for kind in (SubjectKind.BRANCH, *_AT_PLACES)
    },
}
