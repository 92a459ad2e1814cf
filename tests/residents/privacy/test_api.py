"""Consents, copies and requests over the API, through the use-cases of the pages."""

import pytest

from orgs.models import AuditEntry
from residents.models import Consent, DataRequest
from tests import factories as make

CONSENTS, COPY, REQUESTS = "/api/v1/consents/", "/api/v1/my-data/", "/api/v1/data-requests/"


@pytest.fixture
def person(cast):
    make.sensitive(cast)
    return make.resident(
        cast.building, name="沈业主", phone="13800005678", account=cast.owner, employment="教师"
    )


def test_consents_are_read_given_and_withdrawn(cast, api):
    client = api(cast.owner)
    assert client.get(CONSENTS).json()["notice"] is None
    refused = client.post(CONSENTS, {"purpose": "account", "given": True}, "json")
    assert (refused.status_code, refused.json()["code"]) == (409, "no_notice")
    make.notice(cast)
    for given in (True, False):
        said = client.post(CONSENTS, {"purpose": "account", "given": given}, "json")
        assert said.json() == {"purpose": "account", "given": given}
        rows = {one["purpose"]: one["given"] for one in client.get(CONSENTS).json()["results"]}
        assert rows["account"] is given
    assert client.post(CONSENTS, {"purpose": "x", "given": 1}, "json").status_code == 400
    assert api().get(CONSENTS).status_code == 401


def test_a_copy_holds_what_is_known_and_is_recorded(cast, api, person):
    data = api(cast.owner).post(COPY, {}, "json").json()
    assert (data["account"]["username"], data["person"]["employment"]) == ("owner", "教师")
    assert AuditEntry.objects.filter(action="residents.export-own-data").count() == 1
    assert api(cast.outsider).post(COPY, {}, "json").json()["person"] is None


def test_nobody_speaks_for_anothers_child(cast, api, person):
    child = make.resident(cast.building, born="2020-01-01", guardian=person)
    make.notice(cast)
    assert api(cast.owner).post(COPY, {"ward": child.pk}, "json").status_code == 200
    for path, body in (
        (COPY, {}),
        (CONSENTS, {"purpose": "account", "given": True}),
        (REQUESTS, {"kind": "delete", "sure": True}),
    ):
        refused = api(cast.neighbour).post(path, body | {"ward": child.pk}, "json")
        assert refused.status_code == 404, path
    assert (Consent.objects.count(), DataRequest.objects.count()) == (0, 0)


def test_a_request_is_asked_followed_and_answered(cast, api, person):
    body = {"kind": "correct", "corrections": {"name": "沈业住", "employment": "医生"}}
    refused = api(cast.owner).post(REQUESTS, body, "json")
    assert (refused.status_code, refused.json()["code"]) == (400, "consent_needed")
    asked = api(cast.owner).post(REQUESTS, body | {"agrees": True}, "json")
    assert asked.status_code == 201
    assert "医生" not in str(asked.json())
    [open_] = api(cast.community_worker).get(f"{REQUESTS}open/").json()["results"]
    assert open_["id"] == asked.json()["id"]
    address = f"{REQUESTS}{open_['id']}/answer/"
    answer = {"granted": True, "reason": "已核实"}
    for who in (cast.sibling_worker, cast.owner, cast.neighbour):
        assert api(who).get(f"{REQUESTS}open/").json()["results"] == []
        assert api(who).post(address, answer, "json").status_code == 404
    done = api(cast.community_worker).post(address, answer, "json")
    assert (done.status_code, done.json()["state"]) == (200, "granted")
    person.refresh_from_db()
    assert (person.name, person.employment) == ("沈业住", "医生")
    again = api(cast.community_worker).post(address, answer, "json")
    assert (again.status_code, again.json()["code"]) == (409, "decided")
    [own] = api(cast.owner).get(REQUESTS).json()["results"]
    assert own["state"] == "granted"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "correct"},
        {"kind": "correct", "corrections": {"born": "9999-99-99"}},
        {"kind": "correct", "corrections": {"phone": "12"}, "agrees": True},
        {"kind": "correct", "corrections": []},
        {"kind": "delete", "ward": "x"},
    ],
)
def test_what_is_not_right_is_said(cast, api, person, body):
    refused = api(cast.owner).post(REQUESTS, body, "json")
    assert (refused.status_code, DataRequest.objects.count()) == (400, 0)


def test_deletion_over_the_api_asks_once(cast, api, person):
    asked = api(cast.owner).post(REQUESTS, {"kind": "delete"}, "json")
    assert (asked.status_code, asked.json()["code"]) == (400, "be_sure")
    assert "无法恢复" in asked.json()["errors"]["sure"][0]
    assert not DataRequest.objects.exists()
    sure = api(cast.owner).post(REQUESTS, {"kind": "delete", "sure": True}, "json")
    assert sure.status_code == 201
    # Nothing else needs it.
    assert api(cast.owner).post(REQUESTS, {"kind": "copy"}, "json").status_code == 201
