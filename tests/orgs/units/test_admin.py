"""Units and what stands on them in the admin: positions decide, use-cases write."""

import pytest

from orgs.models import AuditEntry, CompoundProfile, Grid, PartyOrganisation, Unit
from tests.unit_trees import assert_sound

UNITS = "/admin/orgs/unit/"
GRIDS = "/admin/orgs/grid/"


def titles(response) -> set[str]:
    return {unit.name for unit in response.context["cl"].result_list}


def test_the_tree_shows_one_street_and_asks_for_it_first(desk):
    client = desk("admin")
    assert titles(client.get(UNITS)) == set()
    assert titles(client.get(UNITS, {"street": "421102001000"})) == {
        "赤壁街道",
        "汉川门社区居民委员会",
    }
    assert titles(client.get(UNITS, {"q": "5栋"})) == {"5栋"}


def test_depth_is_shown_without_inline_style(desk):
    text = desk("admin").get(UNITS, {"street": "421102005000"}).content.decode()
    assert 'class="tree-level-3"' in text
    assert "style=" not in text


def test_a_street_cadre_sees_its_own_street_only(desk):
    client = desk("street_cadre")
    assert titles(client.get(UNITS, {"street": "421102001000"})) == set()
    assert len(titles(client.get(UNITS, {"street": "421102005000"}))) == 6


@pytest.mark.parametrize(
    ("who", "unit", "status"),
    [("street_cadre", "community", 302), ("street_cadre", "street", 403), ("admin", "street", 302)],
)
def test_renaming_goes_through_the_use_case(desk, cast, who, unit, status):
    place = getattr(cast, unit)
    data = {"name": "新名", "official_type": ""}
    response = desk(who).post(f"{UNITS}{place.pk}/change/", data)
    assert response.status_code == status
    assert AuditEntry.objects.filter(action="orgs.rename_unit").exists() is (status == 302)
    assert_sound()


def test_adding_goes_through_the_use_case(desk, cast):
    desk("street_cadre").post(
        f"{UNITS}add/",
        {"parent": cast.sibling.pk, "name": "丽景小区", "official_type": "", "code": ""},
    )
    assert Unit.objects.get(name="丽景小区").code == "421102005004-001"
    assert_sound()


@pytest.mark.parametrize(
    "values",
    [
        {"parent": "other_community"},
        {"parent": "building"},
        {"parent": "community", "code": "421102005003-001"},
        {"district": "district", "code": "421102002000"},
        {},
    ],
)
def test_what_may_not_be_added_is_told_in_the_form(desk, cast, values):
    places = {
        name: getattr(cast, value).pk if name != "code" else value for name, value in values.items()
    }
    before = Unit.objects.count()
    response = desk("street_cadre").post(
        f"{UNITS}add/", {"name": "某处", "official_type": "", "code": ""} | places
    )
    assert (response.status_code, Unit.objects.count()) == (200, before)
    assert response.context["adminform"].form.errors


@pytest.mark.parametrize(
    ("cut", "beside", "position", "status"),
    [
        ("sibling", "community", "left", 200),
        ("sibling", "community", "last-child", 400),
        ("compound", "sibling", "left", 400),
        ("other_community", "community", "left", 400),
    ],
)
def test_dragging_puts_siblings_in_order_and_nothing_else(
    desk, cast, cut, beside, position, status
):
    response = desk("street_cadre").post(
        UNITS,
        {
            "cmd": "move_node",
            "cut_item": getattr(cast, cut).pk,
            "pasted_on": getattr(cast, beside).pk,
            "position": position,
        },
    )
    assert response.status_code == status
    first = cast.street.get_children().first()
    assert first == (cast.sibling if status == 200 else cast.community)
    assert_sound()


def test_nobody_deletes_a_unit(desk, cast):
    assert desk("admin").get(f"{UNITS}{cast.building.pk}/delete/").status_code == 403


def test_a_compound_has_its_profile_inline(desk, cast):
    data = {
        "name": cast.compound.name,
        "official_type": "",
        "profile-TOTAL_FORMS": 1,
        "profile-INITIAL_FORMS": 0,
        "profile-0-unit": cast.compound.pk,
        "profile-0-year_built": 2008,
    }
    response = desk("street_cadre").post(f"{UNITS}{cast.compound.pk}/change/", data)
    assert response.status_code == 302
    assert CompoundProfile.objects.get().year_built == 2008


def grid_data(cast, **values) -> dict:
    return {
        "code": "421102005003-G02",
        "name": "湖畔网格",
        "community": cast.community.pk,
        "units": "421102005003-002",
    } | values


def test_a_grid_covers_compounds_of_its_community(desk, cast):
    desk("street_cadre").post(f"{GRIDS}add/", grid_data(cast))
    assert list(Grid.objects.get(name="湖畔网格").units.all()) == [cast.other_compound]
    assert AuditEntry.objects.filter(action="orgs.add_grid").count() == 1


@pytest.mark.parametrize("codes", ["421102001001", "421102005003", "421102005004", "nowhere", ""])
def test_a_grid_covers_nothing_else(desk, cast, codes):
    response = desk("street_cadre").post(f"{GRIDS}add/", grid_data(cast, units=codes))
    assert response.status_code == 200
    assert not Grid.objects.filter(name="湖畔网格").exists()


def test_a_grid_of_another_street_is_out_of_sight(desk, cast):
    client = desk("sibling_cadre")
    assert client.get(f"{GRIDS}{cast.grid.pk}/change/").status_code == 302
    client.post(f"{GRIDS}add/", grid_data(cast))
    assert not Grid.objects.filter(name="湖畔网格").exists()


def test_a_branch_is_not_stretched_over_what_is_not_ones_own(desk, cast):
    client = desk("sibling_cadre")
    data = {"code": "B-9", "name": "新支部", "kind": "branch", "covers": "421102005003-001"}
    client.post("/admin/orgs/partyorganisation/add/", data)
    assert not PartyOrganisation.objects.filter(code="B-9").exists()
    client.post("/admin/orgs/partyorganisation/add/", data | {"covers": "421102001001"})
    assert PartyOrganisation.objects.filter(code="B-9").exists()


def test_departments_are_the_district_offices(desk, cast):
    address = f"/admin/orgs/department/{cast.urban.pk}/change/"
    data = {
        "code": cast.urban.code,
        "name": "新局",
        "short_name": "新局",
        "district": cast.district.pk,
        "is_active": "on",
    }
    assert desk("street_cadre").post(address, data).status_code == 403
    assert desk("district_cadre").post(address, data).status_code == 302
    cast.urban.refresh_from_db()
    assert cast.urban.name == "新局"


@pytest.mark.parametrize(
    "model", ["unit", "unitalias", "district", "grid", "partyorganisation", "department"]
)
@pytest.mark.parametrize("who", ["admin", "district_cadre", "street_cadre"])
def test_every_list_opens(desk, who, model):
    assert desk(who).get(f"/admin/orgs/{model}/", {"q": "4"}).status_code == 200
