"""The hotline's own limit as light, filter and order; its number in every search; its answers as a sheet."""

import io
from datetime import timedelta

import pytest
import time_machine
from openpyxl import load_workbook

from tasks.enums import Action, Light, Outcome, Status
from tasks.hotline import replies
from tasks.hotline.roster import HOTLINE
from tasks.models import Task
from tasks.workflow.limits.limits import with_reply_light
from tests import factories as make
from tests.factories import NOW

HOURS = [-30, -1, 0, 1, 23, 24, 25, 60]


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


def ticket(cast, number: str, hours: float | None = 48, **values) -> Task:
    reply_by = None if hours is None else NOW + timedelta(hours=hours)
    return make.task(
        cast, by=cast.community_worker, outside_number=number, reply_by=reply_by, **values
    )


@pytest.mark.parametrize("answered", [None, -2, 2])
def test_the_light_of_a_row_is_what_the_list_finds(cast, answered):
    for place, hours in enumerate([*HOURS, None]):
        task = ticket(cast, f"HB-{place}", hours)
        if answered is not None:
            task = make.act(task, Action.ACCEPT, cast.community_worker)
            moment = NOW + timedelta(hours=answered)
            done = {"outcome": Outcome.SOLVED, "text": "已处理"}
            make.act(task, Action.RESOLVE, cast.community_worker, now=moment, **done)
    make.task(cast)
    for light in Light:
        found = set(with_reply_light(Task.objects.all(), light, NOW).values_list("pk", flat=True))
        assert found == {one.pk for one in Task.objects.all() if one.reply_light(NOW) == light}


def test_a_limit_turns_yellow_on_its_last_day_and_red_after_it(cast):
    lights = [ticket(cast, f"HB-{hours}", hours).reply_light(NOW) for hours in (25, 23, -1)]
    assert lights == [Light.GREEN, Light.YELLOW, Light.RED]
    assert make.task(cast).reply_light(NOW) is None


def numbers_in(answer, *tasks) -> list[str]:
    text = answer.content.decode()
    shown = [task.number for task in tasks if task.number in text]
    return sorted(shown, key=text.index)


def test_the_list_filters_and_sorts_by_the_answer_s_limit(cast, page):
    late, soon, later = (ticket(cast, f"HB-{hours}", hours) for hours in (-1, 3, 90))
    other = make.task(cast)
    answered = ticket(cast, "HB-answered", 1)
    answered = make.act(answered, Action.ACCEPT, cast.community_worker)
    done = {"outcome": Outcome.SOLVED, "text": "已处理"}
    make.act(answered, Action.RESOLVE, cast.community_worker, **done)
    browser = page(cast.community_worker)
    everything = late, soon, later, other, answered
    assert numbers_in(browser.get("/tasks/?reply=red"), *everything) == [late.number]
    in_order = browser.get("/tasks/?sort=reply_by")
    assert numbers_in(in_order, *everything) == [late.number, soon.number, later.number]
    text = in_order.content.decode()
    assert ("回复已超时 1 小时" in text, "回复还剩 3 小时" in text) == (True, True)


