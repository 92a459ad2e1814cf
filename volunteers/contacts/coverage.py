"""Which households have a contact: counts up the tree, the doors of a building, a contact's own."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Count,
    Exists,
    FilteredRelation,
    Max,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce

from orgs.db.counting import counted
from orgs.enums import UnitKind
from orgs.models import Unit
from orgs.scoping import lies_in
from orgs.values import phones
from orgs.values.proportions import per_mille
from residents.enums import HouseholdState
from residents.models import Belonging, Household, Visit
from volunteers.models import HouseholdLink, PartyMembership
from volunteers.posts.rules import link_rule

if TYPE_CHECKING:
    from orgs.models import User

# Where people live: an empty flat, a shop or a parking space needs nobody who calls.
TO_COVER = (HouseholdState.LIVED_IN, HouseholdState.LET)
# From the building of a household to the unit below one of a kind.
CHILD_PATH = {
    UnitKind.STREET: "building__parent__parent",
    UnitKind.COMMUNITY: "building__parent",
    UnitKind.COMPOUND: "building",
}
SOON = timedelta(days=14)


@dataclass(frozen=True)
class Covered:
    """How many households of a unit have a contact, of those that should."""

    unit: Unit
    households: int
    covered: int

    @property
    def open(self) -> int:
        return self.households - self.covered

    @property
    def per_mille(self) -> int | None:
        return per_mille(self.covered, self.households)

    @property
    def light(self) -> str:
        if not self.households:
            return ""
        if not self.open:
            return "green"
        return "yellow" if self.covered else "red"


def coverage(unit: Unit) -> Covered:
    """A unit of any kind; one query."""
    counts = _inside(unit).aggregate(households=Count("pk"), covered=Count("contact"))
    return Covered(unit, counts["households"], counts["covered"])


def covered_rows(unit: Unit) -> QuerySet[Any]:
    """The same, to be read with other counts."""
    return counted("contacts", _inside(unit), number=Count("pk"), more=Count("contact"))


def coverage_below(unit: Unit) -> list[Covered]:
    """The units directly below one, each with its counts; two queries. None below a building."""
    path = CHILD_PATH.get(UnitKind(unit.kind))
    if path is None:
        return []
    rows = (
        _inside(unit)
        .order_by()
        .values(path)
        .annotate(households=Count("pk"), covered=Count("contact"))
    )
    counts = {row[path]: (row["households"], row["covered"]) for row in rows}
    return [
        Covered(child, *counts.get(child.pk, (0, 0))) for child in unit.children.order_by("lft")
    ]


def uncovered(building: Unit, entrance: str | None = None) -> QuerySet[Household]:
    """The doors of a building without a contact; with `entrance` those of one."""
    households: QuerySet[Household] = building.households.filter(
        ~Exists(_open()), state__in=TO_COVER
    )  # fmt: skip
    return households if entrance is None else households.filter(entrance=entrance)


def contacts_of(building: Unit, user: "User") -> dict[int, HouseholdLink]:
    """Household -> its present contact, of those whom somebody may see."""
    links = (
        HouseholdLink.objects.visible_to(user)
        .filter(household__building=building, ends=None)
        .select_related("person")
    )
    return {link.household_id: link for link in links}


def doors_with_contacts(unit: Unit, user: "User") -> QuerySet[Household]:
    """The doors of a unit that should have a contact, each with `contacts`: one, where it is in sight,
    and `covered`, whether it has one at all."""
    seen = HouseholdLink.objects.visible_to(user).filter(ends=None).select_related("person")
    households: QuerySet[Household] = (
        Household.objects.filter(lies_in(unit, "building"), state__in=TO_COVER)
        .select_related("building")
        .annotate(covered=Exists(_open()))
        .prefetch_related(Prefetch("links", seen, to_attr="contacts"))
    )
    return households.order_by("building__tree_id", "building__lft", "entrance", "floor", "room")


def covered_doors(building: Unit) -> set[int]:
    """The households of a building that have a contact, whoever it is."""
    links = HouseholdLink.objects.filter(household__building=building, ends=None)
    return set(links.values_list("household", flat=True))


def candidates(unit: Unit, user: "User") -> QuerySet[PartyMembership]:
    """The members in sight of the organisations over a unit who have room left, neighbours first.

    Each with `held`, how many households there are already, and `near`, whether they live here.
    """
    over = Q(
        organisation__covers__tree_id=unit.tree_id,
        organisation__covers__lft__lte=unit.lft,
        organisation__covers__rght__gte=unit.rght,
    )
    keys = PartyMembership.objects.filter(over, ends=None).order_by().values("pk")
    held = (
        HouseholdLink.objects.filter(person=OuterRef("person"), ends=None)
        .order_by()
        .values("person")
        .annotate(count=Count("pk"))
        .values("count")
    )
    near = Belonging.objects.filter(
        person=OuterRef("person"), household__building=unit, ends=None
    )  # fmt: skip
    memberships: QuerySet[PartyMembership] = PartyMembership.objects.visible_to(user).filter(
        pk__in=keys
    )
    return (
        memberships.annotate(held=Coalesce(Subquery(held), 0), near=Exists(near))
        .filter(held__lt=link_rule().households)
        .select_related("person", "organisation")
        .order_by("-near", "person__name", "pk")
    )


@dataclass(frozen=True)
class MyHousehold:
    """A household as its contact knows it: where, how many, whom to call; no more."""

    link: HouseholdLink
    people: int
    reach: str
    phone: str
    last: date | None
    due: date
    light: str


def households_of(user: "User", today: date) -> list[MyHousehold]:
    """The households that somebody is the contact of, the next due first; three queries."""
    living = Belonging.objects.filter(ends=None).select_related("person").order_by("pk")
    visits = (
        Visit.objects.filter(household=OuterRef("household"), by=user)
        .order_by("-on", "-pk")
        .values("next_on")[:1]
    )
    links = (
        HouseholdLink.objects.filter(person__account=user, ends=None)
        .select_related("household__building", "rule")
        .prefetch_related(Prefetch("household__belongings", living, to_attr="living"))
        .annotate(
            last=Max("household__visits__on", filter=Q(household__visits__by=user)),
            next_on=Subquery(visits),
        )
        .order_by("pk")
    )
    return sorted((_mine(link, today) for link in links), key=lambda home: (home.due, home.link.pk))


def _mine(link: HouseholdLink, today: date) -> MyHousehold:
    last, planned = link.last, link.next_on  # type: ignore[attr-defined]
    living = link.household.living  # type: ignore[attr-defined]
    due = planned or (last or link.starts) + timedelta(days=link.rule.visit_days)
    known = next((belonging.person for belonging in living if belonging.person.phone), None)
    light = "red" if due < today else "yellow" if due <= today + SOON else "green"
    return MyHousehold(
        link,
        len(living),
        phones.mask_name(known.name) if known else "",
        phones.mask(known.phone) if known else "",
        last,
        due,
        light,
    )


def _open() -> QuerySet[HouseholdLink]:
    links: QuerySet[HouseholdLink] = HouseholdLink.objects.filter(
        household=OuterRef("pk"), ends=None
    )
    return links


def _inside(unit: Unit) -> QuerySet[Household]:
    """The households to cover, each once, with `contact`: its open link, of which it has at most one."""
    contact = FilteredRelation("links", condition=Q(links__ends=None))
    households: QuerySet[Household] = Household.objects.annotate(contact=contact).filter(
        lies_in(unit, "building"), state__in=TO_COVER
    )
    return households
