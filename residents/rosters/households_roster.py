"""The roster of households: one row for each flat, shop or parking space of a building."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from orgs.imports import keyed_rows
from orgs.imports.rosters import Column, Roster, Row, Run
from orgs.imports.workbooks import cells, places
from orgs.values.sentences import gettext as _
from residents.enums import AreaSource, HouseholdState, Permission
from residents.models import Household
from residents.roll import queries
from residents.roll.households import code_of, floor_of
from residents.rosters import address_columns as homes
from residents.rosters import cells as own_cells
from residents.rosters import person_columns as folk

if TYPE_CHECKING:
    from orgs.models import Unit, User

STATE_NAMES = {
    HouseholdState.LIVED_IN.value: "自住", HouseholdState.LET.value: "出租",
    HouseholdState.EMPTY.value: "空置", HouseholdState.UNSOLD.value: "未售",
    HouseholdState.UNDELIVERED.value: "已售未交付", HouseholdState.SHOP.value: "商铺",
    HouseholdState.PARKING.value: "车位",
}  # fmt: skip
STATE_WORDS = {word: state for state, word in STATE_NAMES.items()} | {
    "业主自住": "lived_in", "常住": "lived_in", "租住": "let", "空房": "empty", "未交付": "undelivered",
    "门面": "shop", "底商": "shop",
}  # fmt: skip
SOURCE_NAMES = {
    AreaSource.REGISTER.value: "产权登记", AreaSource.SURVEY.value: "实测",
    AreaSource.CONTRACT.value: "购房合同",
}  # fmt: skip
SOURCE_WORDS = {word: source for source, word in SOURCE_NAMES.items()} | {
    "不动产证": "register", "房产证": "register", "不动产登记": "register", "测绘": "survey",
    "合同": "contract",
}  # fmt: skip
# From the weightiest on: 产权登记, then 实测, then 购房合同.
WEIGHT = [source.value for source in AreaSource]
FLOOR = Column(
    "floor", "楼层", cells.whole(-9, 200), ("所在楼层", "层数"), example=5,
    note=gettext_lazy("empty: as the room number tells, 5 for 501"),
)  # fmt: skip
AREA = Column(
    "area", "建筑面积(㎡)", own_cells.area, ("面积", "房屋面积", "产权面积"), example=89.5,
    note=gettext_lazy("with at most two decimals"),
)  # fmt: skip
AREA_SOURCE = Column(
    "area_source", "面积来源", cells.choice(SOURCE_WORDS), choices=tuple(SOURCE_NAMES.values()),
    example="产权登记", note=gettext_lazy("empty: a survey"),
)  # fmt: skip
STATE = Column(
    "state", "房屋状态", cells.choice(STATE_WORDS), ("状态", "居住状态", "房屋用途", "使用情况"),
    choices=tuple(STATE_NAMES.values()), example="自住",
    note=gettext_lazy("empty: as it is, lived in by its owner for a new one"),
)  # fmt: skip


def plan(rows: list[Row], run: Run) -> None:
    """New rooms, and rooms of which floor, area or state is another now."""
    doors = homes.doors_of(rows, run)
    known = homes.homes_of(doors, run)
    for row in rows:
        door = doors.get(row.number)
        if door is None or row.is_wrong:
            continue
        keyed_rows.plan_row(
            row, run, door, known.get(door),
            new=partial(_new, door, row, run), values=partial(_values, row),
            twice=("room", _("Row %(row)d has this room too.")),
        )  # fmt: skip


def _facts(row: Row) -> dict[str, Any]:
    facts: dict[str, Any] = {
        key: row.values[key] for key in ("floor", "area", "state") if key in row.values
    }
    if "area" in facts:
        facts["area_source"] = row.get("area_source") or AreaSource.SURVEY.value
    return facts


def _values(row: Row, household: Household) -> dict[str, Any]:
    """What the row says of a room; an area without a source keeps the source it has.

    The register comes before a survey, a survey before a contract: an area of less weight than the one
    that is known is left out, with a word.
    """
    facts = _facts(row)
    if not household.area or "area" not in facts:
        return facts
    if household.area == facts["area"] and not row.get("area_source"):
        del facts["area_source"]
    elif WEIGHT.index(facts["area_source"]) > WEIGHT.index(household.area_source):
        source = SOURCE_NAMES[household.area_source]
        message = _("%(area)s m² is known from a source of more weight (%(source)s) and stays.")
        row.left_out("area", message % {"area": Decimal(household.area) / 100, "source": source})
        del facts["area"], facts["area_source"]
    return facts


def _new(door: homes.Door, row: Row, run: Run) -> Household:
    building = places.buildings_of(run).by_id[door.building_id]
    return Household(
        building=building,
        entrance=door.entrance,
        room=door.room,
        code=code_of(building.code, door.entrance, door.room),
        **{"floor": floor_of(door.room)} | _facts(row),
    )


def lines(user: "User", unit: "Unit | None", filters: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The households in sight of somebody, by code."""
    households: QuerySet[Household] = Household.objects.visible_to(user)
    if unit:
        households = queries.households_of(unit, households)
    if filters.get("state"):
        households = households.filter(state=filters["state"])
    for household in households.select_related("building__parent").iterator(chunk_size=1000):
        yield {
            "compound": household.building.parent.name if household.building.parent else "",
            "building": household.building.name,
            "entrance": household.entrance,
            "room": household.room,
            "floor": household.floor,
            "area": None if household.area is None else household.area / 100,
            "area_source": SOURCE_NAMES.get(household.area_source, ""),
            "state": STATE_NAMES[household.state],
        }


HOUSEHOLDS = Roster(
    code="households",
    name=gettext_lazy("Households"),
    about=gettext_lazy("The rooms of buildings: floor, area and state."),
    columns=(*places.COLUMNS, FLOOR, AREA, AREA_SOURCE, STATE),
    permission=Permission.KEEP_ROLL,
    reads=Permission.VIEW_ROLL,
    plan=plan,
    write=keyed_rows.write,
    lines=lines,
    links=homes.links,
    filters={"state": HouseholdState.values},
    refuse_heading=folk.refuse_control,
    ignored=("网格", "所属网格", "备注", "业主姓名", "业主电话", "联系电话"),
)
