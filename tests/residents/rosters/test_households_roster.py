"""The roster of households."""

import pytest

from orgs.enums import Verdict
from residents.enums import AreaSource, HouseholdState
from residents.models import Household
from residents.rosters.households_roster import HOUSEHOLDS
from tests import factories as make
from tests.roster_workbooks import apply, book, counts, problems, rows, send, undo, verdicts

HEADINGS = ("楼栋", "单元", "房号", "楼层", "建筑面积(㎡)", "面积来源", "房屋状态")


@pytest.fixture
def sent(cast):
    def send_rows(*lines):
        return send(HOUSEHOLDS, cast.compound, cast.community_worker, book(HEADINGS, lines))

    return send_rows


def test_new_rooms(cast, sent):
    found = sent(
        ("5栋", "2单元", "501", None, 89.5, "产权登记", "自住"),
        ("5栋", "", "S1", 1, "120㎡", "", "商铺"),
    )
    assert counts(apply(found, cast.community_worker)) == {"new": 2}
    flat, shop = Household.objects.order_by("room")
    assert (flat.floor, flat.area, flat.area_source) == (5, 8950, AreaSource.REGISTER)
    assert (shop.floor, shop.area, shop.area_source) == (1, 12000, AreaSource.SURVEY)
    assert (flat.state, shop.state) == (HouseholdState.LIVED_IN, HouseholdState.SHOP)
    assert flat.code == f"{cast.building.code}-2-501"


def test_changed_and_unchanged_rooms_and_back(cast, sent):
    make.household(cast.building, "501")
    make.household(cast.building, "502", area_source=AreaSource.CONTRACT)
    before = list(Household.objects.order_by("pk").values())
    found = sent(
        ("5栋", "", "501", None, 89.5, "", ""), ("5栋", "", "502", None, 90, "实测", "出租")
    )
    assert verdicts(found) == [Verdict.UNCHANGED, Verdict.CHANGED]
    assert rows(found)[1].changes == ["area", "area_source", "state"]
    found = apply(found, cast.community_worker)
    changed = Household.objects.get(room="502")
    assert (changed.area, changed.area_source, changed.state) == (9000, "survey", "let")
    assert undo(found, cast.community_worker).state == "undone"
    assert list(Household.objects.order_by("pk").values()) == before


def test_an_area_gives_way_to_no_source_of_less_weight(cast, sent):
    """产权登记先于实测，实测先于合同。"""
    for room, source in (("501", "register"), ("502", "survey"), ("503", "contract")):
        make.household(cast.building, room, area_source=source)
    found = sent(
        ("5栋", "", "501", None, 90, "购房合同", "出租"),
        ("5栋", "", "502", None, 90, "", ""),
        ("5栋", "", "503", None, 90, "产权登记", ""),
    )
    assert verdicts(found) == [Verdict.CHANGED] * 3
    assert problems(found) == [
        {"area": "已有的 89.5 ㎡ 来源更可靠（产权登记），予以保留。"}, {}, {}
    ]  # fmt: skip
    assert [row.changes for row in rows(found)] == [
        ["state"], ["area"], ["area", "area_source"]
    ]  # fmt: skip
    apply(found, cast.community_worker)
    assert list(Household.objects.order_by("room").values_list("area", "area_source", "state")) == [
        (8950, "register", "let"),
        (9000, "survey", "lived_in"),
        (9000, "register", "lived_in"),
    ]


def test_a_room_that_stands_twice(sent):
    found = sent(("5栋", "", "501") + (None,) * 4, ("5号楼", "0", "501室") + (None,) * 4)
    assert problems(found)[1] == {"room": "第 2 行也是这个房号。"}


def test_wrong_cells_are_named(sent):
    found = sent(("5栋", "", "501", "高层", 89.555, "听说", "有人"))
    assert sorted(problems(found)[0]) == ["area", "area_source", "floor", "state"]
