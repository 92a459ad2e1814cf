"""Limits watched: each step once, whatever the clock and the people do meanwhile."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError

from orgs.models import AuditEntry
from tasks.enums import Action, LimitKind, LimitStep, Status
from tasks.workflow import timeline
from tasks.workflow.limits.watcher import watch
from tests import factories as make

R, C, S, D = LimitStep
HOUR = timedelta(hours=1)


def steps(task) -> list[tuple[str, int]]:
    return list(task.limit_steps.values_list("kind", "step"))


def hours(number: float) -> datetime:
    return make.NOW + number * HOUR


# To report in by 10:00: reminded at 09:45, the street told at 12:00 (two office hours later), the
# district at 09:30 of the next day (six office hours later).
@pytest.mark.parametrize(
    ("moment", "taken"),
    [
        (hours(0.74), []),
        (hours(0.75), [("report_in", R)]),
        (hours(0.99), [("report_in", R)]),
        (hours(1), [("report_in", C)]),
        (hours(2.99), [("report_in", C)]),
        (hours(3), [("report_in", C), ("report_in", S)]),
        (hours(24.4), [("report_in", C), ("report_in", S)]),
        (hours(24.5), [("report_in", C), ("report_in", S), ("report_in", D)]),
    ],
)
def test_what_is_taken_by_a_moment(cast, moment, taken):
    task = make.task(cast, Status.DISPATCHED)
    assert watch(moment) == len(taken)
    assert steps(task) == taken


def test_twice_changes_nothing(cast):
    task = make.task(cast, Status.DISPATCHED)
    assert (watch(hours(2)), watch(hours(2)), watch(hours(2.5))) == (1, 0, 0)
    assert steps(task) == [("report_in", C)]


def test_a_machine_that_slept_takes_what_is_due_and_no_stale_reminder(cast):
    task = make.task(cast, Status.DISPATCHED)
    assert watch(make.NOW + timedelta(days=9)) == 3
    assert steps(task) == [("report_in", C), ("report_in", S), ("report_in", D)]


def test_the_next_limit_has_its_own_steps(cast):
    task = make.task(cast, Status.DISPATCHED)
    watch(hours(0.8))
    task = make.act(task, Action.REPORT_IN, cast.urban_officer, hours(0.9))
    assert (task.limit_kind, task.limit_at) == (LimitKind.CONTACT, task.respond_by)
    watch(hours(25))
    task = make.act(task, Action.CONTACT, cast.urban_officer, hours(25), text="已联系")
    assert (task.limit_kind, task.limit_at) == (LimitKind.RESOLVE, task.resolve_by)
    task = make.act(
        task,
        Action.RESOLVE,
        cast.urban_officer,
        hours(26),
        outcome="solved",
        text="已办",
        reason="无",
    )
    assert (task.limit_kind, task.limit_at, task.next_step_at) == ("", None, None)
    watch(make.NOW + timedelta(days=30))
    assert steps(task) == [("report_in", R), ("contact", C)]


def test_more_time_moves_the_steps(cast):
    task = make.task(cast, Status.REPORTED_IN)
    task = make.act(task, Action.CONTACT, cast.urban_officer, text="已联系")
    until = task.resolve_by + timedelta(days=5)
    task = make.act(task, Action.REQUEST_EXTENSION, cast.urban_officer, until=until, reason="缺料")
    task = make.act(task, Action.DECIDE_EXTENSION, cast.street_cadre, granted=True, reason="同意")
    assert (task.limit_at, task.limit_step) == (until, 0)
    watch(until - HOUR)
    assert steps(task) == [("resolve", R)]


def test_rework_does_not_repeat_what_was_done(cast):
    task = make.task(cast, Status.REPORTED_IN)
    late = make.NOW + timedelta(days=20)
    task = make.act(task, Action.CONTACT, cast.urban_officer, text="已联系")
    watch(late)
    done = {"outcome": "solved", "text": "已办", "reason": "无"}
    task = make.act(task, Action.RESOLVE, cast.urban_officer, late, **done)
    task = make.act(task, Action.REWORK, cast.street_cadre, late, reason="未办好")
    assert watch(late + HOUR) == 0
    assert steps(task) == [("resolve", C), ("resolve", S), ("resolve", D)]


def test_the_timeline_and_the_audit_tell_of_it(cast):
    task = make.task(cast, Status.DISPATCHED)
    watch(hours(0.8))
    watch(hours(1.5))
    events = task.events.filter(action__in=[Action.REMIND, Action.ESCALATE])
    told = [
        (one.action, one.internal, one.at, timeline.author(one, task, cast.owner)) for one in events
    ]
    portal = timeline.author(events[0], task, cast.owner)
    assert told == [
        (Action.REMIND, True, hours(0.8), portal),
        (Action.ESCALATE, False, hours(1.5), portal),
    ]
    assert events[1].data == {"limit": "report_in", "step": LimitStep.COMMUNITY}
    details = AuditEntry.objects.filter(action="tasks.watch-limits").values_list(
        "detail", flat=True
    )
    assert list(details) == [{"steps": 1}, {"steps": 1}]


def test_if_the_timeline_cannot_be_written_no_step_is_taken(cast, monkeypatch):
    task = make.task(cast, Status.DISPATCHED)

    def broken(taken):
        raise IntegrityError("no room")

    monkeypatch.setattr("tasks.workflow.limits.watcher._add_to_timelines", broken)
    with pytest.raises(IntegrityError):
        watch(hours(2))
    task.refresh_from_db()
    assert (task.limit_step, steps(task)) == (0, [])


def test_the_statements_do_not_grow_with_the_tasks(cast, django_assert_num_queries):
    make.task(cast, Status.DISPATCHED)
    with django_assert_num_queries(50, exact=False) as one:
        watch(hours(2))
    for _number in range(30):
        make.task(cast, Status.DISPATCHED)
    with django_assert_num_queries(len(one.captured_queries)):
        assert watch(hours(2)) == 30
