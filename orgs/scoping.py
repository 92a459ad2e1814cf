"""Who may see what: the one place where positions become areas of the unit tree.

A `Reach` lists what a person holds today: roles over subtrees, and roles in departments. Lists
(`Model.objects.visible_to(user)`), instance checks and permissions are all answered from it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias, cast

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from orgs.db.prepared import PreparedQuery
from orgs.enums import Role
from orgs.values.days import in_force

if TYPE_CHECKING:
    from orgs.models import District, Unit, User

    Person: TypeAlias = User | AnonymousUser

NOTHING = Q(pk__in=())


@dataclass(frozen=True, slots=True)
class Area:
    """A subtree of one street."""

    tree_id: int
    left: int
    right: int
    level: int

    def covers(self, unit: "Unit") -> bool:
        return unit.tree_id == self.tree_id and self.left <= unit.lft and unit.rght <= self.right


@dataclass(frozen=True, slots=True)
class Holding:
    """One role, over an area or in a department or (an employer, an auditor) over neither."""

    role: Role
    area: Area | None
    department_id: int | None
    district_id: int | None


@dataclass(frozen=True, slots=True)
class Post:
    """One position as its holder reads it: the role, the name of what it is held at, its code if a unit."""

    role: Role
    where: str
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.role.label} · {self.where}"


@dataclass(frozen=True)
class Reach:
    """All that a person holds on one day."""

    holdings: tuple[Holding, ...]
    everywhere: bool = False
    posts: tuple[Post, ...] = ()

    @cached_property
    def roles(self) -> frozenset[Role]:
        return frozenset(held.role for held in self.holdings)

    @cached_property
    def department_ids(self) -> frozenset[int]:
        return frozenset(held.department_id for held in self.holdings if held.department_id)

    @property
    def is_wide(self) -> bool:
        """Whether a whole street or a department is held: rows by the thousand."""
        return bool(self.department_ids) or any(
            held.area and held.area.level == 0 for held in self.holdings
        )

    def district_ids(self, roles: Iterable[Role]) -> frozenset[int]:
        """The districts at which one of the roles is held."""
        return frozenset(
            held.district_id for held in self.holdings if held.district_id and held.role in roles
        )

    def roles_at(self, unit: "Unit") -> frozenset[Role]:
        """The roles that this person holds over a unit."""
        return frozenset(
            held.role for held in self.holdings if held.area and held.area.covers(unit)
        )

    def q(self, path: str, roles: Iterable[Role] | None = None) -> Q:
        """The rows whose unit, reached over `path` ("" for units themselves), lies in reach.

        Whole streets compare one number; smaller areas compare their range in the tree. From other
        tables the units of smaller areas are found first, in a subquery: joined and OR-ed, they
        would be compared row by row (measured at 100,000 tasks: 144 ms for a page).
        """
        wanted = None if roles is None else frozenset(roles)
        areas = {
            held.area
            for held in self.holdings
            if held.area and (wanted is None or held.role in wanted)
        }
        trees = sorted(area.tree_id for area in areas if area.level == 0)
        prefix = f"{path}__" if path else ""
        covered = Q(**{f"{prefix}tree_id__in": trees}) if trees else NOTHING
        smaller = sorted(
            (area for area in areas if area.level and area.tree_id not in trees),
            key=lambda area: (area.tree_id, area.left),
        )
        if not smaller:
            return covered
        inside = Q(
            *[Q(tree_id=area.tree_id, lft__range=(area.left, area.right)) for area in smaller],
            _connector=Q.OR,
        )
        if path:
            units = apps.get_model("orgs.Unit").objects.filter(inside).order_by().values("pk")
            inside = Q(**{f"{path}__in": units})
        return covered | inside if trees else inside


def lies_in(unit: "Unit", path: str = "") -> Q:
    """The rows whose unit, reached over `path` ("" for units themselves), is this one or lies in it."""
    prefix = f"{path}__" if path else ""
    return Q(**{f"{prefix}tree_id": unit.tree_id, f"{prefix}lft__range": (unit.lft, unit.rght)})


def in_district(district: "District", path: str = "") -> Q:
    """The rows whose unit, reached over `path`, lies in a district: in one of its streets' trees."""
    streets = apps.get_model("orgs.Unit").objects.filter(district=district).order_by()
    return Q(**{f"{path}__tree_id__in" if path else "tree_id__in": streets.values("tree_id")})


def around(unit: "Unit", path: str = "") -> Q:
    """The rows whose unit, reached over `path`, is this one, lies in it or covers it."""
    prefix = f"{path}__" if path else ""
    above = {"tree_id": unit.tree_id, "lft__lt": unit.lft, "rght__gt": unit.rght}
    return lies_in(unit, path) | Q(**{f"{prefix}{name}": value for name, value in above.items()})


# One way in which rows come into sight: a condition on them, or a query of their keys.
Way: TypeAlias = Q | models.QuerySet


def any_of(ways: list[Way]) -> Q:
    """The rows to which at least one of several ways leads, as one condition."""
    conditions = [way if isinstance(way, Q) else Q(pk__in=way) for way in ways]
    return Q(*conditions, _connector=Q.OR)


def way_by_way(rows: models.QuerySet, ways: list[Way]) -> Q:
    """The same rows, found through each way's own index.

    Faster where few rows are in sight of many: subqueries joined by OR make PostgreSQL walk the
    whole table (measured at 100,000 tasks: 40 ms for a page, 3 ms so).
    """
    return Q(pk__in=keys_way_by_way(rows, ways))


