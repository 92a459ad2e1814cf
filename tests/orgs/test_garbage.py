"""What no client should send is answered with a problem, never with a 500."""

import json

import pytest
from django.test import Client

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
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
