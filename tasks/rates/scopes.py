"""Whose figures: all that somebody reads, those of a place, those of a department; and who reads which."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from orgs.enums import Role, UnitKind
from orgs.models import Department, Unit
from orgs.scoping import reach_of
from orgs.units.queries import departments, unit_by_code
from tasks.enums import COMMUNITY_ROLES, STREET_ROLES, WATCHING_ROLES

if TYPE_CHECKING:
    from orgs.models import User

# Who reads the figures of the places they work for.
PLACE_READERS = STREET_ROLES | COMMUNITY_ROLES | {Role.DISTRICT_OFFICE}
READERS = PLACE_READERS | {Role.DEPARTMENT_OFFICER, Role.BRANCH_SECRETARY}
# From here down the tree there are few tasks: their figures are counted when somebody asks.
COMPOUND_LEVEL = 2


@dataclass(frozen=True)
class Scope:
    """A place, a department, a department in a place; neither is all that the reader sees."""

    unit: Unit | None = None
    department: Department | None = None

    @property
    def name(self) -> str:
        """How it is called; "" for all that the reader sees."""
        parts = (self.unit.path_name if self.unit else "", str(self.department or ""))
        return " · ".join(part for part in parts if part)

    @property
    def is_small(self) -> bool:
        """Whether it is a compound or a building, of which no counts are kept."""
        return bool(self.unit and self.unit.level >= COMPOUND_LEVEL)

    @property
    def query(self) -> dict[str, str]:
        """As the addresses of pages and lists name it."""
        query = {}
        if self.unit:
            query["unit"] = self.unit.code
        if self.department:
            query["department"] = self.department.code
        return query


def may_read(user: "User") -> bool:
    """Whoever works for the authorities, and the secretary of a branch."""
    return user.is_superuser or bool(reach_of(user).roles & READERS)


def reads_counts(user: "User") -> bool:
    """Whoever works for the authorities: counts are kept of communities and departments."""
    return user.is_superuser or bool(
        reach_of(user).roles & (PLACE_READERS | {Role.DEPARTMENT_OFFICER})
    )


def reads_places(user: "User") -> bool:
    """Whether somebody watches over places: whoever reads departments' figures only has no reports."""
    return user.is_superuser or bool(reach_of(user).roles & WATCHING_ROLES)


def first_shown(user: "User") -> Scope:
    """All that one sees; of the secretary of a branch, the first compound that it covers."""
    return Scope() if reads_counts(user) else Scope(units_of(user).first())


def chosen(user: "User", unit: str = "", department: str = "") -> Scope:
    """What somebody asks for by codes; without any, what they are shown first.

    Raises PermissionDenied for figures that they may not read, Http404 where there is no such code.
    """
    if not may_read(user):
        raise PermissionDenied
    office = None
    if department:
        office = departments().filter(code=department).first()
        if office is None:
            raise Http404
        if office.pk not in departments_of(user).values_list("pk", flat=True):
            raise PermissionDenied
    if not unit:
        return Scope(first_shown(user).unit, office)
    place = unit_by_code(unit, Unit.objects.all())
    if place is None:
        raise Http404
    if not _reads(user, place):
        raise PermissionDenied
    return Scope(place, office)


def _reads(user: "User", unit: Unit) -> bool:
    """Whoever works for a place; the secretary of a branch only what the branch covers."""
    roles = reach_of(user).roles_at(unit)
    return bool(user.is_superuser or roles & PLACE_READERS or Role.BRANCH_SECRETARY in roles)


def units_of(user: "User") -> QuerySet[Unit]:
    """The places that somebody chooses among: those worked for, and what lies directly below them."""
    reach = reach_of(user)
    own = [held.area for held in reach.holdings if held.area and held.role in PLACE_READERS]
    levels = {area.level for area in own}
    # Several streets are chosen from themselves; one street from its communities.
    streets = len({area.tree_id for area in own}) > 1 or user.is_superuser
    depth = 0 if streets else max(levels, default=0) + 1
    units = Unit.objects.filter(level__lte=depth)
    if not user.is_superuser:
        units = units.filter(reach.q("", PLACE_READERS))
    led = Unit.objects.filter(reach.q("", [Role.BRANCH_SECRETARY]), kind=UnitKind.COMPOUND)
    return (units | led).order_by("tree_id", "lft")


def departments_of(user: "User") -> QuerySet[Department]:
    """The departments that somebody chooses among: one's own, and those of the places worked for."""
    if user.is_superuser:
        return departments()
    reach = reach_of(user)
    trees = {
        held.area.tree_id for held in reach.holdings if held.area and held.role in PLACE_READERS
    }
    own = Department.objects.filter(pk__in=reach.department_ids)
    around = Department.objects.filter(district__streets__tree_id__in=trees)
    keys = own.order_by().values("pk").union(around.order_by().values("pk"))
    return departments().filter(pk__in=keys)


def title(scope: Scope, user: "User") -> str:
    """What the figures are called: the place or the department, else where the reader works."""
    if scope.name:
        return scope.name
    posts = reach_of(user).posts
    return posts[0].where if posts else _("All streets")
