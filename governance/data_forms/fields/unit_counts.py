"""What is counted of some units, and who holds what there: as many statements for one as for two hundred."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, Q, Sum

from governance.data_forms.enums import Subject
from orgs.models import Unit
from orgs.scoping import any_of
from orgs.values.days import in_force
from residents.enums import BodyKind, Relation, Seat
from residents.models import Belonging, BodyMember, Household, PropertyContract
from tasks.enums import OPEN, RateGrouping
from tasks.models import Task
from tasks.rates.periods import Period
from tasks.rates.rates import Rates, rates_by
from volunteers.enums import BuildingRole
from volunteers.models import BuildingPost
from volunteers.service.enums import MinutesKind
from volunteers.service.models import Credit

if TYPE_CHECKING:
    from orgs.models import User

# The way from a household to the unit that a row is about.
UP = {
    Subject.BUILDING: "building",
    Subject.COMPOUND: "building__parent",
    Subject.COMMUNITY: "building__parent__parent",
}


def counts(keys: list[int], subject: Subject, user: "User") -> dict[int, dict[str, int]]:
    """Households, people, tenants and what lies below, by unit."""
    up = UP[subject]
    found: dict[int, dict[str, int]] = {
        key: dict.fromkeys(
            ("households", "people", "tenants", "buildings", "compounds", "heads", "tasks",
             "open_tasks", "minutes"), 0,
        )
        for key in keys
    }  # fmt: skip
    homes = Household.objects.visible_to(user).filter(**{f"{up}__in": keys}).order_by()
    for key, number in homes.values_list(up).annotate(number=Count("pk")):
        found[key]["households"] = number
    at_home = Belonging.objects.visible_to(user).filter(**{f"household__{up}__in": keys}, ends=None)
    by_relation = at_home.order_by().values_list(f"household__{up}", "relation")
    for key, relation, number in by_relation.annotate(number=Count("person", distinct=True)):
        if relation == Relation.TENANT:
            found[key]["tenants"] = number
    people = at_home.order_by().values_list(f"household__{up}")
    for key, number in people.annotate(number=Count("person", distinct=True)):
        found[key]["people"] = number
    _add_work(found, keys, user)
    below = {Subject.COMPOUND: ("parent",), Subject.COMMUNITY: ("parent", "parent__parent")}
    for way in below.get(subject, ()):
        name = "compounds" if (subject, way) == (Subject.COMMUNITY, "parent") else "buildings"
        inside = Unit.objects.filter(**{f"{way}__in": keys}).order_by().values_list(way)
        for key, number in inside.annotate(number=Count("pk")):
            found[key][name] = number
    return found


def _add_work(found: dict[int, dict[str, int]], keys: list[int], user: "User") -> None:
    """Posts that are held, tasks of this year and open ones, minutes served: of all that lies in a unit."""
    within, lies_in = above(Unit.objects.filter(pk__in=keys))
    inside = Unit.objects.filter(within).order_by().values("pk")
    heads = BuildingPost.objects.visible_to(user).filter(
        building__in=inside, role=BuildingRole.HEAD, ends=None
    )
    tasks = Task.objects.visible_to(user).filter(unit__in=inside)
    credits = Credit.objects.visible_to(user).filter(
        unit__in=inside, is_latest=True, minutes_kind=MinutesKind.VOLUNTARY
    )
    for name, rows, way, number in (
        ("heads", heads, "building", Count("pk")),
        ("tasks", tasks, "unit", Count("pk")),
        ("open_tasks", tasks.filter(status__in=sorted(OPEN)), "unit", Count("pk")),
        ("minutes", credits, "unit", Sum("minutes")),
    ):
        for key, count in rows.order_by().values_list(way).annotate(number=number):
            for unit in lies_in[key]:
                found[unit][name] += count


def above(units: Iterable[Unit]) -> tuple[Q, dict[int, list[int]]]:
    """What lies in some units, by the tree's ranges; and of each unit in there those that it lies in."""
    spans: dict[int, list[tuple[int, int, int]]] = {}
    for unit in units:
        spans.setdefault(unit.tree_id, []).append((unit.lft, unit.rght, unit.pk))
    inside = any_of([
        Q(tree_id=tree, lft__range=(min(found)[0], max(right for _left, right, _key in found)))
        for tree, found in spans.items()
    ])  # fmt: skip
    lies_in = {}
    rows = Unit.objects.filter(inside).order_by().values_list("pk", "tree_id", "lft")
    for key, tree, left in rows:
        lies_in[key] = [unit for start, end, unit in spans[tree] if start <= left <= end]
    return inside, lies_in


def rates(user: "User", today: date) -> dict[str, Rates]:
    """The rates of communities in this year, by code."""
    period = Period.of(today.replace(month=1, day=1), today)
    return {rates.key: rates for rates in rates_by(user, RateGrouping.COMMUNITY, period)}


def seats(keys: list[int], user: "User", today: date) -> dict[int, int]:
    seen = BodyMember.objects.visible_to(user).filter(
        in_force(today, "term"), term__body__unit__in=keys, ends=None,
        term__body__kind=BodyKind.OWNERS_COMMITTEE,
    )  # fmt: skip
    by_unit = seen.order_by().values_list("term__body__unit").annotate(number=Count("pk"))
    return dict(by_unit)


def posts(keys: list[int], user: "User") -> dict[int, dict[str, BuildingPost]]:
    found: dict[int, dict[str, BuildingPost]] = {}
    seen = BuildingPost.objects.visible_to(user).filter(building__in=keys, ends=None)
    for post in seen.select_related("person", "user", "household").order_by("pk"):
        found.setdefault(post.building_id, {}).setdefault(post.role, post)
    return found


def contracts(keys: list[int], user: "User", today: date) -> dict[int, PropertyContract]:
    seen = PropertyContract.objects.visible_to(user).filter(in_force(today), compound__in=keys)
    return {row.compound_id: row for row in seen.select_related("firm").order_by("starts")}


def chairs(keys: list[int], user: "User", today: date) -> dict[int, BodyMember]:
    seen = BodyMember.objects.visible_to(user).filter(
        in_force(today, "term"), term__body__unit__in=keys, ends=None, seat=Seat.CHAIR,
        term__body__kind=BodyKind.OWNERS_COMMITTEE,
    )  # fmt: skip
    return {row.term.body.unit_id: row for row in seen.select_related("term__body", "person")}
