"""The loop through the API: the story, the shapes of answers, and what is refused how."""

from uuid import uuid4

import pytest

from orgs.enums import AuditResult
from orgs.models import AuditEntry, User
from tasks.enums import Action, Status
from tasks.models import Task
from tasks.reports.api import ReportBody
from tasks.workflow.api.bodies import DispatchBody
from tests import factories as make

PROBLEM = "application/problem+json"


def post(client, task, action, **body):
    return client.post(f"/api/v1/tasks/{task.number}/{action}/", body, format="json")


def test_one_whistle_from_report_to_rating(cast, api):
    make.category(code="fly-wire-charging", name="飞线充电")
    owner, community, street = api(cast.owner), api(cast.community_worker), api(cast.street_cadre)
    urban, housing = api(cast.urban_officer), api(cast.housing_officer)
    made = owner.post(
        "/api/v1/tasks/",
        {
            "unit": cast.building.code,
            "category": "fly-wire-charging",
            "text": "5栋2单元有人从楼上拉线给电动车充电",
        },
        format="json",
    )
    assert made.status_code == 201
    body = made.json()
    assert (body["status"], body["light"], body["unit_path"]) == (
        "submitted",
        "green",
        "西湖街道 西湖社区 翡翠一品小区 5栋",
    )
    assert set(body["available_actions"]) == {"withdraw", "comment", "urge"}
    task = Task.objects.get(number=body["number"])
    assert (
        post(community, task, "whistle", kind="public", reason="需城管处置").json()["status"]
        == "whistled"
    )
    answer = post(street, task, "dispatch", lead="urban-management", assist=["housing"]).json()
    assert answer["light"] == "green"
    assert [one["department"] for one in answer["assignments"]] == ["urban-management", "housing"]
    assert None not in (answer["report_in_by"], answer["respond_by"], answer["resolve_by"])
    assert post(urban, task, "report-in").json()["status"] == "reported_in"
    assert post(housing, task, "report-in").json()["status"] == "reported_in"
    assert post(urban, task, "contact", text="已与报告人通话").status_code == 200
    assert post(housing, task, "finish", text="已检查线路").status_code == 200
    assert (
        post(urban, task, "resolve", outcome="solved", text="线已拆").json()["status"] == "resolved"
    )
    assert post(street, task, "confirm").json()["status"] == "rating"
    closed = post(owner, task, "rate", contacted=True, resolved=True, stars=5, text="很快").json()
    assert closed["status"] == "closed"
    assert [event["action"] for event in closed["events"]] == [
        "report",
        "whistle",
        "dispatch",
        "report-in",
        "report-in",
        "contact",
        "finish",
        "resolve",
        "confirm",
        "rate",
    ]


# state -> who sees it in that state (beside admin); everybody else gets 404.
ALWAYS = {
    "owner",
    "community_worker",
    "grid_worker",
    "secretary",
    "street_cadre",
    "street_leader",
    "district_cadre",
}
DEPARTMENTS = {"urban_officer", "housing_officer"}
SEERS = {
    Status.SUBMITTED: ALWAYS,
    Status.OFFERED: ALWAYS | {"member", "volunteer"},
    Status.TAKEN: ALWAYS | {"member"},
    Status.WHISTLED: ALWAYS,
    Status.DISPATCHED: ALWAYS | DEPARTMENTS,
    Status.CLOSED: ALWAYS | DEPARTMENTS,
}
NEVER = {
    "sibling_cadre",
    "sibling_worker",
    "other_worker",
    "fire_officer",
    "neighbour",
    "property_clerk",
    "committee_member",
    "auditor",
    "outsider",
}


@pytest.mark.parametrize("status", SEERS)
def test_who_sees_a_task(cast, api, status):
    task = make.task(cast, status)
    everybody = ALWAYS | DEPARTMENTS | NEVER | {"member", "volunteer"}
    seen = {
        who
        for who in everybody
        if api(getattr(cast, who)).get(f"/api/v1/tasks/{task.number}/").status_code == 200
    }
    listed = {
        who for who in everybody if api(getattr(cast, who)).get("/api/v1/tasks/").json()["results"]
    }
    assert seen == listed == SEERS[status]


