"""Calling back: who handled a case does not ask how it went; 自办自核 comes first."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.enums import Role
from orgs.errors import DomainError, WrongState
from orgs.models import AuditEntry
from tasks.calls import call_backs
from tasks.enums import Action, Outcome, Status
from tasks.models import CallBackTry, Task
from tests import factories as make
from tests.factories import NOW

PHONE = "13971110001"
DONE = {"outcome": Outcome.SOLVED, "text": "已换灯"}


def called_in(cast, **values) -> Task:
    """A call that the grid worker took down, and the community handled up to its result."""
    task = make.task(cast, by=cast.grid_worker, contact_phone=PHONE, **values)
    task = make.act(task, Action.ACCEPT, cast.community_worker)
    return make.act(task, Action.RESOLVE, cast.community_worker, **DONE)


@pytest.fixture
def colleague(cast):
    """Another worker of the same community, who took no part."""
    person = make.user("community9", name="郭社工")
    make.position(person, Role.COMMUNITY_WORKER, cast.community)
    return person


def test_whoever_confirms_their_own_work_is_marked(cast, colleague):
    own = make.act(called_in(cast), Action.CONFIRM, cast.community_worker)
    other = make.act(called_in(cast), Action.CONFIRM, colleague)
    assert (own.self_confirmed, other.self_confirmed) == (True, False)
    assert own.events.get(action=Action.CONFIRM).data == {"self_confirmed": True}


def test_the_mark_goes_when_the_task_is_taken_up_again(cast):
    task = make.act(called_in(cast), Action.CONFIRM, cast.community_worker)
    rated = {"contacted": True, "resolved": False, "stars": 1}
    task = make.act(task, Action.RATE, cast.street_cadre, **rated)
    assert task.self_confirmed
    task = make.act(task, Action.REOPEN, cast.street_cadre, reason="灯又坏了")
    assert (task.status, task.self_confirmed) == (Status.HANDLING, False)


def test_the_street_sees_the_mark(cast, page):
    task = make.act(called_in(cast), Action.CONFIRM, cast.community_worker)
    browser = page(cast.street_cadre)
    for address in (f"/tasks/{task.number}/", "/tasks/?tab=", "/call-backs/"):
        assert "自办自核" in browser.get(address).content.decode()


def test_what_one_confirmed_alone_is_called_first_and_by_others(cast, colleague):
    later = NOW + timedelta(hours=1)
    third = make.user("community8", name="鲁社工")
    make.position(third, Role.COMMUNITY_WORKER, cast.community)
    other = make.act(called_in(cast), Action.CONFIRM, third)
    Task.objects.filter(pk=other.pk).update(moved_at=NOW - timedelta(days=1))
    own = make.act(called_in(cast), Action.CONFIRM, cast.community_worker)
    assert list(call_backs.waiting(colleague, later)) == [own, other]
    assert call_backs.count(colleague, later) == {"all": 2, "own": 1}
    for person in (cast.community_worker, cast.other_worker):
        assert list(call_backs.waiting(person, later)) == []


def test_who_was_not_reached_comes_last_and_may_be_called_again(cast, colleague):
    first = make.act(called_in(cast), Action.CONFIRM, cast.community_worker)
    second = make.act(called_in(cast), Action.CONFIRM, cast.community_worker)
    call_backs.not_reached(task=first, by=colleague, now=NOW)
    soon, later = NOW + timedelta(minutes=10), NOW + timedelta(hours=3)
    assert list(call_backs.waiting(colleague, soon)) == [second, first]
    assert list(call_backs.waiting(colleague, later)) == [first, second]
    rated = make.act(first, Action.RATE, colleague, contacted=True, resolved=True, stars=5)
    assert rated.status == Status.CLOSED


def test_nobody_is_called_twice_within_minutes(cast, colleague):
    task = make.act(called_in(cast), Action.CONFIRM, cast.community_worker)
    call_backs.not_reached(task=task, by=colleague, now=NOW)
    with pytest.raises(DomainError) as refused:
        call_backs.not_reached(task=task, by=cast.street_cadre, now=NOW + timedelta(minutes=1))
    assert refused.value.code == "called_already"
    assert CallBackTry.objects.count() == 1


def test_ones_own_second_tap_is_the_same_call(cast, page, colleague):
    task = make.act(called_in(cast), Action.CONFIRM, cast.community_worker)
    browser = page(colleague)
    for _tap in range(2):
        answer = browser.post(f"/call-backs/{task.number}/", {"do": "missed"})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/call-backs/")
    later = CallBackTry.objects.get().at + timedelta(days=1)
    call_backs.not_reached(task=task, by=colleague, now=later)
    assert CallBackTry.objects.count() == 2


def test_a_task_that_was_rated_meanwhile_takes_no_more_tries(cast, colleague):
    task = make.act(called_in(cast), Action.CONFIRM, cast.community_worker)
    seen = Task.objects.get(pk=task.pk)
    make.act(task, Action.RATE, cast.street_cadre, contacted=True, resolved=True, stars=5)
    with pytest.raises(WrongState):
        call_backs.not_reached(task=seen, by=colleague, now=NOW)


def test_a_call_from_the_list_to_the_rating(cast, page, colleague):
    task = make.act(called_in(cast), Action.CONFIRM, cast.community_worker)
    browser = page(colleague)
    assert task.number in browser.get("/call-backs/").content.decode()
    shown = browser.get(f"/call-backs/{task.number}/").content.decode()
    assert (PHONE in shown, "已换灯" in shown) == (False, True)
    opened = browser.post(f"/call-backs/{task.number}/", {"do": "show"}).content.decode()
    assert PHONE in opened
    assert AuditEntry.objects.get(action="tasks.reveal-contact").detail["purpose"] == "电话回访"
    said = {"contacted": "1", "resolved": "1", "stars": "5", "next": "/call-backs/"}
    answer = browser.post(f"/tasks/{task.number}/rate/", said)
    assert answer.headers["Location"] == "/call-backs/"
    assert task.number not in browser.get("/call-backs/").content.decode()


def test_not_reached_from_the_page(cast, page, colleague):
    task = make.act(called_in(cast), Action.CONFIRM, cast.community_worker)
    browser = page(colleague)
    answer = browser.post(f"/call-backs/{task.number}/", {"do": "missed"})
    assert (answer.status_code, CallBackTry.objects.get().by) == (302, colleague)
    assert "未打通 1 次" in browser.get("/call-backs/").content.decode()


def test_who_took_part_is_refused(cast, page, api):
    task = make.act(called_in(cast), Action.CONFIRM, cast.community_worker)
    browser = page(cast.community_worker)
    assert browser.get(f"/call-backs/{task.number}/").status_code == 403
    address = f"/api/v1/call-backs/{task.number}/not-reached/"
    assert api(cast.community_worker).post(address).status_code == 403


@pytest.mark.parametrize("who", ["owner", "urban_officer", "secretary", "admin", "district_cadre"])
def test_others_have_no_queue(cast, page, api, who):
    assert page(getattr(cast, who)).get("/call-backs/").status_code == 403
    assert api(getattr(cast, who)).get("/api/v1/call-backs/").status_code == 403


def test_the_api_lists_and_notes(cast, api, colleague):
    task = make.act(called_in(cast), Action.CONFIRM, cast.community_worker)
    client = api(colleague)
    found = client.get("/api/v1/call-backs/").data["results"]
    assert [(one["number"], one["self_confirmed"]) for one in found] == [(task.number, True)]
    answer = client.post(f"/api/v1/call-backs/{task.number}/not-reached/")
    assert (answer.status_code, answer.data["number"]) == (200, task.number)
    again = api(cast.street_cadre).post(f"/api/v1/call-backs/{task.number}/not-reached/")
    assert again.status_code == 409
    assert client.post("/api/v1/call-backs/NONE/not-reached/").status_code == 404


def test_the_queue_costs_the_same_at_one_row_and_at_many(
    cast, page, colleague, django_assert_num_queries
):
    browser = page(colleague)
    make.act(called_in(cast), Action.CONFIRM, cast.community_worker)
    browser.get("/call-backs/")
    with CaptureQueriesContext(connection) as one:
        browser.get("/call-backs/")
    for _number in range(6):
        make.act(called_in(cast), Action.CONFIRM, cast.community_worker)
    with django_assert_num_queries(len(one)):
        browser.get("/call-backs/")


def test_the_api_calls_back_in_the_order_of_the_page(cast, colleague, page, api):
    """Self-confirmed first, then who has waited longest, not reached lately last; page by page."""
    tasks = [
        make.act(
            called_in(cast), Action.CONFIRM, colleague if number == 1 else cast.community_worker
        )
        for number in range(4)
    ]
    caller = make.user("street9", name="吕科员")
    make.position(caller, Role.STREET_CADRE, cast.street)
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        call_backs.not_reached(task=tasks[0], by=caller, now=NOW + timedelta(minutes=5))
        rows = page(caller).get("/call-backs/").context["rows"]
        client, address, found = api(caller), "/api/v1/call-backs/?limit=1", []
        while address:
            answer = client.get(address).json()
            found += [row["number"] for row in answer["results"]]
            address, last = answer["next"], answer
        assert client.get(last["previous"]).json()["results"][0]["number"] == found[-2]
        bad = client.get("/api/v1/call-backs/?after=x")
    assert found == [row.number for row in rows]
    assert found == [tasks[number].number for number in (2, 3, 1, 0)]
    assert (bad.status_code, bad.json()["code"]) == (400, "bad_cursor")


def test_call_back_staff_are_asked_about_the_reporter(cast, page, colleague):
    task = make.act(called_in(cast), Action.CONFIRM, cast.community_worker)
    browser, address = page(colleague), f"/tasks/{task.number}/rate/"
    told = {"contacted": "1", "resolved": "0", "stars": "2", "text": "灯还是坏的"}
    asked = browser.post(address, told)
    assert asked.status_code == 400
    words = asked.content.decode()
    assert "报告人要求重新办理吗？" in words
    assert "问题还没有解决，或没有人联系过报告人" in words
    assert "您写的话" not in words
    assert "没有人联系过您" not in words
    done = browser.post(address, told | {"again": "1"}, follow=True)
    assert "您写的话" not in done.content.decode()
    task.refresh_from_db()
    assert task.status == Status.HANDLING
