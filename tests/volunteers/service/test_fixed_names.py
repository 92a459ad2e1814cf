"""The calls of service that other software holds on to: addresses, bodies and answers by their fixed names."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from orgs.enums import Role
from tests import factories as make
from tests.volunteers.service import service_factories as serve
from volunteers.service.accounts import ledgers
from volunteers.service.enums import EntryKind, EntrySource
from volunteers.service.models import Participant

pytestmark = pytest.mark.django_db
NOW = make.NOW
START = NOW + timedelta(days=1)
END = START + timedelta(hours=2)
V1 = "/api/v1/"


def keys(answer, status, *names):
    """The body of an answer that has the status and at least these keys."""
    assert answer.status_code == status, answer.content
    body = answer.json()
    assert set(names) <= body.keys(), set(names) - body.keys()
    return body


def refused(answer, status, code):
    assert answer.headers["content-type"].startswith("application/problem+json")
    body = keys(answer, status, "type", "title", "status", "detail", "code")
    assert body["code"] == code


def post(client, address, body=None):
    return client.post(f"{V1}{address}", body or {}, format="json")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


def test_items_orders_and_report_ins(api, cast):
    listed = keys(api(cast.owner).get(f"{V1}service-items/"), 200, "results", "next", "previous")
    item = listed["results"][0]
    assert {"code", "class", "name", "minutes", "points", "kind", "version"} <= item.keys()
    body = {"unit": cast.building.code, "item": item["code"], "text": "请帮忙"}
    keys(post(api(cast.owner), "service-orders/", body), 201, "id", "status")
    sent = {"unit": cast.compound.code, "organisation": serve.employer().code}
    made = keys(post(api(cast.member), "report-ins/", sent), 201, "id", "status", "certificate")
    assert (made["status"], bool(made["certificate"])) == ("reported", True)
    refused(post(api(cast.member), "report-ins/", sent), 409, "already_reported_in")


def test_posts_and_their_claims(api, cast):
    body = {
        "unit": cast.compound.code,
        "title": "楼道安全员",
        "duty": "每周巡查一次",
        "number": 1,
        "from": "2026-01-01",
        "until": "2026-12-31",
    }
    made = keys(post(api(cast.secretary), "posts/", body), 201, "id", *body)
    assert keys(api(cast.member).get(f"{V1}posts/"), 200, "results")["results"]
    first = keys(post(api(cast.member), f"posts/{made['id']}/claim/"), 201, "id", "status")
    wrong = {"reason": "另有安排"}
    keys(post(api(cast.secretary), f"post-claims/{first['id']}/refuse/", wrong), 200, "status")
    again = keys(post(api(cast.member), f"posts/{made['id']}/claim/"), 201, "id")
    keys(post(api(cast.secretary), f"post-claims/{again['id']}/confirm/"), 200, "status")
    refused(post(api(cast.volunteer), f"posts/{made['id']}/claim/"), 409, "post_full")
    rating = {"rating": "good", "text": "尽责"}
    keys(post(api(cast.secretary), f"post-claims/{again['id']}/rate/", rating), 200, "status")


def test_an_activity_from_the_plan_to_the_appeal(api, client, cast, clock):
    desk, phone = api(cast.secretary), api(cast.member)
    plan = {
        "unit": cast.compound.code,
        "title": "清洁日",
        "starts_at": START.isoformat(),
        "ends_at": END.isoformat(),
        "places": 5,
        "kind": "service",
        "item": serve.item().code,
        "minutes_kind": "voluntary",
        "risk": "注意来往车辆",
        "insurance": "志愿者保险",
    }
    made = keys(post(desk, "activities/", plan), 201, "id", *plan, "state")
    at = f"activities/{made['id']}/"
    assert made["state"] == "draft"
    assert keys(post(desk, f"{at}publish/"), 200, "state")["state"] == "published"
    keys(post(phone, f"{at}sign-up/"), 201, "id", "status")
    clock.move_to(START, tick=False)
    for direction, verb, later in (("in", "check-in", START), ("out", "check-out", END)):
        clock.move_to(later, tick=False)
        code = keys(
            desk.get(f"{V1}{at}pass/?direction={direction}"),
            200, "token", "digits", "url", "direction", "valid_until",
        )  # fmt: skip
        scanned = client.post(
            f"{V1}{at}scan/", {"token": code["token"]}, content_type="application/json"
        )
        given = keys(scanned, 200, "pass", "expires_at")
        check = {"pass": given["pass"], "event_id": str(uuid4())}
        keys(
            post(phone, f"{at}{verb}/", check),
            200, "state", "credited_minutes", "how_to_check_out",
        )  # fmt: skip
    person = Participant.objects.get(account=cast.member).pk
    rows = {"people": [{"person": person, "state": "as_planned", "minutes": 120}, {"person": 0}]}
    results = keys(post(desk, f"{at}roll-call/", rows), 200, "results")["results"]
    assert [set(row) for row in results] == [{"person", "ok", "code", "detail"}] * 2
    assert keys(post(desk, f"{at}hold/"), 200, "state")["state"] == "held"
    month = keys(
        phone.get(f"{V1}me/service/?month={START:%Y-%m}"),
        200, "month", "state", "activities", "minutes", "met", "entries",
    )  # fmt: skip
    (entry,) = month["entries"]
    assert {"id", "kind", "minutes", "counts", "reason"} <= entry.keys()
    assert (month["minutes"], month["activities"], month["state"]) == (120, 1, "open")
    points = keys(phone.get(f"{V1}me/points/"), 200, "balance", "entries")
    assert {"id", "amount", "source", "prev", "hash"} <= points["entries"][0].keys()
    appeal = keys(post(phone, "appeals/", {"entry": entry["id"], "reason": "多算了"}), 201, "id")
    decision = {"granted": False, "reason": "记录无误"}
    refused(post(phone, f"appeals/{appeal['id']}/decide/", decision), 403, "own_case")
    keys(post(api(cast.street_cadre), f"appeals/{appeal['id']}/decide/", decision), 200, "status")


def test_a_cancelled_activity(api, cast):
    made = serve.activity(cast, state="published")
    body = {"reason": "下雨"}
    answer = post(api(cast.secretary), f"activities/{made.pk}/cancel/", body)
    assert keys(answer, 200, "state")["state"] == "cancelled"


def test_rewards(api, cast):
    shop = make.user("shop")
    make.position(shop, Role.SHOP_STAFF, cast.community)
    towel, rare = serve.reward(cast), serve.reward(cast, points=999)
    gone = serve.reward(cast, stock=0)
    account = ledgers.locked_points(serve.participant(cast.compound, cast.member))
    ledgers.book(
        account, amount=50, kind=EntryKind.AWARD, source=EntrySource.CREDIT, source_id=1,
        month=NOW.date(), text="服务", by=None, now=NOW,
    )  # fmt: skip
    keys(api(cast.member).get(f"{V1}rewards/"), 200, "results")
    refused(post(api(cast.member), f"rewards/{gone.pk}/redeem/"), 409, "out_of_stock")
    refused(post(api(cast.member), f"rewards/{rare.pk}/redeem/"), 409, "not_enough_points")
    names = ("id", "code", "expires_at", "status")
    held = keys(post(api(cast.member), f"rewards/{towel.pk}/redeem/"), 201, *names)
    assert held["status"] == "held"
    other = keys(post(api(cast.member), f"rewards/{towel.pk}/redeem/"), 201, *names)
    cancelled = keys(post(api(cast.member), f"redemptions/{other['id']}/cancel/"), 200, "status")
    assert cancelled["status"] == "cancelled"
    code = {"code": held["code"]}
    done = keys(post(api(shop), f"redemptions/{held['id']}/hand-over/", code), 200, "status")
    assert done["status"] == "handed_over"
