"""The limits of accepting, handling and dispatching: which runs, since when, and who is told."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import translation

from orgs.errors import NotAllowed, Refused
from orgs.models import Notice
from tasks.catalogue import stage_rules
from tasks.enums import Action, LimitKind, StageUrgency, Status
from tasks.models import StageRule, Task
from tasks.workflow.limits.watcher import watch
from tasks.workflow.notifications import notify_of_events
from tasks.workflow.rules.workflow import WORKFLOW
from tests import factories as make

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(make.NOW, tick=False):
        yield


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}+08:00")


@pytest.mark.parametrize(
    ("status", "kind", "limit"),
    [
        (Status.SUBMITTED, "accept", at("10T11:00")),
        (Status.HANDLING, "handle", at("17T17:30")),
        (Status.OFFERED, "handle", at("17T17:30")),
        (Status.TAKEN, "handle", at("17T17:30")),
        (Status.WHISTLED, "dispatch", at("10T11:00")),
        (Status.DISPATCHED, "report_in", at("10T10:00")),
        (Status.RESOLVED, "", None),
        (Status.RATING, "", None),
        (Status.CLOSED, "", None),
        (Status.DECLINED, "", None),
    ],
)
def test_in_every_open_stage_a_limit_runs(cast, api, status, kind, limit):
    task = make.task(cast, status)
    assert (task.limit_kind, task.limit_at) == (kind, limit)
    shown = api(cast.community_worker).get(f"/api/v1/tasks/{task.number}/").json()
    assert shown["due_by"] == (limit.isoformat() if limit else None)
    assert shown["due_kind"] == (kind or None)
    assert bool(shown["light"]) is bool(limit) or status in (
        Status.RESOLVED,
        Status.RATING,
        Status.CLOSED,
    )


@pytest.mark.parametrize(
    ("status", "minutes"),
    [(Status.SUBMITTED, 15), (Status.HANDLING, 24 * 60), (Status.WHISTLED, 15)],
)
def test_emergencies_have_their_own_round_the_clock(cast, status, minutes):
    task = make.task(cast, status, category=make.category(is_urgent=True))
    assert task.limit_at == make.NOW + timedelta(minutes=minutes)


def test_passing_on_begins_anew_and_handling_goes_on(cast):
    task = make.task(cast)
    task = make.act(
        task, Action.TRANSFER, cast.community_worker, make.NOW + HOUR, unit=cast.sibling
    )
    assert (task.limit_kind, task.limit_at) == ("accept", at("10T12:00"))
    task = make.task(cast, Status.HANDLING)
    first = task.limit_at
    day = make.NOW + timedelta(days=1)
    task = make.act(task, Action.OFFER, cast.community_worker, day)
    task = make.act(task, Action.TAKE, cast.member, day)
    assert (task.limit_kind, task.limit_at) == ("handle", first)
    task = make.act(task, Action.RECALL, cast.community_worker, day)
    assert task.limit_at == first


def test_a_task_of_before_there_were_limits_is_in_its_stage_since_it_came_there(cast):
    task = make.task(cast)
    before = {"limit_kind": "", "limit_at": None, "next_step_at": None, "remind_at": None}
    Task.objects.filter(pk=task.pk).update(stage_rule=None, stage_from=None, **before)
    later = make.NOW + timedelta(days=1)
    task = make.act(task, Action.COMMENT, cast.community_worker, later, text="看过")
    assert (task.stage_from, task.limit_at) == (task.moved_at, at("10T11:00"))


def test_what_comes_back_begins_anew(cast):
    day = make.NOW + timedelta(days=1)
    task = make.act(
        make.task(cast, Status.WHISTLED), Action.RETURN, cast.street_cadre, day, reason="社区可办"
    )
    assert (task.limit_kind, task.limit_at) == ("handle", at("18T17:30"))
    task = make.act(make.task(cast, Status.DISPATCHED), Action.RECALL, cast.street_cadre, day)
    assert (task.limit_kind, task.limit_at) == ("dispatch", at("11T11:00"))


def test_a_correction_takes_the_limit_along(cast):
    urgent, calm = make.category(is_urgent=True), make.category()
    later = make.NOW + HOUR
    task = make.task(cast)
    task = make.act(
        task, Action.CORRECT, cast.community_worker, later, category=urgent, reason="漏气"
    )
    assert task.limit_at == later + timedelta(minutes=15)
    task = make.act(
        task, Action.CORRECT, cast.community_worker, later, category=calm, reason="没有"
    )
    assert task.limit_at == later + 2 * HOUR


def test_a_stage_keeps_the_version_with_which_it_began(cast, django_capture_on_commit_callbacks):
    task = make.task(cast)
    old = stage_rules.rules_in_force()[StageUrgency.ORDINARY]
    terms = {name: getattr(old, name) for name in (
        "accept_unit", "handle", "handle_unit", "dispatch", "dispatch_unit", "street_after",
        "district_after", "source",
    )}  # fmt: skip
    new = StageRule(kind=StageUrgency.ORDINARY, accept=60, **terms)
    with django_capture_on_commit_callbacks(execute=True):
        stage_rules.new_rule(rule=new, by=cast.admin, now=make.NOW)
    task = make.act(task, Action.COMMENT, cast.community_worker, text="看过")
    assert (task.stage_rule, task.limit_at) == (old, at("10T11:00"))
    fresh = make.task(cast)
    assert (fresh.stage_rule.version, fresh.limit_at) == (2, at("10T10:00"))


def test_new_limits_are_read_by_others_once_they_are_committed(
    cast, django_capture_on_commit_callbacks
):
    old = stage_rules.rules_in_force()[StageUrgency.ORDINARY]
    values = {one.attname: getattr(old, one.attname) for one in StageRule._meta.concrete_fields}
    new = StageRule(**values | {"id": None, "accept": 60})
    with django_capture_on_commit_callbacks(execute=True):
        stage_rules.new_rule(rule=new, by=cast.admin, now=make.NOW)
        # Meanwhile another request remembers what it reads, which is the former version.
        cache.set(stage_rules._CACHE_KEY, {StageUrgency.ORDINARY: old})
    assert stage_rules.rules_in_force()[StageUrgency.ORDINARY] == new


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"accept": 0}, "accept"),
        ({"handle": 10**6}, "handle"),
        ({"street_after": 999}, "district_after"),
    ],
)
def test_limits_that_nobody_can_reckon_with_are_refused(cast, changed, field):
    old = stage_rules.rules_in_force()[StageUrgency.ORDINARY]
    values = {one.attname: getattr(old, one.attname) for one in StageRule._meta.concrete_fields}
    del values["id"]
    with pytest.raises(Refused) as refusal:
        stage_rules.new_rule(rule=StageRule(**values | changed), by=cast.admin, now=make.NOW)
    assert list(refusal.value.fields) == [field]
    with pytest.raises(NotAllowed):
        stage_rules.new_rule(rule=StageRule(**values), by=cast.street_cadre, now=make.NOW)


def test_what_is_in_force_is_never_changed(cast, page):
    rule = StageRule.objects.first()
    with pytest.raises(Exception, match="append"), transaction.atomic():
        StageRule.objects.filter(pk=rule.pk).update(accept=1)
    browser = page(cast.admin)
    assert browser.get("/admin/tasks/stagerule/").status_code == 200
    assert browser.get("/admin/tasks/stagerule/add/?kind=emergency").status_code == 200


# --- More time -------------------------------------------------------------------------------------


def test_the_street_grants_the_community_more_time(cast):
    until = at("25T10:00")
    task = make.act(
        make.task(cast, Status.HANDLING), Action.REQUEST_EXTENSION, cast.community_worker,
        until=until, reason="等物业资金",
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        make.act(task, Action.DECIDE_EXTENSION, cast.community_worker, granted=True, reason="自批")
    notify_of_events(make.NOW)
    assert Notice.objects.filter(recipient=cast.street_cadre, kind="work").exists()
    task = make.act(task, Action.DECIDE_EXTENSION, cast.street_cadre, granted=True, reason="同意")
    assert (task.limit_at, task.work_by, task.resolve_by) == (until, until, None)
    # It belongs to this handling alone.
    task = make.act(task, Action.WHISTLE, cast.community_worker, kind="public", reason="请部门")
    task = make.act(task, Action.RETURN, cast.street_cadre, make.NOW + HOUR, reason="社区可办")
    assert task.limit_at == at("17T17:30")


def test_who_handed_it_out_grants_the_member_more_time(cast):
    until = at("25T10:00")
    task = make.act(
        make.task(cast, Status.TAKEN),
        Action.REQUEST_EXTENSION,
        cast.member,
        until=until,
        reason="缺料",
    )
    task = make.act(task, Action.DECIDE_EXTENSION, cast.community_worker, granted=True, reason="好")
    assert task.limit_at == until


# --- Reminded and told -----------------------------------------------------------------------------


def told(task, action, kind="limit"):
    notify_of_events(make.NOW + timedelta(days=2))
    keys = [f"task-event:{event.pk}" for event in task.events.filter(action=action)]
    notices = Notice.objects.filter(kind=kind, link=f"/tasks/{task.number}/", data__action=action)
    assert keys
    return set(notices.values_list("recipient__username", flat=True))


@pytest.mark.parametrize(
    ("status", "who"),
    [
        (Status.SUBMITTED, {"community", "grid"}),
        (Status.WHISTLED, {"street", "leader"}),
    ],
)
def test_whoever_is_to_act_is_reminded_and_then_those_above_are_told(cast, status, who):
    task = make.task(cast, status)
    assert watch(make.NOW + 1.6 * HOUR) == 1
    assert told(task, Action.REMIND) == who
    assert watch(make.NOW + 2.1 * HOUR) == 1
    assert told(task, Action.ESCALATE) == who
    watch(make.NOW + timedelta(days=1))
    watch(make.NOW + timedelta(days=2))
    assert told(task, Action.ESCALATE) == who | {"street", "leader", "district"}


def test_a_member_is_reminded_with_the_community(cast):
    task = make.task(cast, Status.TAKEN)
    watch(at("16T17:00"))
    assert told(task, Action.REMIND) == {"member", "community", "grid"}


def test_the_timeline_says_which_limit(cast):
    task = make.task(cast)
    watch(make.NOW + 1.6 * HOUR)
    with translation.override("zh-hans"):
        assert WORKFLOW.sentence(task.events.last(), internal=True) == "受理时限：已提醒经办人"


# --- Shown -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (Status.SUBMITTED, "受理时限"),
        (Status.HANDLING, "处理时限"),
        (Status.WHISTLED, "派单时限"),
        (Status.DISPATCHED, "报到时限"),
        (Status.RESOLVED, "办结于"),
        (Status.CLOSED, "已销号"),
    ],
)
def test_every_row_says_what_its_date_is(page, cast, status, said):
    task = make.task(cast, status)
    shown = page(cast.community_worker).get("/tasks/").content.decode()
    side = shown.split('class="row-side"')[1]
    assert said in side[:200]
    if task.limit_kind in (LimitKind.ACCEPT, LimitKind.HANDLE, LimitKind.DISPATCH):
        detail = page(cast.community_worker).get(f"/tasks/{task.number}/").content.decode()
        assert f"<dt>{said}</dt>" in detail


def test_the_database_keeps_a_limit_to_the_states_in_which_one_runs(cast):
    task = make.task(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(status=Status.RATING)
