"""Households: adding them singly or by pattern, changing them."""

import re
from collections.abc import Iterable
from datetime import datetime
from itertools import product
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat

from orgs.audit import audit
from orgs.enums import UnitKind
from orgs.errors import Refused
from orgs.models import Unit
from orgs.values.names import compared
from orgs.values.sentences import gettext as _
from residents.enums import AreaSource, HouseholdState
from residents.models import Household
from residents.roll.people import must_keep

if TYPE_CHECKING:
    from orgs.models import User

CHANGEABLE = ("floor", "area", "area_source", "state")
MOST_AT_ONCE = 2000
# What a room or an entrance may be called; a dash separates the parts of a code.
NAME = re.compile(r"[^\s\-/]+")
# 0.01 m²: nothing smaller than a cupboard, nothing larger than a department store.
LARGEST_AREA = 100_000_00


def code_of(building_code: str, entrance: str, room: str) -> str:
    """The code of a household: its building's, the entrance (0 if none), the room."""
    return f"{building_code}-{entrance or 0}-{room}"


def door_part(text: object, field: str, longest: int) -> str:
    """An entrance or a room as it is kept: 2 for ２单元, 501 for 501室. Raises Refused."""
    name = compared(str(text)).replace(" ", "").upper()
    name = re.sub(r"(单元|室|号房|房)$", "", name)
    if name == "0" and field == "entrance":
        name = ""
    if len(name) > longest or (name and not NAME.fullmatch(name)) or (field == "room" and not name):
        message = _("Write the entrance and the room in digits or letters, like 2 and 501.")
        raise Refused(message, code="bad_door", field=field)
    return name


def floor_of(room: str) -> int | None:
    """The floor that a room number tells (501 → 5, 1702 → 17), None where it tells none."""
    return int(room[:-2]) if room.isascii() and room.isdigit() and 3 <= len(room) <= 4 else None


def add(
    *,
    building: Unit,
    room: str,
    entrance: str = "",
    floor: int | None = None,
    area: int | None = None,
    area_source: str = "",
    state: HouseholdState = HouseholdState.LIVED_IN,
    by: "User",
    now: datetime,
) -> Household:
    """Adds one household; `area` in 0.01 m².

    Raises NotAllowed for a building that is not `by`'s to keep, Refused (`household_exists`) for a
    room that is there already.
    """
    _must_keep(by, building)
    entrance, room = door_part(entrance, "entrance", 10), door_part(room, "room", 12)
    household = Household(
        building=building,
        entrance=entrance,
        room=room,
        code=code_of(building.code, entrance, room),
        floor=floor_of(room) if floor is None else floor,
        state=state,
        **_area(area, area_source),
    )
    try:
        with transaction.atomic():
            household.save(force_insert=True)
            audit.record("residents.add-household", by=by, obj=household, now=now)
    except IntegrityError:
        message = _("This building has such a room already.")
        raise Refused(message, code="household_exists", field="room")
    return household


@transaction.atomic
def add_by_pattern(
    *, building: Unit, entrances: int, floors: int, rooms: int, by: "User", now: datetime
) -> int:
    """Adds "2 entrances × 17 floors × 2 rooms"; rooms that are there already stay as they are.

    Rooms are numbered floor by floor: 101, 102, 201 … Answers how many are new. Raises NotAllowed;
    Refused for more than MOST_AT_ONCE rooms.
    """
    _must_keep(by, building)
    if not 0 < entrances * floors * rooms <= MOST_AT_ONCE or min(entrances, floors, rooms) < 1:
        raise Refused(
            _("One building gets 1 to %(most)d rooms at a time.") % {"most": MOST_AT_ONCE},
            code="bad_pattern",
        )
    doors = product(
        [""] if entrances == 1 else [str(number) for number in range(1, entrances + 1)],
        range(1, floors + 1),
        range(1, rooms + 1),
    )
    before = building.households.count()
    Household.objects.bulk_create(
        [_patterned(building, entrance, floor, number) for entrance, floor, number in doors],
        batch_size=500,
        ignore_conflicts=True,
    )
    added = building.households.count() - before
    audit.record("residents.add-households", by=by, obj=building, detail={"added": added}, now=now)
    return added


def _patterned(building: Unit, entrance: str, floor: int, number: int) -> Household:
    room = f"{floor}{number:02}"
    return Household(
        building=building,
        entrance=entrance,
        floor=floor,
        room=room,
        code=code_of(building.code, entrance, room),
        state=HouseholdState.EMPTY,
    )


@transaction.atomic
def change(*, household: Household, by: "User", now: datetime, **values: Any) -> Household:
    """Changes floor, area (0.01 m², with its source) or state; the audit keeps what changed."""
    household = Household.objects.select_for_update(of=("self",)).get(pk=household.pk)
    _must_keep(by, household.building)
    unknown = values.keys() - set(CHANGEABLE)
    assert not unknown, f"not to be changed: {unknown}"
    if values.keys() & {"area", "area_source"}:
        area = values.get("area", household.area)
        values |= _area(area, values.get("area_source", household.area_source))
    changed = {
        name: [getattr(household, name), value]
        for name, value in values.items()
        if getattr(household, name) != value
    }
    for name, value in values.items():
        setattr(household, name, value)
    if changed:
        household.save(update_fields=list(changed))
        audit.record("residents.change-household", by=by, obj=household, detail=changed, now=now)
    return household


def follow_codes(units: Iterable[Unit]) -> None:
    """Gives the households of buildings that got another code theirs; called when a unit moves."""
    for unit in units:
        if unit.kind == UnitKind.BUILDING:
            unit.households.exclude(entrance="").update(
                code=Concat(Value(f"{unit.code}-"), F("entrance"), Value("-"), F("room"))
            )
            unit.households.filter(entrance="").update(
                code=Concat(Value(f"{unit.code}-0-"), F("room"))
            )


def _area(area: int | None, source: str) -> dict[str, Any]:
    """An area with its source; one that nobody names the source of comes from a survey."""
    if area is None:
        return {"area": None, "area_source": ""}
    if not 0 < area <= LARGEST_AREA:
        message = _("An area is given in whole units of 0.01 m²: 8950 for 89.50 m².")
        raise Refused(message, code="bad_area", field="area")
    return {"area": area, "area_source": source or AreaSource.SURVEY}


def _must_keep(by: "User", building: Unit) -> None:
    must_keep(by, building)
    if building.kind != UnitKind.BUILDING:
        message = _("Households are in buildings: choose a building.")
        raise Refused(message, code="not_a_building", field="building")
