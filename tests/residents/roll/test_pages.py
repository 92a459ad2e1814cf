"""The pages of households and people, as those who work with them see them."""

from uuid import uuid4

import pytest

from orgs.enums import UnitTab
from orgs.values.unit_addresses import unit_address
from residents.enums import HouseholdState, Relation
from residents.models import Household, Person, Visit
from tests import factories as make

PHONE = "13900001234"


@pytest.fixture
def flat(cast):
    """A flat with its owner, whose numbers nobody should see."""
    household = make.household(cast.building, "501", entrance="2")
    person = make.resident(cast.building, name="钱一二", phone=PHONE, id_number=make.id_number())
    make.belonging(person, household)
    return household


def test_a_building_shows_its_doors_and_fills_by_pattern(page, cast, flat):
    client = page(cast.community_worker)
    address = f"/units/{cast.building.code}/households/pattern/"
    assert client.get(address).status_code == 200
    answer = client.post(address, {"entrances": 2, "floors": 17, "rooms": 2}, follow=True)
    assert Household.objects.count() == 68
    text = answer.content.decode()
    assert f"/households/{flat.code}/" in text
    assert f"/households/{cast.building.code}-1-1702/" in text


def test_a_household_is_added_changed_and_found_in_its_list(page, cast):
    client = page(cast.community_worker)
    body = {
        "entrance": "1",
        "room": "301",
        "area": "89.50",
        "area_source": "contract",
        "state": "let",
    }
    answer = client.post(f"/units/{cast.building.code}/households/add/", body)
    household = Household.objects.get()
    assert answer["Location"] == f"/households/{household.code}/"
    assert (household.area, household.area_source) == (8950, "contract")
    change = {"area": "90", "area_source": "register", "state": "empty", "floor": "3"}
    client.post(f"/households/{household.code}/change/", change)
    household.refresh_from_db()
    assert (household.area, household.state) == (9000, HouseholdState.EMPTY)
    text = client.get(
        "/households/", {"unit": cast.compound.code, "state": "empty"}
    ).content.decode()
    assert household.code in text
    assert "90.00" in text


def test_wrong_input_is_said_in_the_form_and_kept(page, cast, flat):
    client = page(cast.community_worker)
    body = {"room": "501", "entrance": "2", "state": "let", "area": "89.5"}
    answer = client.post(f"/units/{cast.building.code}/households/add/", body)
    assert answer.status_code == 400
    assert answer.context["form"].errors.keys() == {"room"}
    assert answer.context["form"]["area"].value() == "89.5"
    body = {"name": "孙二", "relation": "tenant", "id_number": "123", "share": "1/2"}
    answer = client.post(f"/households/{flat.code}/move-in/", body)
    assert (answer.status_code, Person.objects.count()) == (400, 1)
    assert answer.context["form"].errors.keys() == {"share"}


def test_moving_in_and_out(page, cast, flat):
    client = page(cast.grid_worker)
    body = {"name": "孙二", "relation": "co_owner", "share": "50%", "phone": "139 1234 5678"}
    client.post(f"/households/{flat.code}/move-in/", body)
    belonging = flat.belongings.get(relation=Relation.CO_OWNER)
    assert belonging.share == "1/2"
    assert client.get(f"/belongings/{belonging.pk}/move-out/").status_code == 200
    client.post(f"/belongings/{belonging.pk}/move-out/", {"ends": "2099-01-01"})
    text = client.get(f"/households/{flat.code}/").content.decode()
    assert "孙*" in text


def test_days_are_written_as_people_write_them(page, cast, flat):
    client, person = page(cast.community_worker), Person.objects.get()
    for address in (f"/households/{flat.code}/", f"/people/{person.pk}/"):
        text = client.get(address).content.decode()
        assert "2026年3月10日" in text
        assert "2026-03-10" not in text


def test_the_rosters_are_one_step_from_the_menu_for_who_keeps_them(page, cast):
    for who, places in (
        (cast.community_worker, [cast.community]),
        (cast.grid_worker, [cast.compound]),
        (cast.street_cadre, []),
    ):
        answer = page(who).get("/people/search/")
        assert answer.context["kept"] == places
        for place in places:
            assert f"/units/{place.code}/ledgers/" in answer.content.decode()


def test_numbers_are_masked_on_every_page(page, cast, flat):
    person = Person.objects.get()
    client = page(cast.community_worker)
    for address in (
        f"/households/{flat.code}/",
        f"/people/{person.pk}/",
        f"/people/{person.pk}/correct/",
        f"/people/?unit={cast.compound.code}",
    ):
        text = client.get(address).content.decode()
        assert "钱一二" in text
        assert PHONE not in text
        assert person.id_number not in text


