"""Patrols: written down once, passed on, looked at again, kept in Excel."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils.html import escape
from openpyxl import load_workbook

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import AuditEntry
from tasks.enums import Channel, Status
from tasks.models import Patrol, Task
from tasks.patrols import export, patrols
from tests import factories as make
from tests.files import photo, upload

URL = "/api/v1/patrols/"


def fetched(answer):
    """The workbook of a download."""
    return load_workbook(BytesIO(b"".join(answer.streaming_content)))


def go(cast, **values):
    return patrols.record(
        **{
            "unit": cast.building, "items": ["fire"], "event_id": uuid4(), "by": cast.grid_worker,
            "now": make.NOW,
        }
        | values
    )  # fmt: skip


def test_a_round_without_a_finding_opens_nothing(cast):
    patrol = go(cast, items=["fire", "gas", "fire"])
    assert (patrol.items, patrol.task, patrol.is_open) == (["fire", "gas"], None, False)
    assert Task.objects.count() == 0


def test_a_finding_is_passed_on_as_a_task(cast):
    patrol = go(cast, finding="楼道堆物", category=make.category())
    assert patrol.task.channel == Channel.PATROL
    assert patrol.task.status == Status.SUBMITTED
    assert patrol.task.text == "楼道堆物"


def test_a_draft_sent_twice_is_one_round_and_one_task(cast):
    mark, kind = uuid4(), make.category()
    first = go(cast, event_id=mark, finding="楼道堆物", category=kind)
    assert go(cast, event_id=mark, finding="楼道堆物", category=kind) == first
    assert (Patrol.objects.count(), Task.objects.count()) == (1, 1)


def test_another_persons_mark_answers_nothing(cast):
    mark = uuid4()
    go(cast, event_id=mark)
    with pytest.raises(Refused) as refused:
        go(cast, event_id=mark, by=cast.community_worker)
    assert refused.value.code == "mark_taken"


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("items", {"items": []}),
        ("items", {"items": ["nonsense"]}),
        ("finding", {"finding": "长" * 5000}),
        ("lat", {"lon": 114.9}),
        ("lon", {"lon": float("nan"), "lat": 30.4}),
        ("at", {"at": make.NOW + timedelta(minutes=1)}),
        ("at", {"at": make.NOW - timedelta(days=32)}),
        ("at", {"at": datetime.max.replace(tzinfo=UTC), "due_on": make.NOW.date()}),
        ("due_on", {"due_on": make.NOW.date() - timedelta(days=1), "finding": "堆物"}),
    ],
)
def test_what_is_not_right_is_named(cast, field, values):
    with pytest.raises(Refused) as refused:
        go(cast, **values)
    assert refused.value.fields.keys() == {field}
    assert Patrol.objects.count() == 0


def test_a_kind_without_a_finding_is_refused(cast):
    with pytest.raises(Refused):
        go(cast, category=make.category())


@pytest.mark.parametrize("who", ["sibling_worker", "street_cadre", "member", "owner"])
def test_others_patrol_nothing_here(cast, who):
    with pytest.raises(NotAllowed):
        go(cast, by=getattr(cast, who))


def test_what_is_not_audited_is_not_kept(cast, monkeypatch):
    real = audit.record

    def broken(action, **values):
        if action == "tasks.record-patrol":
            raise RuntimeError(action)
        return real(action, **values)

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError):
        go(cast, finding="楼道堆物", category=make.category())
    assert (Patrol.objects.count(), Task.objects.count()) == (0, 0)


def test_a_finding_is_looked_at_again_once(cast):
    patrol = go(cast, finding="灭火器过期", advice="更换")
    done = patrols.recheck(patrol=patrol, result="已更换", by=cast.community_worker, now=make.NOW)
    assert (done.result, done.rechecked_by, done.is_open) == (
        "已更换",
        cast.community_worker,
        False,
    )
    with pytest.raises(WrongState):
        patrols.recheck(patrol=patrol, result="已更换", by=cast.grid_worker, now=make.NOW)


def test_the_database_refuses_half_a_recheck(cast):
    patrol = go(cast, finding="灭火器过期")
    with pytest.raises(IntegrityError), transaction.atomic():
        Patrol.objects.filter(pk=patrol.pk).update(rechecked_at=make.NOW)


# --- API ---------------------------------------------------------------------------------------


def test_a_phone_sends_what_it_kept(api, cast):
    client, mark = api(cast.grid_worker), str(uuid4())
    picture = client.post("/api/v1/attachments/", {"file": upload(photo())}, format="multipart")
    kind = make.category()
    body = {
        "unit": cast.building.code, "items": ["fire", "bikes"], "event_id": mark,
        "finding": "飞线充电", "category": kind.code, "attachments": [picture.json()["id"]],
    }  # fmt: skip
    answers = [client.post(URL, body, format="json") for _twice in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["task"] == answers[1].json()["task"] == Task.objects.get().number
    rows = client.get(URL).json()["results"]
    assert [row["event_id"] for row in rows] == [mark]


def test_bad_input_is_a_problem(api, cast):
    client = api(cast.grid_worker)
    answer = client.post(URL, {"unit": "nowhere", "items": ["x"], "event_id": "1"}, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"].keys() == {"unit", "items", "event_id"}


def test_half_a_point_is_a_problem_and_no_fault_of_the_server(api, cast):
    body = {
        "unit": cast.building.code, "items": ["fire"], "event_id": str(uuid4()), "lon": 114.9,
        "finding": "飞线充电", "category": make.category().code,
    }  # fmt: skip
    answer = api(cast.grid_worker).post(URL, body, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["lat"])


def test_rounds_of_others_are_out_of_sight(api, cast):
    patrol = go(cast, finding="灭火器过期")
    assert api(cast.sibling_worker).get(URL).json()["results"] == []
    answer = api(cast.sibling_worker).post(
        f"{URL}{patrol.pk}/recheck/", {"result": "x"}, format="json"
    )
    assert answer.status_code == 404
    answer = api(cast.street_cadre).post(
        f"{URL}{patrol.pk}/recheck/", {"result": "x"}, format="json"
    )
    assert answer.status_code == 403


# --- Pages -------------------------------------------------------------------------------------


def test_the_form_works_without_scripts(page, cast):
    client = page(cast.grid_worker)
    assert client.get("/patrols/new/").status_code == 200
    body = {
        "unit": cast.building.code, "items": ["fire"], "event_id": str(uuid4()),
        "finding": "飞线充电", "category": make.category().code, "photos": upload(photo()),
    }  # fmt: skip
    answer = client.post("/patrols/new/", body, follow=True)
    assert Task.objects.get().number in answer.content.decode()


def test_the_form_names_nobody(page, cast):
    text = page(cast.grid_worker).get("/patrols/new/").content.decode()
    assert cast.grid_worker.name not in text


def test_half_a_form_survives(page, cast):
    answer = page(cast.grid_worker).post(
        "/patrols/new/", {"finding": "飞线充电", "event_id": uuid4()}
    )
    assert answer.status_code == 400
    assert "飞线充电" in answer.content.decode()
    assert answer.context["form"].errors.keys() == {"unit", "items"}


def test_the_list_and_the_roster(page, cast):
    go(cast, finding="=HYPERLINK(1)", advice="更换", due_on=make.NOW.date())
    client = page(cast.community_worker)
    assert "HYPERLINK" in client.get("/patrols/?open=1").content.decode()
    book = fetched(client.get("/patrols/export/"))
    headings, first = book.active.iter_rows(values_only=True)
    assert headings[:4] == ("序号", "巡查日期", "巡查区域", "巡查楼栋")
    assert (first[3], first[6]) == ("5栋", "'=HYPERLINK(1)")
    client.post(f"/patrols/{Patrol.objects.get().pk}/recheck/", {"result": "已更换"})
    assert Patrol.objects.get().result == "已更换"


def test_list_and_roster_show_the_days_chosen(page, cast):
    for days in (0, 1, 9):
        go(cast, now=make.NOW - timedelta(days=days), finding=f"第{days}天")
    client = page(cast.community_worker)
    first, last = (make.NOW - timedelta(days=days) for days in (9, 1))
    query = f"?first={first:%Y-%m-%d}&last={last:%Y-%m-%d}"
    shown = client.get(f"/patrols/{query}")
    assert {row.finding for row in shown.context["page"].rows} == {"第1天", "第9天"}
    assert f"/patrols/export/{escape(query)}" in shown.content.decode()
    rows = list(fetched(client.get(f"/patrols/export/{query}")).active.iter_rows(values_only=True))
    assert [row[6] for row in rows[1:]] == ["第9天", "第1天"]
    refused = client.get("/patrols/export/?first=9999-99-99", follow=True)
    assert refused.redirect_chain == [("/patrols/?first=9999-99-99", 302)]
    assert refused.context["form"].errors.keys() == {"first"}


def test_a_roster_that_is_too_long_says_so(page, cast, monkeypatch):
    monkeypatch.setattr(export, "MAX_ROWS", 1)
    go(cast)
    client = page(cast.community_worker)
    assert client.get("/patrols/export/").status_code == 200
    go(cast)
    answer = client.get("/patrols/export/", headers={"Referer": "/patrols/"}, follow=True)
    assert "一张表最多 1 次巡查，请缩小日期范围。" in answer.content.decode()
    assert AuditEntry.objects.filter(action="tasks.export-patrols").count() == 1


@pytest.mark.parametrize("rows", [1, 30])
def test_statements_do_not_grow_with_rows(page, cast, rows, django_assert_max_num_queries):
    for _number in range(rows):
        go(cast, finding="灭火器过期")
    client = page(cast.community_worker)
    client.get("/patrols/")
    with django_assert_max_num_queries(8):
        client.get("/patrols/")
