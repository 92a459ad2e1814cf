"""The pages of the unit tree, and who may change it there."""

import pytest

from orgs.models import CompoundProfile, Unit
from orgs.units import units
from tests import factories as make


def test_the_list_shows_districts_streets_and_departments(page, cast):
    text = page(cast.owner).get("/units/").content.decode()
    for name in ("黄州区", "西湖街道", "赤壁街道", "城市管理执法局"):
        assert name in text


def test_a_search_finds_places_by_their_words(page, cast):
    text = page(cast.owner).get("/units/", {"q": "西湖 5栋"}).content.decode()
    assert "/units/421102005003-001-005/" in text
    assert "map-search" not in text


def test_a_search_without_a_find_says_so(page, cast):
    response = page(cast.owner).get("/units/", {"q": "<b>nowhere</b>"})
    assert list(response.context["found"]) == []
    assert b"<b>nowhere" not in response.content


def test_a_unit_page_tells_its_place_its_people_and_never_a_phone(page, cast):
    cast.community_worker.phone = "13900001111"
    cast.community_worker.save()
    units.set_profile(unit=cast.compound, by=None, year_built=2008)
    text = page(cast.owner).get("/units/421102005003-001/").content.decode()
    for shown in ("西湖街道", "2008", "翡翠一品网格", "翡翠一品小区党支部", "郑网格", "5栋"):
        assert shown in text
    text = page(cast.owner).get("/units/421102005003/").content.decode()
    assert "陈社工" in text
    assert "13900001111" not in text


def test_members_and_volunteers_are_not_named(page, cast):
    text = page(cast.owner).get("/units/421102005003-001/").content.decode()
    assert "卫党员" not in text
    assert "蒋志愿" not in text


@pytest.mark.parametrize(("who", "reads"), [("owner", False), ("community_worker", True)])
def test_codes_are_for_who_works_here(page, cast, who, reads):
    client = page(getattr(cast, who))
    for address, code in (
        ("/units/421102005003-001/", "421102005003-001"),
        ("/units/421102005003-001/", "421102005003-001-005"),
        ("/units/?q=5栋", "421102005003-001-005"),
    ):
        assert (f">{code}<" in client.get(address).content.decode()) == reads


def test_a_street_lists_the_departments_it_can_call(page, cast):
    other = make.department(cast.district, name="别处街道办", street=cast.other_street)
    response = page(cast.owner).get("/units/421102005000/")
    assert cast.urban in response.context["departments"]
    assert other not in response.context["departments"]


def test_a_former_code_leads_to_the_unit(page, cast):
    units.move(unit=cast.compound, parent=cast.sibling, by=None)
    response = page(cast.owner).get("/units/421102005003-001/")
    assert (response.status_code, response["Location"]) == (302, "/units/421102005004-001/")
    # A link to a tab leads to that tab; what is no tab, to the page.
    for asked, tab in (("?tab=duties", "?tab=duties"), ("?tab=//elsewhere", ""), ("?page=2", "")):
        response = page(cast.owner).get(f"/units/421102005003-001/{asked}")
        assert response["Location"] == f"/units/421102005004-001/{tab}"


@pytest.mark.parametrize(
    "path", ["", "421102005003/", "pick/", "421102005003/add/", "421102005003/move/"]
)
def test_visitors_are_sent_to_sign_in(page, cast, path):
    assert page().get(f"/units/{path}").status_code == 302


def test_an_unknown_unit_is_not_found(page, cast):
    assert page(cast.owner).get("/units/421102999999/").status_code == 404


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("street_cadre", "421102005000/add/", 200),
        ("street_cadre", "421102005000/rename/", 403),
        ("street_cadre", "421102005003/rename/", 200),
        ("street_cadre", "421102001001/rename/", 403),
        ("street_cadre", "421102005003/move/", 200),
        ("district_cadre", "421102005000/move/", 404),
        ("community_worker", "421102005003-001/profile/", 200),
        ("community_worker", "421102005003-001/rename/", 403),
        ("sibling_worker", "421102005003-001/profile/", 403),
        ("owner", "421102005003/add/", 403),
        ("admin", "421102005003-001-005/add/", 404),
        ("admin", "421102005003/profile/", 404),
        ("district_cadre", "districts/421102000000/add/", 200),
        ("street_cadre", "districts/421102000000/add/", 403),
    ],
)
def test_who_may_open_which_form(page, cast, who, path, status):
    assert page(getattr(cast, who)).get(f"/units/{path}").status_code == status


def test_adding_and_renaming(page, cast):
    client = page(cast.street_cadre)
    client.post("/units/421102005003/add/", {"name": "丽景小区"})
    made = Unit.objects.get(name="丽景小区")
    response = client.post(f"/units/{made.code}/rename/", {"name": "丽景新村"}, follow=True)
    assert "丽景新村" in response.content.decode()
    assert Unit.objects.get(pk=made.pk).name == "丽景新村"


