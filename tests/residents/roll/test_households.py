"""Households: adding, patterns, changing, codes that follow their building."""

import pytest
from django.db import IntegrityError, transaction

from orgs.errors import NotAllowed, Refused
from orgs.models import AuditEntry
from orgs.units import units
from residents.enums import AreaSource, HouseholdState
from residents.models import Household
from residents.roll import households, queries
from residents.roll.households import floor_of
from residents.roll.panels import doors
from tests import factories as make


def test_a_household_has_its_code_floor_and_area(cast):
    made = households.add(
        building=cast.building, entrance="２单元", room="1702室", area=8950,
        by=cast.community_worker, now=make.NOW,
    )  # fmt: skip
    assert made.code == "421102005003-001-005-2-1702"
    assert (made.floor, made.area, made.area_source) == (17, 8950, AreaSource.SURVEY)
    entry = AuditEntry.objects.get(action="residents.add-household")
    assert entry.object_id == str(made.pk)


def test_a_room_is_there_once(cast):
    make.household(cast.building, "501")
    with pytest.raises(Refused) as refused:
        households.add(building=cast.building, room="501室", by=cast.community_worker, now=make.NOW)
    assert refused.value.code == "household_exists"
    assert AuditEntry.objects.filter(action="residents.add-household").count() == 0


@pytest.mark.parametrize("room", ["", " ", "5-1", "5/1", "室"])
def test_a_room_that_is_none_is_refused(cast, room):
    with pytest.raises(Refused) as refused:
        households.add(building=cast.building, room=room, by=cast.community_worker, now=make.NOW)
    assert refused.value.fields.keys() == {"room"}


@pytest.mark.parametrize(
    "who", ["street_cadre", "sibling_worker", "owner", "property_clerk", "member", "outsider"]
)
def test_only_who_keeps_the_roll_adds(cast, who):
    with pytest.raises(NotAllowed):
        households.add(building=cast.building, room="501", by=getattr(cast, who), now=make.NOW)
    assert Household.objects.count() == 0


def test_households_are_in_buildings_only(cast):
    with pytest.raises(Refused) as refused:
        households.add(building=cast.compound, room="1", by=cast.community_worker, now=make.NOW)
    assert refused.value.code == "not_a_building"


def test_a_pattern_fills_a_building_and_leaves_what_is_there(cast):
    make.household(cast.building, "302", entrance="1", state=HouseholdState.LET)
    added = households.add_by_pattern(
        building=cast.building, entrances=2, floors=17, rooms=2, by=cast.grid_worker, now=make.NOW
    )
    assert added == 2 * 17 * 2 - 1
    assert cast.building.households.count() == 68
    assert Household.objects.get(entrance="1", room="302").state == HouseholdState.LET
    assert Household.objects.get(entrance="2", room="1702").floor == 17


@pytest.mark.parametrize("numbers", [(0, 1, 1), (1, -1, -5), (10, 100, 100)])
def test_an_impossible_pattern_is_refused(cast, numbers):
    entrances, floors, rooms = numbers
    with pytest.raises(Refused):
        households.add_by_pattern(
            building=cast.building, entrances=entrances, floors=floors, rooms=rooms,
            by=cast.community_worker, now=make.NOW,
        )  # fmt: skip
    assert Household.objects.count() == 0


def test_changes_are_kept_in_the_audit(cast):
    household = make.household(cast.building, "501", area=None, area_source="")
    changed = households.change(
        household=household, by=cast.community_worker, now=make.NOW, area=9000,
        area_source=AreaSource.REGISTER, state=HouseholdState.LET,
    )  # fmt: skip
    changed.refresh_from_db()
    assert (changed.area, changed.state) == (9000, HouseholdState.LET)
    detail = AuditEntry.objects.get(action="residents.change-household").detail
    assert detail["area"] == [None, 9000]


@pytest.mark.parametrize("area", [0, -1, 100_000_01])
def test_an_area_that_is_none_is_refused(cast, area):
    household = make.household(cast.building, "501")
    with pytest.raises(Refused):
        households.change(household=household, by=cast.community_worker, now=make.NOW, area=area)


def test_the_database_refuses_an_area_without_its_source(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        make.household(cast.building, "501", area=8950, area_source="")


def test_codes_follow_a_building_that_moves(cast):
    make.household(cast.building, "501", entrance="2")
    make.household(cast.building, "101")
    old = cast.building.code
    units.move(unit=cast.building, parent=cast.other_compound, by=cast.street_cadre)
    cast.building.refresh_from_db()
    assert sorted(Household.objects.values_list("code", flat=True)) == [
        f"{cast.building.code}-0-101",
        f"{cast.building.code}-2-501",
    ]
    assert old != cast.building.code
    found = queries.household_by_code(f"{old}-2-501", Household.objects.all())
    assert found.code == f"{cast.building.code}-2-501"


def test_the_doors_of_a_building_are_a_grid_of_entrances_and_floors(cast):
    for entrance, room in (("2", "201"), ("10", "101"), ("2", "102"), ("2", "101"), ("", "门卫")):
        make.household(cast.building, room, entrance=entrance, floor=floor_of(room))
    grid = doors(cast.building)
    assert grid.entrances == ["2", "10", ""]
    assert [
        (floor, [[room.room for room in rooms] for rooms in cells]) for floor, cells in grid.floors
    ] == [
        (2, [["201"], [], []]),
        (1, [["101", "102"], ["101"], []]),
        (None, [[], [], ["门卫"]]),
    ]
