"""What a unit's page shows of its bodies, its property service and the five coverages."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import FilteredRelation, Prefetch, QuerySet, prefetch_related_objects
from django.utils import timezone

from orgs.enums import UnitKind, UnitTab
from orgs.models import Unit
from orgs.scoping import lies_in, reach_of
from orgs.values.days import in_force
from orgs.web.panels import Panel, UnitPanel
from residents.enums import BODY_KEEPERS, BODY_READERS, Permission
from residents.models import BodyMember, LocalBody, PropertyContract, Term
from residents.organisations import coverage, expiry_reminders
from residents.roll.rights import verified_belongings

if TYPE_CHECKING:
    from orgs.models import User

HAS_BODIES = frozenset({UnitKind.COMPOUND, UnitKind.COMMUNITY})
PICTURED = frozenset({UnitKind.STREET, UnitKind.COMMUNITY, UnitKind.COMPOUND})


@dataclass(frozen=True)
class Organisations:
    """A place's bodies (its community's too, where they serve it) and who looks after it."""

    unit: Unit
    today: date
    bodies: list[Any]
    contract: PropertyContract | None
    keeps: bool
    soon: date
    has_property: bool


def unit_panel(*, unit: Unit, user: "User", now: datetime) -> UnitPanel:
    """Bodies and property service, for who works with the place or lives in it."""
    return UnitPanel(
        UnitTab.ORGANISATIONS, partial(_sees, unit, user), partial(_panel, unit, user, now)
    )


def _sees(unit: Unit, user: "User") -> bool:
    return unit.kind in HAS_BODIES and reads(user, unit)


def _panel(unit: Unit, user: "User", now: datetime) -> Panel:
    today = timezone.localdate(now)
    bodies, contract = bodies_and_contract(unit, today)
    values = Organisations(
        unit,
        today,
        bodies,
        contract,
        user.has_perm(Permission.KEEP_BODIES, unit),
        today + timedelta(days=expiry_reminders.REMIND_DAYS),
        unit.kind == UnitKind.COMPOUND,
    )
    return Panel("residents/organisations/panel.html", values)


def reads(user: "User", unit: Unit) -> bool:
    """Whether somebody works with a place's organisations, or lives there."""
    if user.is_superuser or reach_of(user).roles_at(unit) & BODY_READERS:
        return True
    homes = verified_belongings(user).filter(lies_in(unit, "household__building"))
    return homes.exists()


def bodies_and_contract(unit: Unit, today: date) -> tuple[list[Any], PropertyContract | None]:
    """The bodies of a place, each with `current`: its term of today (a list of one or none); and who
    looks after it by contract. A compound's come with those of its community."""
    places = [unit.pk]
    if unit.kind == UnitKind.COMPOUND:
        places.append(unit.parent_id)
    lasts = in_force(today, "property_contracts")
    rows = (
        Unit.objects.filter(pk__in=places)
        .annotate(
            body=FilteredRelation("bodies"),
            contract=FilteredRelation("property_contracts", condition=lasts),
        )
        .select_related("body", "contract__firm")
        .order_by("-level", "body__pk")
    )
    bodies, contract = [], None
    for place in rows:
        # A relation that leads to nothing leaves no attribute.
        contract = contract or getattr(place, "contract", None)
        if body := getattr(place, "body", None):
            body.unit = place
            bodies.append(body)
    prefetch_related_objects(bodies, current_term(today))
    return bodies, contract


def with_current(bodies: QuerySet[LocalBody], today: date) -> QuerySet[Any]:
    """Bodies with the term of a day, and in it `sitting`: who has a seat, the chair first."""
    return bodies.select_related("unit").prefetch_related(current_term(today))


def current_term(today: date) -> Prefetch:
    """What fetches `current` and `sitting` for `with_current`."""
    sitting = BodyMember.objects.filter(ends=None).select_related("person").order_by("seat", "pk")
    current = Term.objects.filter(in_force(today)).prefetch_related(
        Prefetch("members", sitting, to_attr="sitting")
    )
    return Prefetch("terms", current, to_attr="current")


@dataclass(frozen=True)
class CoverageLights:
    """The five coverages of a place: lights of a compound, figures of what lies higher."""

    unit: Unit
    counted: coverage.Counted
    lights: coverage.Lights | None
    reads: bool


def coverage_panel(*, unit: Unit, user: "User", now: datetime) -> UnitPanel:
    """The five coverages; a community worker's and everybody above, and whoever lives there."""
    return UnitPanel(
        UnitTab.ORGANISATIONS,
        partial(_sees_coverage, unit, user),
        partial(_coverage, unit, user, now),
    )


def _sees_coverage(unit: Unit, user: "User") -> bool:
    may_read = user.has_perm(Permission.VIEW_COVERAGE, unit)
    return unit.kind in PICTURED and (may_read or reads(user, unit))


def _coverage(unit: Unit, user: "User", now: datetime) -> Panel:
    may_read = user.has_perm(Permission.VIEW_COVERAGE, unit)
    picture = coverage.picture(unit, user, timezone.localdate(now))
    lights = picture.compounds[0] if unit.kind == UnitKind.COMPOUND and picture.compounds else None
    values = CoverageLights(unit, picture.whole, lights, may_read)
    return Panel("residents/organisations/coverage_panel.html", values)


DESK_ROWS = 5


def desk_panel(*, user: "User", now: datetime) -> Panel | None:
    """What runs out next in the places that somebody keeps; None where nothing does."""
    if not reach_of(user).roles & BODY_KEEPERS:
        return None
    expiring = expiry_reminders.expiring_for_keeper(user, timezone.localdate(now), DESK_ROWS)
    if not expiring:
        return None
    return Panel("residents/organisations/expiring_panel.html", expiring)
