"""What happens to tasks by itself."""

from datetime import timedelta

import time_machine

from tasks import jobs
from tasks.enums import Action, Ending, Status
from tasks.workflow.steps import closing
from tests import factories as make

LATE = make.NOW + timedelta(days=closing.RATING_DAYS, minutes=1)


def test_unrated_task_is_closed_after_seven_days(cast):
    task = make.task(cast, Status.RATING)
    with time_machine.travel(LATE, tick=False):
        assert jobs.expire_unrated() == 1
    task.refresh_from_db()
    assert (task.status, task.ending, task.closed_at) == (Status.CLOSED, Ending.NOT_RATED, LATE)


def test_not_a_minute_earlier(cast):
    make.task(cast, Status.RATING)
    with time_machine.travel(make.NOW + timedelta(days=closing.RATING_DAYS), tick=False):
        assert jobs.expire_unrated() == 0


def test_twice_changes_nothing(cast):
    task = make.task(cast, Status.RATING)
    with time_machine.travel(LATE, tick=False):
        jobs.expire_unrated()
        assert jobs.expire_unrated() == 0
    assert task.events.filter(action=Action.EXPIRE).count() == 1


def test_a_task_that_moved_on_is_passed_over(cast, monkeypatch):
    moved, waits = make.task(cast, Status.CLOSED), make.task(cast, Status.RATING)
    monkeypatch.setattr(closing, "overdue_for_rating", lambda now: [moved.pk, waits.pk])
    with time_machine.travel(LATE, tick=False):
        assert jobs.expire_unrated() == 1
    moved.refresh_from_db()
    assert moved.ending == Ending.RATED
