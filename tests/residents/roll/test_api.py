"""Households over the API."""

import pytest

from residents.enums import Relation
from tests import factories as make

URL = "/api/v1/households/"


def test_a_household_with_its_owner(api, cast):
    client = api(cast.community_worker)
    body = {
        "building": cast.building.code,
        "entrance": "2",
        "room": "501",
        "area": 8950,
        "state": "let",
    }
    made = client.post(URL, body, format="json")
    assert made.status_code == 201
    code = made.json()["code"]
    assert code == f"{cast.building.code}-2-501"
    number = make.id_number("19800101")
    person = {
        "name": "钱一",
        "relation": "owner",
        "share": "1/2",
        "phone": "13912345678",
        "id_number": number,
    }
    added = client.post(f"{URL}{code}/people/", person, format="json")
    assert added.status_code == 201
    assert added.json()["phone"] == "139****5678"
    shown = client.get(f"{URL}{code}/").json()
    assert shown["area"] == 8950
    assert [one["id_number"] for one in shown["people"]] == [f"{number[:4]}**********{number[-4:]}"]
    assert shown["people"][0]["share"] == "1/2"
    changed = client.patch(f"{URL}{code}/", {"state": "lived_in"}, format="json")
    assert changed.json()["state"] == "lived_in"


def test_bad_input_names_its_fields(api, cast):
    client = api(cast.community_worker)
    answer = client.post(URL, {"building": "nowhere", "room": "5/1"}, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["building"])
    household = make.household(cast.building)
    body = {"name": "钱一", "relation": "owner", "id_number": "123", "share": "a lot"}
    answer = client.post(f"{URL}{household.code}/people/", body, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["share"])
    answer = client.post(f"{URL}{household.code}/people/", body | {"share": "1/2"}, format="json")
    assert list(answer.json()["errors"]) == ["id_number"]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("sibling_worker", 404), ("sibling_cadre", 404), ("outsider", 404), ("property_clerk", 404),
        ("street_cadre", 403), ("secretary", 403),
    ],
)  # fmt: skip
def test_others_change_nothing(api, cast, who, status):
    household = make.household(cast.building)
    client = api(getattr(cast, who))
    assert (
        client.patch(f"{URL}{household.code}/", {"state": "let"}, format="json").status_code
        == status
    )
    body = {"name": "钱一", "relation": "owner"}
    answer = client.post(f"{URL}{household.code}/people/", body, format="json")
    assert answer.status_code == status
    assert (
        client.post(URL, {"building": cast.building.code, "room": "9"}, format="json").status_code
        == 403
    )


def test_the_list_is_narrowed_by_sight_unit_and_state(api, cast):
    here = make.household(cast.building, "501")
    make.household(make.unit(make.unit(cast.sibling)), "1")
    make.household(cast.building, "502", state="let")
    rows = api(cast.community_worker).get(URL, {"unit": cast.compound.code, "state": "lived_in"})
    assert [row["code"] for row in rows.json()["results"]] == [here.code]
    assert api(cast.sibling_worker).get(URL, {"unit": cast.compound.code}).json()["results"] == []


def test_names_are_masked_for_those_who_do_not_read_the_roll(api, cast):
    household = make.household(cast.building)
    make.belonging(make.resident(cast.building, name="钱一二"), household)
    make.belonging(
        make.resident(cast.building, name="沈小明", account=cast.owner), household, Relation.FAMILY
    )
    shown = api(cast.owner).get(f"{URL}{household.code}/").json()["people"]
    assert [one["name"] for one in shown] == ["钱**", "沈小明"]


@pytest.mark.parametrize("rows", [1, 30])
def test_statements_do_not_grow_with_rows(api, cast, rows, django_assert_num_queries):
    for _number in range(rows):
        make.belonging(make.resident(cast.building), make.household(cast.building))
    client = api(cast.community_worker)
    with django_assert_num_queries(2):
        assert len(client.get(URL).json()["results"]) == rows
