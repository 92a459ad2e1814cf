"""Imports of rosters over the API."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.models import LedgerImport
from residents.models import Person
from tests import factories as make
from tests.roster_workbooks import PEOPLE, book

URL = "/api/v1/imports/"
OK = ("张三", "业主", "", "13900001111", "5栋", "", "501")


@pytest.fixture
def client(cast, api):
    return api(cast.community_worker)


@pytest.fixture
def upload(cast, client, celery_eagerly, django_capture_on_commit_callbacks):
    def send(*lines, who=client, content=None, key="", **body):
        file = SimpleUploadedFile("台账.xlsx", book(PEOPLE, lines) if content is None else content)
        body = {"unit": cast.community.code, "ledger": "residents", "file": file} | body
        with django_capture_on_commit_callbacks(execute=True):
            return who.post(URL, body, format="multipart", headers={"Idempotency-Key": key})

    return send


@pytest.fixture
def step(client, django_capture_on_commit_callbacks):
    def act(key, action):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(f"{URL}{key}/{action}/")

    return act


def test_the_whole_way(client, upload, step):
    sent = upload(OK)
    assert sent.status_code == 201
    key = sent.json()["id"]
    read = client.get(f"{URL}{key}/").json()
    assert (read["state"], read["new"], read["wrong"]) == ("preview", 1, 0)
    (row,) = client.get(f"{URL}{key}/rows/").json()["results"]
    assert (row["number"], row["verdict"]) == (2, "new")
    assert row["cells"]["联系电话"] == "139****1111"
    assert step(key, "apply").status_code == 200
    assert client.get(f"{URL}{key}/").json()["state"] == "applied"
    assert Person.objects.count() == 1
    assert step(key, "apply").status_code == 409
    assert step(key, "undo").status_code == 200
    assert client.get(f"{URL}{key}/").json()["state"] == "undone"
    assert step(key, "discard").status_code == 409


def test_wrong_rows_are_named(client, upload, step):
    key = upload(OK, ("李四", "业主", "", "12345", "9栋", "", "501")).json()["id"]
    (row,) = client.get(f"{URL}{key}/rows/", {"verdict": "wrong"}).json()["results"]
    assert [one["column"] for one in row["problems"]] == ["联系电话", "楼栋"]
    refused = step(key, "apply")
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_rows")
    assert step(key, "discard").json()["state"] == "discarded"


def test_an_unsure_row_is_decided(cast, client, upload, step):
    person = make.resident(cast.building, name="张三", phone="13700000000")
    make.belonging(person, make.household(cast.building, "501"))
    sent = upload(OK)
    key = sent.json()["id"]
    assert step(key, "apply").json()["code"] == "undecided_rows"
    where = f"{URL}{key}/rows/2/"
    assert (
        client.post(where, {"decision": "same", "chosen": person.pk + 1}, format="json").status_code
        == 400
    )
    decided = client.post(where, {"decision": "same", "chosen": person.pk}, format="json")
    assert (decided.status_code, decided.json()["chosen"]) == (200, person.pk)
    assert client.get(f"{URL}{key}/").json()["undecided"] == 0
    assert step(key, "apply").status_code == 200


def test_rows_of_one_doubt_are_decided_at_once(cast, client, upload):
    for place in (1, 2):
        person = make.resident(cast.building, name=f"张{place}", phone=f"1370000000{place}")
        make.belonging(person, make.household(cast.building, f"50{place}"))
    key = upload(
        *[(f"张{place}", "", "", f"1390000000{place}", "5栋", "", f"50{place}") for place in (1, 2)]
    ).json()["id"]  # fmt: skip
    body = {"decision": "same", "alike": True}
    decided = client.post(f"{URL}{key}/rows/2/", body, format="json")
    assert (decided.status_code, decided.json()["decision"]) == (200, "same")
    assert client.get(f"{URL}{key}/").json()["undecided"] == 0


def test_a_key_sends_a_file_once(upload):
    content = book(PEOPLE, [OK])
    first, second = (upload(OK, content=content, key="one") for _turn in range(2))
    assert first.json()["id"] == second.json()["id"]
    assert LedgerImport.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [({"ledger": "nothing"}, 400), ({"unit": "0"}, 400), ({"content": b"garbage"}, 400)],
)
def test_bad_bodies(upload, body, status):
    assert upload(OK, **body).status_code == status
    assert LedgerImport.objects.count() == 0


def test_others_neither_send_nor_see(cast, api, upload):
    key = upload(OK).json()["id"]
    for who in (cast.sibling_worker, cast.street_cadre, cast.owner, cast.auditor):
        other = api(who)
        assert upload(OK, who=other).status_code == 403
        assert other.get(f"{URL}{key}/").status_code == 404
        assert other.get(f"{URL}{key}/rows/").status_code == 404
        assert (
            other.post(f"{URL}{key}/rows/2/", {"decision": "new"}, format="json").status_code == 404
        )
        for action in ("apply", "discard", "undo"):
            assert other.post(f"{URL}{key}/{action}/").status_code == 404
    assert LedgerImport.objects.get().state == "preview"


def test_the_rows_cost_the_same(client, upload, django_assert_num_queries):
    few = upload(OK).json()["id"]
    many = upload(*[("甲", "业主", "", "", "5栋", "", f"{n}") for n in range(100, 130)]).json()[
        "id"
    ]
    with CaptureQueriesContext(connection) as counted:
        client.get(f"{URL}{few}/rows/")
    with django_assert_num_queries(len(counted)):
        assert len(client.get(f"{URL}{many}/rows/").json()["results"]) == 30
