"""Limits watched by several workers at once, and by one that is killed half-way."""

import signal
import sys
from collections import Counter
from datetime import timedelta

import pytest
from django.conf import settings

from tasks.enums import Action, LimitStep, Status
from tasks.models import Event, LimitStepTaken, Task
from tasks.workflow.limits.watcher import watch
from tests import factories as make
from tests.services.conftest import database_url

pytestmark = pytest.mark.django_db(transaction=True)

TASKS = 30
LATE = make.NOW + timedelta(days=9)
STEPS = [LimitStep.COMMUNITY, LimitStep.STREET, LimitStep.DISTRICT]
# Takes steps in small batches, or stays inside the first one's transaction for ever.
PROGRAM = """
import sys, time, django
django.setup()
from datetime import datetime
from tasks.workflow.limits import watcher
add = watcher._add_to_timelines
def add_and_stay(taken):
    add(taken)
    if sys.argv[1] == "stay":
        print("inside", flush=True)
        time.sleep(600)
watcher._add_to_timelines = add_and_stay
now = datetime.fromisoformat(sys.argv[2])
while watcher._take_batch(now, 3) is not None:
    print("batch", flush=True)
    time.sleep(0.02)
"""


@pytest.fixture
def late_tasks(cast):
    kind = make.category()
    return [make.task(cast, Status.DISPATCHED, category=kind) for _number in range(TASKS)]


def each_once(tasks) -> None:
    """Every step of every task exactly once, on the timeline too, and nothing left to do."""
    expected = {(task.pk, step): 1 for task in tasks for step in STEPS}
    assert Counter(LimitStepTaken.objects.values_list("task", "step")) == expected
    escalations = Event.objects.filter(action=Action.ESCALATE).values_list("task", "data__step")
    assert Counter(escalations) == expected
    assert not Task.objects.filter(next_step_at__lte=LATE).exists()


def test_four_workers_share_the_work(late_tasks, at_once):
    taken = at_once(*[lambda: watch(LATE, batch=4)] * 4)
    watch(LATE)
    assert sum(taken) <= TASKS * len(STEPS)
    each_once(late_tasks)


@pytest.mark.parametrize(("how", "line", "times"), [("go on", "batch", 4), ("stay", "inside", 1)])
def test_a_worker_killed_half_way_loses_and_doubles_nothing(late_tasks, start, how, line, times):
    process = start(
        *(sys.executable, "-c", PROGRAM, how, LATE.isoformat()),
        DATABASE_URL=database_url(),
        DATA_DIR=str(settings.DATA_DIR),
        DJANGO_SETTINGS_MODULE="governance.settings",
    )
    process.wait_for(line, times)
    process.signal(signal.SIGKILL)
    assert process.end() == -signal.SIGKILL
    taken = LimitStepTaken.objects.count()
    assert 0 < taken < TASKS * len(STEPS) if how == "go on" else taken == 0
    watch(LATE)
    each_once(late_tasks)


def test_a_department_that_acts_meanwhile_is_not_waited_for(late_tasks, cast, at_once):
    """Steps and actions at the same moment: both happen, neither waits for ever."""

    def escalate() -> None:
        for _round in range(10):
            watch(LATE, batch=2)

    def act() -> None:
        for task in late_tasks:
            make.act(task, Action.REPORT_IN, cast.urban_officer, LATE)

    at_once(escalate, act)
    assert set(Task.objects.values_list("status", flat=True)) == {Status.REPORTED_IN}
    watch(LATE)
    doubled = Counter(LimitStepTaken.objects.values_list("task", "kind", "due_at", "step"))
    assert set(doubled.values()) == {1}
