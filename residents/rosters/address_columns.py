"""Homes in rosters: the household behind the door that a row names, and pages around an import."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy

from orgs.enums import UnitKind
from orgs.errors import Refused
from orgs.imports.rosters import Links, Row, Run
from orgs.imports.workbooks.places import Parts, buildings_of, parts_of
from orgs.models import LedgerImport
from orgs.values.sentences import gettext as _
from residents.models import Household
from residents.roll.households import door_part


def links(imported: LedgerImport) -> Links:
    """Addresses around the import of a unit's roster."""
    assert imported.unit is not None, "these rosters are kept for units"
    code = imported.unit.code
    return Links(
        back=reverse("orgs:rosters", args=[code]),
        send=reverse("orgs:roster_send", args=[code, imported.ledger]),
        results=(
            ("users", gettext_lazy("People"), f"{reverse('residents:people')}?unit={code}"),
            (
                "building",
                gettext_lazy("Households"),
                f"{reverse('residents:households')}?unit={code}",
            ),
        ),
    )


class Door(NamedTuple):
    """Where a household is, whether it is entered yet or not."""

    building_id: int
    entrance: str
    room: str


def doors_of(rows: Iterable[Row], run: Run, *, required: bool = True) -> dict[int, Door]:
    """The door of each row that names one, by the row's number; the others get a problem.

    Without `required` a row that says nothing about a home is fine.
    """
    found = {}
    for row in rows:
        parts = parts_of(row)
        if parts == Parts() and not row.get("address") and not required:
            continue
        try:
            found[row.number] = _door(parts, run)
        except Refused as refusal:
            row.wrong(_blamed(row, refusal), refusal.message)
    return found


def _door(parts: Parts, run: Run) -> Door:
    if not parts.room or not (parts.building or run.unit.kind == UnitKind.BUILDING):
        raise Refused(_("Name the building and the room, like 5栋2单元501."), code="no_address")
    building = buildings_of(run).find(parts.where, parts.building)
    return Door(
        building.pk,
        door_part(parts.entrance, "entrance", 10),
        door_part(parts.room, "room", 12),
    )


def _blamed(row: Row, refusal: Refused) -> str:
    """The column that a problem of the address stands under: one that the file has."""
    by_code = {"no_building": "building", "several_buildings": "compound", "bad_door": "room"}
    column = by_code.get(refusal.code, "room")
    return column if row.get(column) or not row.get("address") else "address"


def households_at(doors: Iterable[Door], *, lock: bool = False) -> dict[Door, Household]:
    """The households behind doors, in one query; doors that are not entered yet are left out."""
    wanted = set(doors)
    rows = Household.objects.filter(
        building__in={door.building_id for door in wanted}, room__in={door.room for door in wanted}
    ).order_by("pk")
    if lock:
        rows = rows.select_for_update(of=("self",))
    by_door = {
        Door(household.building_id, household.entrance, household.room): household
        for household in rows
    }
    return {door: by_door[door] for door in wanted if door in by_door}


def homes_of(doors: Mapping[int, Door], run: Run) -> dict[Door, Household]:
    """The households of the rows' doors; locked while an import is applied."""
    return households_at(doors.values(), lock=run.applying)