def test_a_former_department_keeps_reading(cast, api):
    task = make.act(make.task(cast, Status.DISPATCHED), Action.RECALL, cast.street_cadre)
    assert api(cast.urban_officer).get(f"/api/v1/tasks/{task.number}/").status_code == 200


def test_a_department_sees_the_contact_masked_and_no_hidden_name(cast, api):
    shown = make.task(cast, Status.DISPATCHED)
    hidden = make.task(cast, Status.DISPATCHED, hide_name=True)
    client = api(cast.urban_officer)
    one = client.get(f"/api/v1/tasks/{shown.number}/").json()
    two = client.get(f"/api/v1/tasks/{hidden.number}/").json()
    assert (one["contact_name"], one["contact_phone"]) == ("沈**", "138****5678")
    assert (two["contact_name"], two["contact_phone"]) == ("", "138****5678")
    assert "沈" not in str(two["events"])
    own = api(cast.owner).get(f"/api/v1/tasks/{hidden.number}/").json()
    assert (own["contact_name"], own["contact_phone"]) == ("沈业主", "13800005678")


def test_internal_comments_stay_with_the_authorities(cast, api):
    task = make.task(cast, Status.DISPATCHED)
    post(api(cast.street_cadre), task, "comment", text="请注意方式", internal=True)
    post(api(cast.street_cadre), task, "comment", text="正在处理")
    remarks = {
        who: [
            event["text"]
            for event in api(getattr(cast, who))
            .get(f"/api/v1/tasks/{task.number}/")
            .json()["events"]
            if event["action"] == "comment"
        ]
        for who in ("owner", "community_worker", "urban_officer")
    }
    assert remarks == {
        "owner": ["正在处理"],
        "community_worker": ["请注意方式", "正在处理"],
        "urban_officer": ["请注意方式", "正在处理"],
    }


# --- Refusals ---


@pytest.mark.parametrize(
    ("who", "action", "body", "status", "code"),
    [
        (None, "accept", {}, 401, "not_authenticated"),
        ("outsider", "accept", {}, 404, "not_found"),
        ("sibling_worker", "accept", {}, 404, "not_found"),
        ("owner", "accept", {}, 403, "permission_denied"),
        ("street_cadre", "accept", {}, 403, "permission_denied"),
        ("street_cadre", "dispatch", {"lead": "urban-management"}, 409, "wrong_state"),
        ("community_worker", "whistle", {"kind": "loud", "reason": "x"}, 400, "invalid"),
        ("community_worker", "whistle", {"kind": "public"}, 400, "invalid"),
        ("community_worker", "decline", {"reason_code": "lazy", "reason": "x"}, 400, "invalid"),
        (
            "community_worker",
            "decline",
            {"reason_code": "secret", "reason": "\x00"},
            400,
            "invalid",
        ),
        ("community_worker", "transfer", {"unit": "nowhere"}, 400, "invalid"),
        ("community_worker", "merge", {"into": "HZ000"}, 400, "invalid"),
        ("community_worker", "whistle", ["not", "an", "object"], 400, "invalid"),
    ],
)
def test_what_is_refused_and_how(cast, api, who, action, body, status, code):
    task = make.task(cast)
    client = api(getattr(cast, who) if who else None)
    answer = client.post(f"/api/v1/tasks/{task.number}/{action}/", body, format="json")
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM)
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert {"type", "title", "detail"} <= set(problem)
    assert Task.objects.get(pk=task.pk).status == "submitted"


def test_a_wrong_state_says_what_is_possible(cast, api):
    answer = post(api(cast.street_cadre), make.task(cast, Status.WHISTLED), "recall").json()
    assert answer["task_status"] == "whistled"
    assert "dispatch" in answer["available_actions"]


def test_an_unknown_action_is_not_found(cast, api):
    assert post(api(cast.community_worker), make.task(cast), "expire").status_code == 404


