"""Care rosters over the API."""

import pytest

from orgs.models import IdempotentAnswer
from residents.enums import CareKind
from residents.models import CareEntry, Unmasking
from tests import factories as make

URL = "/api/v1/care/"
SECRET = "每天送药，需保密"


@pytest.fixture
def keeper(cast):
    make.care_reader(cast.community_worker, cast.community, keeps=True)
    return cast.community_worker


def body(person, **values):
    return {"person": person.pk, "kind": "assistance", "needs": SECRET} | values


def test_from_entering_to_ending(api, cast, keeper):
    client, person = api(keeper), make.resident(cast.building, name="钱一二")
    made = client.post(URL, body(person), format="json", headers={"Idempotency-Key": "k1"})
    assert made.status_code == 201
    assert SECRET not in made.content.decode()
    again = client.post(URL, body(person), format="json", headers={"Idempotency-Key": "k1"})
    assert again.json() == made.json()
    assert SECRET not in IdempotentAnswer.objects.get().body
    assert client.post(URL, body(person), format="json").json()["code"] == "on_ledger"
    address = f"{URL}{made.json()['id']}/"
    shown = client.get(address).json()
    assert (shown["needs"], shown["name"], shown["basis"]) == (SECRET, "钱一二", "duty")
    changed = client.patch(address, {"measures": "已安排"}, format="json")
    assert (changed.json()["measures"], changed.json()["needs"]) == ("已安排", SECRET)
    assert Unmasking.objects.count() == 2
    ended = client.post(f"{address}end/", {"ending": "no_need"}, format="json")
    assert (ended.status_code, ended.json()["ending"]) == (200, "no_need")
    assert client.post(f"{address}end/", {"ending": "no_need"}, format="json").status_code == 409
    assert client.patch(address, {"note": "x"}, format="json").status_code == 409
    assert client.get(URL).json()["results"] == []
    [row] = client.get(f"{URL}?ended=1&kind=assistance&unit={cast.compound.code}").json()["results"]
    assert row["id"] == made.json()["id"]
    assert "needs" not in row


@pytest.mark.parametrize(
    ("who", "status"), [("outsider", 404), ("grid_worker", 403), ("community_worker", 400)]
)
def test_sight_comes_before_role_and_role_before_what_was_sent(api, cast, keeper, who, status):
    make.care_reader(cast.grid_worker, cast.compound, CareKind.ASSISTANCE)
    entry = make.care_entry(make.resident(cast.building), CareKind.ASSISTANCE)
    client = api(getattr(cast, who))
    wrong = {"next_visit_on": "no day"}
    assert client.patch(f"{URL}{entry.pk}/", wrong, format="json").status_code == status
    ended = client.post(f"{URL}{entry.pk}/end/", {"ending": "nothing"}, format="json")
    assert ended.status_code == status


def test_bad_input_names_its_fields(api, cast, keeper):
    client, person = api(keeper), make.resident(cast.building)
    answer = client.post(URL, body(person, needs="", kind="control"), format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["kind"])
    answer = client.post(URL, body(person, amount=5), format="json")
    assert list(answer.json()["errors"]) == ["amount"]
    elsewhere = make.resident(cast.other_community)
    assert client.post(URL, body(elsewhere), format="json").status_code == 404


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("grid_worker", 403), ("street_leader", 403), ("sibling_worker", 403), ("admin", 403),
        ("property_clerk", 403), ("owner", 403),
    ],
)  # fmt: skip
def test_who_is_not_named_gets_nothing(api, cast, keeper, who, status):
    client, person = api(getattr(cast, who)), make.resident(cast.building)
    entry = make.care_entry(person)
    assert client.get(URL).status_code == status
    assert client.post(URL, body(person), format="json").status_code == status
    address = f"{URL}{entry.pk}/"
    answers = [
        client.get(address),
        client.patch(address, {"note": "x"}, format="json"),
        client.post(f"{address}end/", {"ending": "moved"}, format="json"),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert CareEntry.objects.count() == 1


def test_a_reader_reads_and_does_not_write(api, cast):
    make.care_reader(cast.grid_worker, cast.compound, CareKind.ASSISTANCE)
    client, entry = api(cast.grid_worker), make.care_entry(make.resident(cast.building))
    address = f"{URL}{entry.pk}/"
    assert client.get(address).status_code == 200
    assert client.patch(address, {"note": "x"}, format="json").status_code == 403
    assert client.post(f"{address}end/", {"ending": "moved"}, format="json").status_code == 403
    assert client.post(URL, body(entry.person), format="json").status_code == 403


@pytest.mark.parametrize("rows", [1, 30])
def test_statements_do_not_grow_with_rows(api, cast, keeper, rows, django_assert_max_num_queries):
    for _number in range(rows):
        make.care_entry(make.resident(cast.building))
    client = api(keeper)
    with django_assert_max_num_queries(6):
        assert len(client.get(URL).json()["results"]) == rows
