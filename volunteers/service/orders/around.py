"""Who is near an order: its area, the members bound to the household, those who serve there."""

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from orgs.enums import UnitKind
from orgs.models import Position, Unit
from orgs.scoping import around, lies_in
from orgs.values.days import in_force
from residents.models import Belonging, Household
from volunteers.models import HouseholdLink
from volunteers.service.enums import SERVING, Level
from volunteers.service.models import FamilyBond, Participant
from volunteers.service.models.base import serving_units

if TYPE_CHECKING:
    from orgs.models import User
    from residents.models import Person

# Where services are ordered and rung for.
ORDER_PLACES = frozenset({UnitKind.BUILDING, UnitKind.COMPOUND, UnitKind.COMMUNITY})
# From the bottom up.
LEVELS = (Level.COMPOUND, Level.COMMUNITY, Level.STREET)


def first_level(unit: Unit) -> Level:
    """Where an order or a ring of a place begins: its compound, or the community itself."""
    return Level.COMMUNITY if unit.kind == UnitKind.COMMUNITY else Level.COMPOUND


def level_above(level: str) -> Level | None:
    """The next level; None above the street."""
    place = LEVELS.index(Level(level)) + 1
    return LEVELS[place] if place < len(LEVELS) else None


def area_of(unit: Unit, level: str) -> Unit:
    """The compound, community or street in which those who serve are asked."""
    above = unit.get_ancestors(include_self=True)
    return next((one for one in above if one.kind == level), unit)


def serves_in(user: "User", area: Unit) -> bool:
    """Whether somebody serves in an area, or at a place that covers it."""
    return serving_units(user).filter(around(area)).exists()


def serving_accounts(area: Unit, today: date) -> set[int]:
    """The accounts of those who serve in an area; one statement."""
    held = Position.objects.filter(
        in_force(today), around(area, "unit"), role__in=SERVING, user__is_active=True
    )
    return set(held.order_by().values_list("user", flat=True))


def household_at(
    unit: Unit, *, account: "User | None" = None, person: "Person | None" = None
) -> Household | None:
    """The one household of somebody at a place; None where there are several, or none."""
    whose = Q(person=person) if person is not None else Q(person__account=account)
    here = Belonging.objects.filter(
        whose, lies_in(unit, "household__building"), ends=None
    ).select_related("household")
    rows = list(here.order_by("pk")[:2])
    return rows[0].household if len(rows) == 1 else None


def belongs_to(user: "User", household_id: int | None) -> bool:
    """Whether somebody lives in or owns a household: nobody serves the own one."""
    if household_id is None:
        return False
    mine = Belonging.objects.filter(household=household_id, person__account=user, ends=None)
    return mine.exists()


def bound_to(household: Household | None) -> QuerySet[Participant]:
    """The members bound to a household who use the portal: its contact, and who took it to heart."""
    if household is None:
        return Participant.objects.none()
    contacts = HouseholdLink.objects.filter(household=household, ends=None).order_by()
    bonds = FamilyBond.objects.filter(household=household, ends=None).order_by()
    rows: QuerySet[Participant] = Participant.objects.filter(
        Q(account__person__in=contacts.values("person")) | Q(pk__in=bonds.values("participant")),
        account__is_active=True,
    ).order_by("pk")
    return rows
