"""Units and departments over the API."""

import pytest

from orgs.models import Department, Unit
from orgs.units import queries, units
from tests import factories as make

UNITS = "/api/v1/units/"


def codes(response) -> list[str]:
    return [row["code"] for row in response.json()["results"]]


def test_a_row_says_what_a_unit_is(api, cast):
    rows = api(cast.owner).get(UNITS, {"q": "421102005003-001-"}).json()["results"]
    assert rows == [
        {
            "code": "421102005003-001-005",
            "name": "5栋",
            "kind": "building",
            "official_type": "",
            "parent": "421102005003-001",
            "path": "西湖街道 西湖社区 翡翠一品小区 5栋",
            "district": "421102000000",
        }
    ]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"kind": "street"}, ["421102001000", "421102005000"]),
        ({"parent": "421102000000"}, ["421102001000", "421102005000"]),
        ({"parent": "421102005000"}, ["421102005003", "421102005004"]),
        ({"parent": "421102005003", "kind": "building"}, []),
        ({"q": "翡翠 5栋"}, ["421102005003-001-005"]),
        ({"q": "居民委员会", "parent": "421102001000"}, ["421102001001"]),
        ({"q": "2001001"}, ["421102001001"]),
    ],
)
def test_lists_are_narrowed(api, cast, asked, expected):
    assert codes(api(cast.owner).get(UNITS, asked)) == expected


@pytest.mark.parametrize(("name", "value"), [("kind", "castle"), ("parent", "nowhere")])
def test_an_unknown_value_is_a_problem(api, cast, name, value):
    response = api(cast.owner).get(UNITS, {name: value})
    assert (response.status_code, list(response.json()["errors"])) == (400, [name])


def test_pages_follow_each_other_without_a_gap(api, cast):
    client = api(cast.owner)
    found, address = [], f"{UNITS}?limit=3"
    while address:
        answer = client.get(address)
        found += codes(answer)
        address = answer.json()["next"]
    assert found == sorted(Unit.objects.values_list("code", flat=True))


def test_one_unit_with_its_place(api, cast):
    units.set_profile(unit=cast.compound, by=None, year_built=2008)
    answer = api(cast.owner).get(f"{UNITS}421102005003-001/").json()
    assert [above["code"] for above in answer["ancestors"]] == ["421102005000", "421102005003"]
    assert (answer["children"], answer["profile"]["year_built"]) == (1, 2008)
    assert api(cast.owner).get(f"{UNITS}421102005003/").json()["profile"] is None


def test_a_former_code_finds_the_unit(api, cast):
    units.move(unit=cast.compound, parent=cast.sibling, by=None)
    answer = api(cast.owner).get(f"{UNITS}421102005003-001-005/")
    assert answer.json()["code"] == "421102005004-001-005"
    assert codes(api(cast.owner).get(UNITS, {"parent": "421102005003-001"})) == [
        "421102005004-001-005"
    ]


def test_departments(api, cast):
    Department.objects.filter(code="fire").update(is_active=False)
    assert api(cast.owner).get("/api/v1/departments/").json()["results"] == [
        {
            "code": code,
            "name": name,
            "short_name": short,
            "district": "421102000000",
            "street": None,
            "phone": "",
            "address": "",
            "hours": "",
        }
        for code, name, short in [
            ("housing", "住房和城乡建设局", "住建局"),
            ("urban-management", "城市管理执法局", "城管局"),
        ]
    ]


@pytest.mark.parametrize("address", [UNITS, f"{UNITS}421102005003/", "/api/v1/departments/"])
def test_nobody_reads_without_signing_in(api, address):
    assert api().get(address).status_code == 401


def test_an_unknown_unit_is_not_found(api, cast):
    assert api(cast.owner).get(f"{UNITS}421102999999/").status_code == 404


@pytest.mark.parametrize("rows", [1, 30])
def test_the_number_of_queries_does_not_depend_on_the_rows(
    api, cast, rows, django_assert_num_queries
):
    for _number in range(rows):
        make.unit(cast.sibling)
        make.department(cast.district)
    client = api(cast.owner)
    with django_assert_num_queries(1):
        client.get(UNITS, {"limit": rows})
    with django_assert_num_queries(1):
        client.get("/api/v1/departments/", {"limit": rows})
    with django_assert_num_queries(4):
        client.get(f"{UNITS}421102005004/")


@pytest.mark.parametrize(
    ("words", "found"),
    [("翡翠一品 1栋", {"1栋"}), ("1栋", {"1栋"}), ("翡翠一品小区1栋", {"1栋"}), ("１栋", {"1栋"})],
)  # fmt: skip
def test_a_number_that_a_unit_follows_is_the_whole_number(cast, words, found):
    """翡翠一品 1栋 is not 11栋 or 21栋; words and codes are found in part."""
    for number in ("1栋", "11栋", "21栋"):
        make.unit(cast.compound, name=number)
    assert set(queries.matching(words).values_list("name", flat=True)) == found
    assert cast.compound in queries.matching(cast.compound.code[4:])