def test_the_sorted_list_pages_by_key_both_ways(cast, page, monkeypatch):
    monkeypatch.setattr("tasks.lists.views.tasks.ROWS", 2)
    tickets = [ticket(cast, f"HB-{place}", 5 + place // 2) for place in range(5)]
    browser, seen, address = page(cast.community_worker), [], "?sort=reply_by"
    for _page in range(3):
        answer = browser.get(f"/tasks/{address}")
        seen.append(numbers_in(answer, *tickets))
        shown = answer.context["page"]
        address = shown.next or shown.previous
    assert seen == [[t.number for t in tickets[s : s + 2]] for s in (0, 2, 4)]
    assert numbers_in(browser.get(f"/tasks/{address}"), *tickets) == seen[1]
    for wrong in ("x", "2026-01-01~1", "~", "2026-01-01T00:00:00+08:00~99999999999999999999"):
        assert browser.get("/tasks/", {"sort": "reply_by", "after": wrong}).status_code == 200
    assert browser.get("/tasks/?sort=nothing").status_code == 200


def test_an_outside_number_is_found_everywhere(cast, page, api):
    task = ticket(cast, "HB-20260310-0777", contact_phone="13971110001")
    other = ticket(cast, "HB-20260310-0888")
    listed = page(cast.street_cadre).get("/tasks/?q=20260310-0777")
    assert numbers_in(listed, task, other) == [task.number]
    found = api(cast.street_cadre).get("/api/v1/tasks/", {"q": "HB-20260310-0777"}).data["results"]
    assert [one["number"] for one in found] == [task.number]
    assert [one["reply_light"] for one in found] == ["green"]
    admin = page(cast.admin).get("/admin/tasks/task/?q=HB-20260310-0777")
    assert numbers_in(admin, task, other) == [task.number]


def test_whoever_called_the_hotline_follows_it_by_its_number(cast, page):
    task = ticket(cast, "HB-20260310-0777", contact_phone="13971110001")
    without = ticket(cast, "HB-20260310-0888")
    sent = page().post("/progress/", {"number": "HB-20260310-0777", "digits": "0001"})
    assert sent.headers["Location"] == f"/progress/{task.number}/"
    for number, digits in (("HB-20260310-0777", "0002"), (without.outside_number, "")):
        assert page().post("/progress/", {"number": number, "digits": digits}).status_code == 400


def rows_of(response) -> list[list]:
    content = b"".join(response.streaming_content)
    return [
        list(row) for row in load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    ]


def test_answers_go_out_in_the_hotline_s_columns(cast, page):
    task = ticket(cast, "HB-1", contact_name="张先生", contact_phone="13971110001")
    task = make.act(task, Action.ACCEPT, cast.community_worker)
    done = {"outcome": Outcome.SOLVED, "text": "已清理"}
    make.act(task, Action.RESOLVE, cast.community_worker, **done)
    ticket(cast, "HB-2", -3)
    make.task(cast)
    answer = page(cast.community_worker).get("/tasks/hotline/replies/")
    headings, first, second = rows_of(answer)
    assert headings == list(replies.HEADINGS)
    assert headings[: len(HOTLINE.columns)] == [column.heading for column in HOTLINE.columns]
    line = dict(zip(headings, first, strict=True))
    assert (line["工单编号"], line["诉求人"], line["联系电话"]) == ("HB-1", "张**", "139****0001")
    assert (line["答复内容"], line["是否按时"], line["办理结果"]) == ("已清理", "是", "已解决")
    late = dict(zip(headings, second, strict=True))
    assert (late["工单编号"], late["是否按时"], late["答复内容"]) == ("HB-2", "否", None)


def test_the_sheet_follows_the_filters_and_the_roles(cast, page):
    ticket(cast, "HB-1", -3)
    ticket(cast, "HB-2")
    answer = page(cast.street_cadre).get("/tasks/hotline/replies/?reply=red")
    assert [row[0] for row in rows_of(answer)[1:]] == ["HB-1"]
    for person in (cast.owner, cast.urban_officer, cast.admin):
        assert page(person).get("/tasks/hotline/replies/").status_code == 403


def test_a_reopened_ticket_is_due_again(cast):
    task = ticket(cast, "HB-1", -1, contact_phone="13971110001")
    task = make.act(task, Action.ACCEPT, cast.community_worker, now=NOW - timedelta(hours=5))
    done = {"outcome": Outcome.SOLVED, "text": "已处理"}
    earlier = {"now": NOW - timedelta(hours=3)}
    task = make.act(task, Action.RESOLVE, cast.community_worker, **earlier, **done)
    task = make.act(task, Action.CONFIRM, cast.community_worker, **earlier)
    assert task.reply_light(NOW) == Light.GREEN
    rated = {"contacted": True, "resolved": False, "stars": 1}
    task = make.act(task, Action.RATE, cast.street_cadre, **rated)
    task = make.act(task, Action.REOPEN, cast.street_cadre, reason="没有解决")
    assert (task.status, task.reply_light(NOW)) == (Status.HANDLING, Light.RED)


def test_whoever_did_the_work_is_named_though_no_department_was_called(cast):
    task = make.act(ticket(cast, "HB-own"), Action.ACCEPT, cast.community_worker)
    task = make.act(task, Action.RESOLVE, cast.community_worker, outcome="solved", text="已处理")
    task = make.act(task, Action.CONFIRM, cast.community_worker)
    content = replies.export(tasks=Task.objects.all(), by=cast.street_cadre, now=NOW)
    headings, row = list(load_workbook(content).active.iter_rows(values_only=True))
    assert dict(zip(headings, row, strict=True))["承办单位"] == "西湖社区"
