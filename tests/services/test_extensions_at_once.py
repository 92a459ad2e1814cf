"""More time asked for and decided at the same moment, and one task in bulk and by itself."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from tasks.enums import Action, Status
from tasks.models import DecisionRequest, Task
from tasks.workflow import bulk
from tasks.workflow.steps import department_work, dispatch, triage
from tests import factories as make
from tests.services.outcomes import outcome

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 4


def ask(task, by, until):
    return outcome(
        partial(
            department_work.request_extension,
            task=task,
            until=until,
            reason="缺料",
            by=by,
            now=make.NOW,
        )
    )


def test_more_time_is_asked_for_once(cast, at_once):
    task = make.task(cast, Status.REPORTED_IN)
    until = make.NOW + timedelta(days=20)
    answers = Counter(at_once(*[ask(task, cast.urban_officer, until)] * CLIENTS))
    assert answers["done"] == 1
    assert DecisionRequest.objects.count() == 1
    assert task.events.filter(action=Action.REQUEST_EXTENSION).count() == 1


def test_it_is_decided_once_whoever_decides_how(cast, at_once):
    task = make.task(cast, Status.REPORTED_IN)
    until = make.NOW + timedelta(days=20)
    assert ask(task, cast.urban_officer, until)() == "done"
    before = Task.objects.get(pk=task.pk).resolve_by
    calls = [
        outcome(
            partial(
                dispatch.decide_extension,
                task=task,
                granted=granted,
                reason="已核",
                by=by,
                now=make.NOW,
            )
        )
        for granted, by in [(True, cast.street_cadre), (False, cast.street_leader)] * 2
    ]
    assert Counter(at_once(*calls))["done"] == 1
    [request] = DecisionRequest.objects.all()
    assert Task.objects.get(pk=task.pk).resolve_by == (until if request.granted else before)
    assert task.events.filter(action=Action.DECIDE_EXTENSION).count() == 1


def test_a_task_accepted_in_bulk_and_by_itself_is_accepted_once(cast, at_once):
    tasks = [make.task(cast) for _number in range(3)]
    numbers = [task.number for task in tasks]

    def many():
        lines = bulk.act(
            action=Action.ACCEPT,
            numbers=numbers,
            body={},
            by=cast.community_worker,
            now=timezone.now(),
        )
        return sum(line.ok for line in lines)

    def one():
        accept = partial(triage.accept, task=tasks[1], by=cast.grid_worker, now=timezone.now())
        return int(outcome(accept)() == "done")

    assert sum(at_once(many, many, one)) == len(tasks)
    for task in tasks:
        assert task.events.filter(action=Action.ACCEPT).count() == 1