def test_a_refusal_is_audited(cast, api):
    task = make.task(cast)
    post(api(cast.owner), task, "accept")
    entry = AuditEntry.objects.filter(result=AuditResult.REFUSED).latest("id")
    assert (entry.actor_id, entry.detail["target"]) == (cast.owner.pk, {"number": task.number})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"unit": "421102999999"}, "unit"),
        ({"category": "no-such-kind"}, "category"),
        ({"category": "heading"}, "category"),
        ({"text": ""}, "text"),
        ({"text": "🚗🚗🚗"}, "text"),
        ({"text": "长" * 10_000}, "text"),
        ({"text": "含有\x00空字符"}, "text"),
        ({"received_at": "2999-01-01T00:00:00+08:00"}, "received_at"),
        ({"lon": 200, "lat": 30}, "lon"),
        ({"lon": 114.8}, "lat"),
        ({"lon": "nan", "lat": 30}, "lon"),
        ({"lon": 114, "lat": "nan"}, "lat"),
        ({"contact_phone": "12345"}, "contact_phone"),
        ({"attachments": ["00000000-0000-0000-0000-000000000000"]}, "attachments"),
    ],
)
def test_a_bad_report_names_the_field(cast, api, change, field):
    make.category(code="parking")
    make.category(code="heading", is_selectable=False)
    body = {"unit": cast.building.code, "category": "parking", "text": "有车乱停"} | change
    answer = api(cast.owner).post("/api/v1/tasks/", body, format="json")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert Task.objects.count() == 0


def test_emoji_in_a_sentence_are_kept(cast, api):
    make.category(code="parking")
    body = {"unit": cast.building.code, "category": "parking", "text": "车又堵门了😡 快来看"}
    answer = api(cast.owner).post("/api/v1/tasks/", body, format="json")
    assert answer.json()["text"] == "车又堵门了😡 快来看"


@pytest.mark.parametrize(
    ("who", "extra", "channel"),
    [
        ("owner", {}, "resident"),
        ("grid_worker", {}, "patrol"),
        ("street_cadre", {}, "cadre"),
        ("community_worker", {"contact_phone": "13900001111"}, "phone"),
        ("community_worker", {"outside_number": "12345-1"}, "hotline"),
        ("urban_officer", {}, "cadre"),
    ],
)
def test_the_channel_follows_who_reports(cast, api, who, extra, channel):
    make.category(code="parking")
    body = {"unit": cast.compound.code, "category": "parking", "text": "有车乱停"} | extra
    answer = api(getattr(cast, who)).post("/api/v1/tasks/", body, format="json")
    assert answer.json()["channel"] == channel


def test_the_same_hotline_ticket_is_taken_once(cast, api):
    make.category(code="parking")
    body = {
        "unit": cast.compound.code,
        "category": "parking",
        "text": "有车乱停",
        "outside_number": "T1",
    }
    client = api(cast.community_worker)
    assert client.post("/api/v1/tasks/", body, format="json").status_code == 201
    again = client.post("/api/v1/tasks/", body, format="json")
    assert (again.status_code, again.json()["code"]) == (400, "ticket_known")


def test_anybody_signed_in_may_report_anywhere_and_follow_it(cast, api):
    make.category(code="parking")
    body = {"unit": cast.other_community.code, "category": "parking", "text": "有车乱停"}
    client = api(cast.outsider)
    number = client.post("/api/v1/tasks/", body, format="json").json()["number"]
    assert client.get(f"/api/v1/tasks/{number}/").status_code == 200


@pytest.mark.parametrize("rows", [1, 30])
def test_a_list_costs_the_same_however_long(cast, api, rows, django_assert_num_queries):
    what = make.category()
    for _number in range(rows):
        make.task(cast, Status.DISPATCHED, category=what)
    client = api(User.objects.get(pk=cast.community_worker.pk))
    with django_assert_num_queries(3):
        assert len(client.get("/api/v1/tasks/").json()["results"]) == rows