def keys_way_by_way(rows: models.QuerySet, ways: list[Way]) -> models.QuerySet:
    """The keys of those rows."""
    first, *others = (
        rows.order_by().filter(way).values("pk") if isinstance(way, Q) else way.order_by()
        for way in ways
    )
    return first.union(*others)


# The ways from a position to the subtrees it covers, beside its own unit.
_FURTHER_PATHS = ("grid__units", "district__streets", "party_organisation__covers")
_AREA_FIELDS = ("tree_id", "lft", "rght", "level")


def reach_of(user: "Person", today: date | None = None) -> Reach:
    """What a person holds today, remembered on the user for the request.

    One query; a second one where something is held at a grid, a district or a party organisation.
    """
    if today is None:
        if not hasattr(user, "known_reach"):
            user.known_reach = _load_reach(user, timezone.localdate())  # type: ignore[union-attr]
        return user.known_reach  # type: ignore[union-attr]
    return _load_reach(user, today)


def forget_reach(user: "Person | None") -> None:
    """Drops what was remembered: the tree or the person's positions have changed."""
    # A request's user is a proxy: what is remembered stands on the person behind it.
    if user is not None and hasattr(user, "known_reach"):
        del user.known_reach


def _load_reach(user: "Person", today: date) -> Reach:
    if not user.is_authenticated or not user.is_active:
        return Reach(())
    rows = _held_on(today).rows(user.pk)
    further = {}
    if any(any(row[3:6]) for row in rows):
        further = _further_areas(user.positions.filter(in_force(today)))
    holdings, posts = [], []
    for (
        pk,
        role,
        department_id,
        district_id,
        _grid,
        _organisation,
        unit,
        code,
        office,
        *four,
    ) in rows:
        name, areas = further.get(pk, (unit or office, []))
        if four[0] is not None:
            areas = [Area(*four)]
        posts.append(Post(Role(role), name, code or ""))
        holdings += [
            Holding(Role(role), area, department_id, district_id) for area in areas or [None]
        ]
    return Reach(tuple(holdings), everywhere=user.is_superuser, posts=tuple(posts))


@lru_cache(maxsize=2)
def _held_on(day: date) -> PreparedQuery:
    """What somebody holds on a day, by the key of their account."""
    positions = apps.get_model("orgs.Position").objects.filter(in_force(day)).order_by("pk")
    columns = (
        "pk", "role", "department_id", "district_id", "grid_id", "party_organisation_id",
        "unit__path_name", "unit__code", "department__short_name", *[f"unit__{field}" for field in _AREA_FIELDS],
    )  # fmt: skip
    return PreparedQuery(lambda user: positions.filter(user=user).values_list(*columns))


def _further_areas(positions: models.QuerySet) -> dict[int, tuple[str, list[Area]]]:
    """Position -> the name of its grid, district or party organisation, and the areas it covers by it.

    A query of its own: planning these joins takes longer than all else, and few people need them.
    """
    further: dict[int, tuple[str, list[Area]]] = {}
    rows = positions.exclude(grid=None, district=None, party_organisation=None).values_list(
        "pk", "grid__name", "district__name", "party_organisation__name",
        *[f"{path}__{field}" for path in _FURTHER_PATHS for field in _AREA_FIELDS],
    )  # fmt: skip
    for pk, grid, district, organisation, *numbers in rows:
        _name, areas = further.setdefault(pk, (grid or district or organisation, []))
        for start in range(0, len(numbers), 4):
            if numbers[start] is not None:
                areas.append(Area(*numbers[start : start + 4]))
    return further


class ScopedQuerySet(models.QuerySet):
    """Rows with a place in the tree. A model names the way to its unit in `scope_path`.

    Where `superusers_see` is False, being a superuser shows nothing.
    """

    superusers_see: ClassVar[bool] = True

    def visible_to(self, user: "Person", *, one: bool = False) -> Self:
        """The rows that a person may see; the one truth behind lists and single rows.

        `one`: the caller picks a single row by its key, which is then compared with each way. So is
        a wide reach: walking the table, newest first, meets enough of its many rows at once.
        """
        if user.is_superuser and self.superusers_see:
            return self
        ways = self._ways(user)
        if one or len(ways) == 1 or reach_of(user).is_wide:
            return self.filter(any_of(ways))
        return self.filter(way_by_way(self.model._default_manager.all(), ways))

    def first_keys(self, user: "Person", *order: str, most: int) -> list[Any]:
        """The keys of the first of these rows in sight, for rows that are few already (a search).

        Each way is asked of them alone: joined with the whole table, PostgreSQL walks it (measured
        at 180,000 people, 4,400 of one family name: 97 ms, 45 ms so).
        """
        sees_all = user.is_superuser and self.superusers_see
        ways = [Q()] if sees_all else self._ways(user)
        first, *others = (self.order_by().filter(any_of([way])) for way in ways)
        united = first.values(*order, "pk").union(*(other.values(*order, "pk") for other in others))
        return [row["pk"] for row in united.order_by(*order, "pk")[:most]]

    def _ways(self, user: "Person") -> list[Way]:
        return cast("type[Scoped]", self.model).ways(user) if user.is_authenticated else [NOTHING]

    def sees(self, user: "Person", row: models.Model) -> bool:
        """Whether one row is among those that a person may see."""
        return self.visible_to(user, one=True).filter(pk=row.pk).exists()


class Scoped(models.Model):
    """A model whose rows are seen by some and not by others."""

    scope_path = "unit"
    objects: Any = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def ways(cls, user: "User") -> list[Way]:
        """How rows come into this (signed-in, not super) user's sight; by default by their place."""
        return [reach_of(user).q(cls.scope_path)]
