"""Emergencies: first, red, never cut off, and whoever has the duty is called at once."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from orgs.calendar import duty
from orgs.models import Notice
from tasks.enums import Action, Status, WhistleKind
from tasks.lists.views import board
from tasks.models import Task
from tasks.workflow.notifications import notify_of_events
from tests import factories as make


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(make.NOW, tick=False):
        yield


def danger(**values):
    """A kind of problem in which lives are in danger."""
    return make.category(name="燃气泄漏", is_urgent=True, **values)


def emergency(cast, status, **values):
    return make.task(cast, status, whistle_kind=WhistleKind.EMERGENCY, **values)


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("street_cadre", "/board/", Status.WHISTLED),
        ("street_cadre", "/board/", Status.DISPATCHED),
        ("urban_officer", "/inbox/", Status.DISPATCHED),
        ("housing_officer", "/inbox/", Status.DISPATCHED),
        ("urban_officer", "/inbox/", Status.REPORTED_IN),
    ],
)
def test_emergencies_come_first_and_are_never_cut(page, cast, monkeypatch, who, path, status):
    monkeypatch.setattr(board, "COLUMN", 2)
    for _number in range(3):
        make.task(cast, status)
    urgent = [
        emergency(cast, status, now=make.NOW + timedelta(minutes=number)).number
        for number in range(4)
    ]
    response = page(getattr(cast, who)).get(path)
    columns = [column for column in response.context["columns"] if column["count"] == 7]
    [rows] = [column["rows"] for column in columns]
    assert [row.task.number for row in rows[:4]] == urgent
    assert [row.urgent for row in rows] == [True] * 4 + [False] * 2
    assert response.content.decode().count("tag-urgent") == 4


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("community_worker", Status.SUBMITTED),
        ("grid_worker", Status.HANDLING),
        ("street_cadre", Status.WHISTLED),
        ("urban_officer", Status.DISPATCHED),
        ("district_cadre", Status.REPORTED_IN),
    ],
)
def test_a_desk_begins_with_emergencies(page, cast, who, status):
    kind = danger()
    urgent = [make.task(cast, status, category=kind) for _number in range(25)]
    make.task(cast, status)
    context = page(getattr(cast, who)).get("/").context
    assert [row.task for row in context["urgent"]] == urgent
    others = [*context["late"], *context["today"], *context["rest"]]
    assert not {row.task for row in others} & set(urgent)


def test_what_is_done_is_no_emergency_any_more(page, cast):
    task = emergency(cast, Status.RESOLVED)
    context = page(cast.street_cadre).get("/").context
    assert context["urgent"] == []
    assert [(row.task, row.urgent) for row in context["rest"]] == [(task, False)]


def test_a_member_finds_it_first(page, cast):
    make.task(cast, Status.OFFERED, now=make.NOW + timedelta(minutes=5))
    first = make.task(cast, Status.OFFERED, category=danger())
    rows = page(cast.member).get("/orders/").context["offered"]["rows"]
    assert rows[0].task.number == first.number


def test_a_tab_of_the_list_shows_all(page, cast):
    task = make.task(cast, category=danger())
    make.task(cast)
    rows = page(cast.community_worker).get("/tasks/?tab=urgent").context["rows"]
    assert [row.task for row in rows] == [task]


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.WHISTLED, Status.DISPATCHED])
def test_a_kind_that_endangers_lives_is_an_emergency_by_itself(cast, status):
    assert make.task(cast, status, category=danger()).is_urgent is True
    assert make.task(cast, status).is_urgent is False


def test_another_whistle_ends_the_emergency_of_the_first(cast):
    task = emergency(cast, Status.WHISTLED)
    assert task.is_urgent is True
    task = make.act(task, Action.RETURN, cast.street_cadre, reason="不急")
    assert task.is_urgent is True
    task = make.act(task, Action.WHISTLE, cast.community_worker, kind="public", reason="再请")
    assert task.is_urgent is False


def test_the_database_keeps_an_emergency_urgent(cast):
    task = emergency(cast, Status.WHISTLED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(is_urgent=False)


@pytest.mark.parametrize(
    ("category", "chosen"), [({"is_urgent": True}, "emergency"), ({}, "public")]
)
def test_the_whistle_proposes_its_kind(page, cast, category, chosen):
    task = make.task(cast, Status.HANDLING, category=make.category(**category))
    form = page(cast.community_worker).get(f"/tasks/{task.number}/whistle/").context["form"]
    assert form["kind"].value() == chosen


def told_urgently(task):
    notify_of_events(make.NOW + timedelta(minutes=1))
    link = f"/tasks/{task.number}/"
    notices = Notice.objects.filter(kind="emergency", link=link)
    return set(notices.values_list("recipient__username", flat=True))


def test_whoever_has_the_duty_is_told_of_the_report_at_once(cast):
    turn = duty.Turn(duty.duty_day(make.NOW), cast.street_leader, None)
    duty.keep(place=cast.street, turns=[turn], by=cast.street_cadre, now=make.NOW)
    task = make.task(cast, category=danger())
    assert told_urgently(task) == {"community", "grid", "leader"}


def test_without_a_roster_all_of_the_street_are_told(cast):
    task = make.task(cast, category=danger())
    assert told_urgently(task) == {"community", "grid", "street", "leader"}


def test_departments_are_called_by_the_kind_too(cast):
    task = make.task(cast, Status.DISPATCHED, category=danger())
    assert {"dept_urban", "dept_housing"} <= told_urgently(task)


def test_the_reporter_reads_whom_to_call(page, cast):
    task = make.task(cast, category=danger())
    sent = page(cast.owner).get(f"/report/sent/{task.number}/").content.decode()
    assert "拨打 119" in sent
    # What an emergency may wait for a department, not what a street lamp may.
    assert "30 分钟内报到，2 小时内" in sent
    calm = make.task(cast)
    assert "拨打 119" not in page(cast.owner).get(f"/report/sent/{calm.number}/").content.decode()


def test_the_api_says_so(cast, api):
    task = make.task(cast, category=danger(code="gas-leak"))
    client = api(cast.community_worker)
    assert client.get(f"/api/v1/tasks/{task.number}/").json()["urgent"] is True
    urgent = {
        one["code"]: one["urgent"] for one in client.get("/api/v1/categories/").json()["results"]
    }
    assert urgent["gas-leak"] is True
