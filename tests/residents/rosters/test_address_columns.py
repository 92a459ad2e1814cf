"""Addresses of rosters: however they are written, and never of foreign places."""

import pytest

from orgs.errors import Refused
from orgs.imports.rosters import Row, Run
from orgs.imports.workbooks.places import Buildings
from residents.rosters.address_columns import Door, doors_of
from tests import factories as make


@pytest.fixture
def run(cast):
    make.unit(cast.other_compound, code="421102005003-002-005", name="5栋")
    make.unit(cast.compound, code="421102005003-001-006", name="6号楼")
    cast.community.refresh_from_db()
    return Run(cast.community, cast.community_worker, make.NOW)


def door(run, **values):
    row = Row(2, values)
    found = doors_of([row], run).get(2)
    return found or row.problems


@pytest.mark.parametrize(
    "values",
    [
        {"compound": "翡翠一品小区", "building": "5栋", "entrance": "2单元", "room": "501"},
        {"compound": "翡翠一品", "building": "5号楼", "entrance": "2", "room": "501室"},
        {"compound": "翡翠一品小区", "building": "5", "entrance": "２单元", "room": "５０１"},
        {"compound": "翡翠一品小区", "building": "5栋2单元", "room": "501"},
        {"compound": "翡翠一品小区", "building": "5-2", "room": "501"},
        {"building": "421102005003-001-005", "entrance": "2", "room": "501"},
        {"address": "翡翠一品小区5栋2单元501"},
        {"address": "翡翠一品小区 5号楼 2单元 501室"},
        {"address": "黄冈市黄州区西湖街道翡翠一品小区第5幢2单元5楼501号"},
        {"address": "翡翠一品小区5-2-501"},
        {"address": "翡翠一品５－２－５０１"},
        {"compound": "翡翠一品小区", "address": "5栋2单元501"},
        {"address": "翡翠一品小区5栋2单元501", "room": "501"},
    ],
)
def test_one_home_in_many_writings(cast, run, values):
    assert door(run, **values) == Door(cast.building.pk, "2", "501")


def test_without_an_entrance(cast, run):
    expected = Door(cast.building.pk, "", "501")
    assert door(run, address="翡翠一品小区5栋501") == expected
    assert door(run, compound="翡翠一品小区", building="5栋", room="501") == expected


def test_a_name_that_several_buildings_have_asks_for_the_compound(run):
    assert door(run, building="5栋", room="501") == {
        "compound": "西湖社区居民委员会有多个“5栋”，请同时写明小区。"
    }
    assert isinstance(door(run, building="6栋", room="501"), Door)


def test_a_building_that_is_not_there(run):
    assert door(run, compound="翡翠一品小区", building="9栋", room="501") == {
        "building": "西湖社区居民委员会没有“翡翠一品小区9栋”这个楼栋。"
    }


@pytest.mark.parametrize(
    "values",
    [
        {"compound": "外地小区", "building": "6栋", "room": "501"},
        {"address": "外地小区6栋501"},
        {"building": "421102005004-001-001", "room": "501"},
    ],
)
def test_foreign_buildings_are_never_found(cast, run, values):
    abroad = make.unit(cast.sibling, code="421102005004-001", name="外地小区")
    make.unit(abroad, code="421102005004-001-001", name="6栋")
    assert [*door(run, **values)] in (["building"], ["address"])


@pytest.mark.parametrize(
    "values", [{}, {"building": "5栋"}, {"room": "501"}, {"address": "就在河边"}]
)
def test_half_an_address_is_named(run, values):
    (column,) = door(run, **values)
    assert column in ("room", "address")


def test_a_room_that_is_none(run):
    assert [*door(run, building="6栋", room="!-/?")] == ["room"]


def test_a_row_without_a_home_is_fine_where_none_is_needed(run):
    row = Row(2, {"name": "张三"})
    assert doors_of([row], run, required=False) == {}
    assert row.problems == {}


def test_within_one_building_its_name_is_not_needed(cast):
    run = Run(cast.building, cast.community_worker, make.NOW)
    assert door(run, room="501") == Door(cast.building.pk, "", "501")


def test_the_buildings_of_a_unit_are_read_at_once(cast, run, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = Buildings(cast.street)
        found.find("翡翠一品", "5栋")
        with pytest.raises(Refused):
            found.find("", "77栋")
