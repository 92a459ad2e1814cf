"""Finding people: by name, given name, numbers, address; in sight only; at a steady cost."""

import pytest

from orgs.enums import Role
from residents.enums import Relation
from residents.roll import queries
from tests import factories as make


def names(words, user):
    return [one.name for one in queries.found(words, user)]


@pytest.fixture
def homes(cast):
    """Three people of the compound, one of the sibling community, one owner from elsewhere."""
    far = make.unit(make.unit(cast.sibling, name="新桥小区"), name="5栋")
    near = make.household(cast.building, "501")
    for name, phone, place, home in (
        ("王小明", "13912340001", cast.building, near),
        ("王伟", "13912340002", cast.building, make.household(cast.building, "502")),
        ("欧阳小明", "13900000001", cast.building, make.household(cast.building, "1501")),
        ("王小虎", "13900000003", far, make.household(far, "501")),
    ):
        made = make.resident(place, name=name, phone=phone)
        make.belonging(made, home)
    outside = make.resident(cast.other_street, name="赵外人", phone="13900009999")
    make.belonging(outside, near, Relation.TENANT)
    return near


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("王", ["王伟", "王小明"]),
        ("王小明", ["王小明"]),
        ("小明", ["王小明"]),
        ("欧阳", ["欧阳小明"]),
        ("王 小明", ["王小明"]),
        ("小虎", []),
        ("139 1234 0001", ["王小明"]),
        ("１３９１２３４０００２", ["王伟"]),
        ("0001", ["欧阳小明", "王小明"]),
        ("501", ["王小明", "赵外人"]),
        ("翡翠一品 501", ["王小明", "赵外人"]),
        ("5栋 501 赵", ["赵外人"]),
        ("5栋 501 王伟", []),
        ("赵外人", ["赵外人"]),
        ("9999", ["赵外人"]),
        ("新桥", []),
        ("没有这样的人", []),
        ("   ", []),
        ("%", []),
        ("_小明", []),
    ],
)
def test_what_is_found(cast, homes, words, found):
    assert names(words, cast.community_worker) == found


def test_by_id_number(cast, homes):
    number = make.id_number()
    make.resident(cast.building, name="有证", id_number=number)
    make.resident(cast.other_street, name="外证", id_number=make.id_number())
    assert names(f" {number.lower()} ", cast.grid_worker) == ["有证"]


def test_a_name_that_is_a_place_too_is_found_after_it(cast, homes):
    make.resident(cast.building, name="翡翠")
    assert names("翡翠", cast.grid_worker)[-1] == "翡翠"
    assert len(names("翡翠", cast.grid_worker)) == 5


def test_the_street_finds_both_communities_and_others_nothing(cast, homes):
    assert names("小虎", cast.street_cadre) == ["王小虎"]
    for who in (cast.sibling_cadre, cast.other_worker, cast.property_clerk, cast.outsider):
        assert names("王小明", who) == []
        assert names("501", who) == []
        assert names("13912340001", who) == []
    assert set(names("501", cast.admin)) == {"王小明", "王小虎", "赵外人"}


def test_who_moved_away_is_found_no_more_by_address_or_from_there(cast, homes):
    homes.belongings.filter(person__name="赵外人").update(ends=make.NOW.date())
    assert names("501", cast.community_worker) == ["王小明"]
    assert names("赵外人", cast.community_worker) == []


def test_two_areas_of_one_person_add_up(cast, homes):
    make.position(cast.community_worker, Role.COMMUNITY_WORKER, cast.sibling)
    assert names("小虎", cast.community_worker) == ["王小虎"]


@pytest.mark.parametrize("words", ["王", "501", "5栋 501", "0001", "13912340001"])
@pytest.mark.parametrize("rows", [1, 30])
def test_it_costs_the_same(cast, rows, words, django_assert_max_num_queries):
    for number in range(rows):
        home = make.household(cast.building, f"{number + 1}01")
        phone = f"139{number:04}0001"
        make.belonging(make.resident(cast.building, name=f"王{number}", phone=phone), home)
    with django_assert_max_num_queries(12):
        queries.found(words, cast.community_worker)
