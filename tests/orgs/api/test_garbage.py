"""What no client should send is answered with a problem, never with a 500."""

import json
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.test import Client

from residents.claims import claims
from residents.enums import Relation
from tests import factories as make

HALF = "\\ud800"


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        "null",
        f'{{"username": "{HALF}", "password": "{HALF}"}}',
        '{"a": 1e400',
        "\xff",
    ],
)
def test_unreadable_json_at_the_door(db, body):
    answer = Client().post("/api/v1/auth/login/", body, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("header", ["Token ÿ", "Token", "Token a b", "Token " + "9" * 5000])
def test_unreadable_tokens(db, header):
    assert Client().get("/api/v1/units/", HTTP_AUTHORIZATION=header).status_code == 401


@pytest.mark.parametrize("field", ["unit", "category", "text", "attachments", "contact_phone"])
@pytest.mark.parametrize(
    "value",
    [HALF, [HALF], {"a": HALF}, 10**4000, True, [None]],
    ids=["half", "list of half", "object", "huge", "true", "list of null"],
)
def test_reports_of_garbage(cast, api, field, value):
    make.category(code="parking")
    body = {"unit": cast.building.code, "category": "parking", "text": "有车乱停"} | {field: value}
    text = json.dumps(body).replace("\\\\ud800", HALF)
    answer = api(cast.owner).post("/api/v1/tasks/", text, content_type="application/json")
    assert answer.status_code == 400


def test_a_broken_cursor_is_bad_input(cast, api):
    answer = api(cast.owner).get("/api/v1/tasks/?cursor=garbage")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


FAR = ["0001-01-01", "9999-12-31", "0001-01-01T00:00:00", "9999-12-31T23:59:59-12:00"]


@pytest.mark.parametrize("day", FAR)
@pytest.mark.parametrize(
    "address",
    [
        "/rates/?first={0}&last={0}",
        "/refusals/?first={0}&last={0}",
        "/tasks/?counted=reported&first={0}&last={0}",
        "/tasks/?counted=reported&last={0}",
        "/tasks/?since={0}",
        "/tasks/?until={0}",
        "/tasks/export/?until={0}",
        "/duty/?from={0}",
    ],
)
def test_days_that_no_calendar_counts_with_are_passed_over(cast, page, address, day):
    answer = page(cast.street_cadre).get(address.format(quote(day)))
    assert answer.status_code in (200, 302)


@pytest.mark.parametrize("day", FAR)
@pytest.mark.parametrize("name", ["since", "until", "last"])
def test_days_that_no_calendar_counts_with_are_bad_input(cast, api, name, day):
    address = f"/api/v1/tasks/?counted=reported&{name}={quote(day)}"
    answer = api(cast.street_cadre).get(address)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [name])


@pytest.mark.parametrize("day", FAR)
def test_the_audit_of_such_days(cast, page, day):
    answer = page(cast.auditor).get(f"/audit/?since={quote(day)}&until={quote(day)}")
    assert answer.status_code == 200


@pytest.mark.parametrize("moment", FAR)
def test_reports_and_rounds_of_such_days(cast, api, moment):
    make.category(code="parking")
    body = {"unit": cast.compound.code, "category": "parking", "text": "有车乱停"}
    sent = api(cast.grid_worker).post("/api/v1/tasks/", body | {"received_at": moment}, "json")
    assert (sent.status_code, list(sent.json()["errors"])) == (400, ["received_at"])
    round_ = {"unit": cast.compound.code, "items": ["fire"], "event_id": str(uuid4())}
    sent = api(cast.grid_worker).post("/api/v1/patrols/", round_ | {"at": moment}, "json")
    assert (sent.status_code, list(sent.json()["errors"])) == (400, ["at"])


def test_a_campaign_over_all_of_time_is_no_campaign(cast, api):
    days = {"starts": "0001-01-01", "ends": "9999-12-31"}
    body = {"owner": cast.street.code, "name": "清单"} | days
    sent = api(cast.street_cadre).post("/api/v1/campaigns/", body, "json")
    assert (sent.status_code, sorted(sent.json()["errors"])) == (400, ["ends", "starts"])


# What PostgreSQL keeps in no text: on it, these were errors of the server.
NUL = "a\0b"


def test_codes_with_nul_name_nothing_over_the_api(cast, api):
    make.category(code="parking")
    keeper, home = cast.community_worker, make.household(cast.building)
    bodies = {
        "tasks/": (keeper, {"unit": NUL, "category": "parking", "text": "有车乱停"}),
        "households/": (keeper, {"building": NUL, "room": "501"}),
        "claims/": (cast.owner, {"household": NUL, "relation": "owner"}),
        "bodies/": (keeper, {"unit": NUL, "kind": "council"}),
        "contracts/": (keeper, {"compound": NUL, "kind": "contract", "starts": "2026-01-01"}),
        "building-posts/": (keeper, {"building": NUL, "role": "head", "name": "王一"}),
        "patrols/": (keeper, {"unit": NUL, "items": ["fire"], "event_id": str(uuid4())}),
        "links/": (cast.secretary, {"member": 1, "households": [home.code, NUL]}),
    }
    answers = {
        path: api(who).post(f"/api/v1/{path}", body, "json").status_code
        for path, (who, body) in bodies.items()
    }
    assert answers == dict.fromkeys(bodies, 400)


def test_forms_read_without_a_form_take_no_nul(cast, page):
    task = make.task(cast)
    one = claims.claim(
        household=make.household(cast.building), relation=Relation.OWNER, by=cast.owner,
        now=make.NOW,
    )  # fmt: skip
    keeper = page(cast.community_worker)
    answers = {
        "home": page(cast.owner).post("/me/home/set/", {"unit": NUL}).status_code,
        "reason": keeper.post(f"/claims/{one.pk}/refuse/", {"reason": NUL}).status_code,
        "contact": keeper.post(f"/tasks/{task.number}/reveal/", {"reason": NUL}).status_code,
        "bulk": keeper.post("/tasks/bulk/", {"action": "accept", "numbers": [NUL]}).status_code,
        "move": page(cast.admin)
        .post(f"/units/{cast.compound.code}/move/", {"parent": NUL})
        .status_code,
    }
    assert answers == {"home": 404, "reason": 400, "contact": 400, "bulk": 302, "move": 400}


@pytest.mark.parametrize("number", ["1e400", "-1e400", "[1e400]", '{"a": 1e400}'])
def test_a_number_beyond_all_numbers_is_unreadable(cast, api, number):
    home = make.household(cast.building)
    sent = api(cast.community_worker).post(
        f"/api/v1/households/{home.code}/people/",
        f'{{"name": "钱一", "relation": "family", "guardian": {number}}}',
        content_type="application/json",
    )
    assert (sent.status_code, sent.json()["code"]) == (400, "invalid")