def test_homes_in_other_places_are_not_shown(page, cast, flat):
    far = make.unit(make.unit(cast.other_community, name="远方小区"), name="9栋")
    person = flat.belongings.get().person
    make.belonging(person, make.household(far, "901"))
    make.belonging(person, make.household(far, "902"), ends=make.NOW.date())
    for client in (page(cast.community_worker), page(cast.street_cadre)):
        answers = [
            client.get(f"/people/{person.pk}/"),
            client.get(f"/people/?unit={cast.compound.code}"),
            client.post("/people/search/", {"q": PHONE}),
        ]
        for answer in answers:
            text = answer.content.decode()
            assert (answer.status_code, "501" in text, "远方" in text) == (200, True, False)
    text = page(cast.admin).get(f"/people/{person.pk}/").content.decode()
    assert "901" in text


@pytest.mark.parametrize("words", ["钱一", PHONE, "1234", "翡翠 501"])
def test_the_search_finds_in_its_area_only(page, cast, flat, words):
    answer = page(cast.community_worker).post("/people/search/", {"q": words})
    assert [one.name for one in answer.context["found"]] == ["钱一二"]
    assert page(cast.sibling_worker).post("/people/search/", {"q": words}).context["found"] == []


def test_what_is_looked_for_never_stands_in_an_address(page, cast, flat):
    answer = page(cast.community_worker).get("/people/search/", {"q": PHONE})
    assert answer.context["found"] == []


@pytest.mark.parametrize(
    ("who", "status"),
    [("sibling_worker", 404), ("sibling_cadre", 404), ("owner", 404), ("property_clerk", 404)],
)
def test_others_open_no_household_and_no_person(page, cast, flat, who, status):
    client = page(getattr(cast, who))
    person = Person.objects.get()
    for address in (
        f"/households/{flat.code}/",
        f"/households/{flat.code}/change/",
        f"/people/{person.pk}/",
        f"/people/{person.pk}/correct/",
        f"/belongings/{flat.belongings.get().pk}/move-out/",
    ):
        assert client.get(address).status_code == status
    assert client.get(f"/units/{cast.building.code}/households/add/").status_code == 403


def test_a_street_reads_and_does_not_write(page, cast, flat):
    client = page(cast.street_cadre)
    assert client.get(f"/households/{flat.code}/").context["keeps"] is False
    assert client.post(f"/households/{flat.code}/change/", {"state": "let"}).status_code == 403


def test_a_district_sees_doors_without_names(page, cast, flat):
    text = page(cast.district_cadre).get(f"/households/{flat.code}/").content.decode()
    assert "钱**" in text
    assert "钱一二" not in text
    assert page(cast.district_cadre).get("/people/").status_code == 403


def test_a_visit_is_written_down_once(page, cast, flat):
    client = page(cast.grid_worker)
    body = {"on": "2026-03-01", "text": "身体好", "event_id": str(uuid4())}
    for _twice in range(2):
        client.post(f"/households/{flat.code}/visit/", body)
    assert Visit.objects.get().text == "身体好"
    assert "身体好" in client.get(f"/households/{flat.code}/").content.decode()


def test_a_unit_counts_its_people(page, cast, flat):
    for number in range(12):
        make.resident(cast.building, id_number=make.id_number(f"{1940 + number * 5}0101"))
    shown = (
        page(cast.street_cadre).get(f"/units/{cast.compound.code}/?tab=people").context["panels"]
    )
    values = next(one.values for one in shown if one.template == "residents/roll/unit_panel.html")
    assert (values.counts.all_households, values.counts.people) == (1, 13)
    assert values.counts.old >= 5
    assert sum(band.men + band.women for band in values.counts.bands) == 13


def test_strangers_to_a_place_see_no_counts(page, cast, flat):
    client = page(cast.owner)
    # Which department answers for what is public; a tab that one does not see is the overview.
    for query in ("", "?tab=people", "?tab=nonsense"):
        shown = client.get(f"/units/{cast.compound.code}/{query}").context
        assert [address for _name, address, _current in shown["tabs"]] == [
            unit_address(cast.compound.code, tab) for tab in (UnitTab.OVERVIEW, UnitTab.DUTIES)
        ]
        assert shown["panels"] == []
    panels = client.get(f"/units/{cast.compound.code}/?tab=duties").context["panels"]
    assert [panel.template for panel in panels] == ["tasks/catalogue/duties_panel.html"]


@pytest.mark.parametrize("rows", [1, 30])
def test_statements_do_not_grow_with_rows(page, cast, rows, django_assert_max_num_queries):
    for _number in range(rows):
        make.belonging(make.resident(cast.building), make.household(cast.building))
    client = page(cast.community_worker)
    for address, statements in (
        (f"/households/?unit={cast.compound.code}", 12),
        (f"/people/?unit={cast.compound.code}", 12),
        (f"/units/{cast.building.code}/", 32),
    ):
        client.get(address)
        with django_assert_max_num_queries(statements):
            client.get(address)