def test_pages_follow_by_key(cast, api):
    what = make.category()
    numbers = [make.task(cast, category=what).number for _one in range(5)]
    client = api(cast.community_worker)
    first = client.get("/api/v1/tasks/?limit=3").json()
    second = client.get(first["next"]).json()
    assert [one["number"] for one in first["results"] + second["results"]] == numbers[::-1]
    assert (first["previous"], second["next"]) == (None, None)


def test_filters_narrow_the_list(cast, api):
    task = make.task(cast, Status.WHISTLED)
    make.task(cast)
    client = api(cast.street_cadre)
    by_status = client.get("/api/v1/tasks/?status=whistled").json()["results"]
    by_unit = client.get(f"/api/v1/tasks/?unit={cast.sibling.code}").json()["results"]
    assert ([one["number"] for one in by_status], by_unit) == ([task.number], [])


@pytest.mark.parametrize("name", ["unit", "category", "department", "status", "light", "since"])
def test_a_filter_that_names_nothing_is_refused(cast, api, name):
    make.task(cast)
    answer = api(cast.street_cadre).get(f"/api/v1/tasks/?{name}=nowhere")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [name])


def test_categories_are_listed_with_codes(cast, api):
    heading = make.category(code="traffic", is_selectable=False)
    make.category(code="parking", name="停车", parent=heading)
    assert api(cast.outsider).get("/api/v1/categories/").json()["results"] == [
        {"code": "parking", "name": "停车", "urgent": False, "parent": "traffic"},
        {"code": "complaints", "name": "投诉建议", "urgent": False, "parent": None},
        {"code": "other", "name": "其他", "urgent": False, "parent": None},
    ]


def test_an_action_with_an_idempotency_key_is_done_once(cast, api):
    task = make.task(cast)
    client = api(cast.community_worker)
    address = f"/api/v1/tasks/{task.number}/comment/"
    key = {"HTTP_IDEMPOTENCY_KEY": "k1"}
    first = client.post(address, {"text": "已看"}, format="json", **key)
    again = client.post(address, {"text": "已看"}, format="json", **key)
    other = client.post(address, {"text": "别的"}, format="json", **key)
    assert (first.status_code, again.json(), other.status_code) == (200, first.json(), 409)
    assert task.events.filter(action="comment").count() == 1


# --- What bodies may name ---


def test_photos_are_found_by_one_query_and_at_most_nine(cast, api, django_assert_num_queries):
    make.category(code="parking")
    body = {"unit": cast.building.code, "category": "parking", "text": "有车乱停"}
    keys = [str(uuid4()) for _key in range(10)]
    client = api(cast.owner)
    answer = client.post("/api/v1/tasks/", body | {"attachments": keys}, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["attachments"])
    form = ReportBody(data=body | {"attachments": keys[:9]})
    # The place, the kind, all photos.
    with django_assert_num_queries(3):
        assert not form.is_valid()
    assert list(form.errors) == ["attachments"]


def test_many_departments_cost_one_query_and_twenty_is_the_most(
    cast, api, django_assert_num_queries
):
    offices = [make.department(cast.district).code for _number in range(20)]
    body = DispatchBody(data={"lead": "fire", "assist": offices})
    with django_assert_num_queries(1):
        assert body.is_valid()
    assert [one.code for one in body.validated_data["assist"]] == offices
    for assist in ([*offices, "housing"], ["nobody"]):
        body = DispatchBody(data={"lead": "fire", "assist": assist})
        assert (body.is_valid(), list(body.errors)) == (False, ["assist"])


def test_the_lead_named_again_as_assisting_is_left_out(cast, api):
    task = make.task(cast, Status.WHISTLED)
    assist = ["urban-management", "housing"]
    answer = post(api(cast.street_cadre), task, "dispatch", lead="urban-management", assist=assist)
    named = [(one["department"], one["role"]) for one in answer.json()["assignments"]]
    assert named == [("urban-management", "lead"), ("housing", "assist")]


def test_a_number_to_merge_into_may_be_typed_in_small_letters(cast, api):
    task, other = make.task(cast), make.task(cast)
    answer = post(api(cast.community_worker), task, "merge", into=other.number.lower())
    assert answer.status_code == 200
    assert Task.objects.get(pk=task.pk).merged_into == other