def test_a_community_fills_an_empty_compound_with_buildings(page, cast):
    empty = make.unit(cast.community, name="丽景小区")
    client, address = page(cast.community_worker), f"/units/{empty.code}/add/"
    assert address in client.get(f"/units/{empty.code}/").content.decode()
    client.post(address, {"name": "1栋", "last": "12"})
    names = list(empty.children.order_by("lft").values_list("name", flat=True))
    assert names == [f"{number}栋" for number in range(1, 13)]
    assert len(set(empty.children.values_list("code", flat=True))) == 12
    client.post(address, {"name": "幼儿园"})
    assert empty.children.filter(name="幼儿园").count() == 1
    for body, wrong in (
        ({"name": "12栋", "last": "20"}, "name"),
        ({"name": "幼儿园"}, "name"),
        ({"name": "南栋", "last": "3"}, "name"),
        ({"name": "21栋", "last": "21"}, "last"),
        ({"name": "21栋", "last": "9999"}, "last"),
    ):
        refused = client.post(address, body)
        assert (refused.status_code, list(refused.context["form"].errors)) == (400, [wrong]), body
        assert refused.context["form"]["name"].value() == body["name"]
    assert empty.children.count() == 13
    for who in (cast.sibling_worker, cast.grid_worker, cast.property_clerk, cast.owner):
        assert page(who).post(address, {"name": "99栋"}).status_code == 403
    assert client.post(f"/units/{cast.community.code}/add/", {"name": "新小区"}).status_code == 403


def test_neighbours_have_different_names(page, cast):
    client = page(cast.street_cadre)
    refused = client.post(
        f"/units/{cast.other_compound.code}/rename/", {"name": cast.compound.name}
    )
    assert (refused.status_code, list(refused.context["form"].errors)) == (400, ["name"])
    same = client.post(f"/units/{cast.compound.code}/rename/", {"name": cast.compound.name})
    assert same.status_code == 302


def test_a_refused_form_keeps_what_was_typed(page, cast):
    response = page(cast.street_cadre).post(
        "/units/421102005000/add/", {"name": "新社区", "code": "421102005003"}
    )
    assert response.status_code == 400
    assert list(response.context["form"].errors) == ["code"]
    assert "新社区" in response.content.decode()


def test_a_move_is_searched_shown_and_confirmed(page, cast):
    client = page(cast.street_cadre)
    address = "/units/421102005003-001/move/"
    found = client.get(address, {"q": "新桥"}).content.decode()
    assert 'value="421102005004"' in found
    asked = client.get(address, {"parent": "421102005004"}).content.decode()
    assert "西湖街道 新桥社区" in asked
    assert Unit.objects.get(pk=cast.compound.pk).code == "421102005003-001"
    client.post(address, {"parent": "421102005004"})
    assert Unit.objects.get(pk=cast.compound.pk).code == "421102005004-001"


@pytest.mark.parametrize(("who", "offered"), [("street_cadre", 0), ("district_cadre", 1)])
def test_a_move_offers_only_places_where_one_may_add(page, cast, who, offered):
    response = page(getattr(cast, who)).get("/units/421102005003-001/move/", {"q": "汉川门"})
    assert len(response.context["found"]) == offered


@pytest.mark.parametrize(
    ("parent", "status"), [("421102001001", 403), ("421102005003", 400), ("421102005000", 400)]
)
def test_a_wrong_move_is_refused(page, cast, parent, status):
    response = page(cast.street_cadre).post("/units/421102005003-001/move/", {"parent": parent})
    assert response.status_code == status


def test_the_profile_is_edited(page, cast):
    client = page(cast.community_worker)
    address = "/units/421102005003-001/profile/"
    assert client.post(address, {"year_built": 2008, "lon": 114.9}).status_code == 400
    client.post(address, {"year_built": 2008, "lon": 114.9, "lat": 30.4})
    assert CompoundProfile.objects.get().lat == 30.4


@pytest.mark.parametrize(("asked", "named"), [("home", "home"), ('x" onclick="', "unit")])
def test_the_picker_gives_radio_inputs(page, cast, asked, named):
    response = page(cast.owner).get("/units/pick/", {"q": "5栋", "name": asked})
    assert f'name="{named}" value="421102005003-001-005"' in response.content.decode()
    assert b"<html" not in response.content


def test_the_picker_can_be_narrowed_to_a_kind(page, cast):
    response = page(cast.owner).get("/units/pick/", {"q": "西湖社区", "kind": "community"})
    assert [unit.code for unit in response.context["found"]] == ["421102005003"]


@pytest.mark.parametrize("rows", [1, 30])
def test_the_number_of_queries_does_not_depend_on_the_rows(
    page, cast, rows, django_assert_max_num_queries
):
    for number in range(rows):
        make.unit(district=cast.district)
        compound = make.unit(cast.sibling)
        make.department(cast.district, street=cast.street)
        make.grid(cast.sibling, [compound])
        make.branch([cast.sibling, compound], name=f"支部{number}")
    client = page(cast.street_cadre)
    with django_assert_max_num_queries(13):
        client.get("/units/")
    with django_assert_max_num_queries(12):
        client.get("/units/", {"q": "2"})
    for code in ("421102005004", compound.code):
        # The first opening fills what a process remembers.
        client.get(f"/units/{code}/")
        with django_assert_max_num_queries(15):
            client.get(f"/units/{code}/")
    with django_assert_max_num_queries(7):
        client.get("/units/pick/", {"q": "2"})
