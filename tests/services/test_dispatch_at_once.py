"""Two officers hand on one task, several are dispatched while others act on them, visits are arranged twice."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
import time_machine

from orgs.enums import Role
from tasks.enums import Action, AssignmentStatus, GuestKind, Status
from tasks.models import JointVisit, Task
from tasks.workflow import bulk
from tasks.workflow.queries import whole
from tests import factories as make
from tests.services.outcomes import outcome

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(make.NOW, tick=False):
        yield


def act(task, action, by, **body):
    return outcome(partial(make.act, task, action, by, **body))


def seen(task):
    """The task as a page read it before somebody chose."""
    row = whole(Task.objects.all()).get(pk=task.pk)
    list(row.assignments.all())
    return row


def test_two_officers_hand_one_task_on(cast, at_once):
    colleague = make.user("dept_urban2", name="钱二")
    make.position(colleague, Role.DEPARTMENT_OFFICER, cast.urban)
    task = make.task(cast, Status.DISPATCHED)
    calls = [
        act(seen(task), Action.ASSIGN, by, person=person)
        for by, person in ((cast.urban_officer, colleague), (colleague, cast.urban_officer))
    ]
    assert Counter(at_once(*calls)) == {"done": 1, "handed_meanwhile": 1}
    event = task.events.get(action=Action.ASSIGN)
    assert Task.objects.get(pk=task.pk).lead_part.person_id == event.data["to"]


def test_two_of_a_community_hand_one_report_on(cast, at_once):
    task = make.task(cast)
    calls = [
        act(seen(task), Action.ASSIGN, cast.community_worker, person=cast.grid_worker),
        act(seen(task), Action.ASSIGN, cast.grid_worker, person=cast.community_worker),
    ]
    assert Counter(at_once(*calls)) == {"done": 1, "handed_meanwhile": 1}


def test_a_part_that_is_taken_back_is_not_handed_on_as_well(cast, at_once):
    task = make.task(cast, Status.DISPATCHED)
    at_once(
        act(seen(task), Action.ASSIGN, cast.urban_officer, person=cast.urban_officer),
        act(seen(task), Action.RECALL, cast.street_cadre),
    )
    row = Task.objects.get(pk=task.pk)
    assert row.status == Status.WHISTLED
    assert row.lead_part.status == AssignmentStatus.ENDED


def many(tasks, by, **body):
    return lambda: [
        line.code
        for line in bulk.act(
            action=Action.DISPATCH,
            numbers=[task.number for task in tasks],
            body=body,
            by=by,
            now=make.NOW,
        )
    ]


def test_several_are_dispatched_while_one_is_given_back_and_one_is_withdrawn(cast, at_once):
    tasks = [make.task(cast, Status.WHISTLED) for _number in range(4)]
    codes, returned, withdrawn = at_once(
        many(tasks, cast.street_cadre, lead=cast.urban),
        act(tasks[1], Action.RETURN, cast.street_leader, reason="社区可办"),
        act(tasks[2], Action.WITHDRAW, cast.owner),
    )
    rows = [Task.objects.get(pk=task.pk) for task in tasks]
    assert [codes[0], codes[3]] == ["done", "done"]
    for row, code, other, target in (
        (rows[1], codes[1], returned, Status.HANDLING),
        (rows[2], codes[2], withdrawn, Status.WITHDRAWN),
    ):
        assert (code, other) in {("done", "wrong_state"), ("wrong_state", "done")}
        assert row.status == (Status.DISPATCHED if code == "done" else target)
        assert row.assignments.count() == (1 if code == "done" else 0)


def test_two_of_a_street_dispatch_the_same_tasks_crosswise(cast, at_once):
    tasks = [make.task(cast, Status.WHISTLED) for _number in range(4)]
    first, second = at_once(
        many(tasks, cast.street_cadre, lead=cast.urban),
        many(tasks[::-1], cast.street_leader, lead=cast.housing),
    )
    for mine, theirs, task in zip(first, second[::-1], tasks, strict=True):
        assert sorted([mine, theirs]) == ["done", "wrong_state"]
        assert Task.objects.get(pk=task.pk).assignments.count() == 1


def test_a_community_takes_an_offer_back_while_the_street_dispatches_others(cast, at_once):
    offered, whistled = make.task(cast, Status.OFFERED), make.task(cast, Status.WHISTLED)
    codes, recalled = at_once(
        many([offered, whistled], cast.street_cadre, lead=cast.urban),
        act(offered, Action.RECALL, cast.community_worker),
    )
    assert (codes, recalled) == (["wrong_state", "done"], "done")
    assert Task.objects.get(pk=offered.pk).status == Status.HANDLING


def test_one_joint_visit_is_arranged(cast, at_once):
    task = make.task(cast, Status.REPORTED_IN)
    body = {"starts_at": make.NOW + timedelta(days=2), "guests": [GuestKind.COMMUNITY]}
    people = (cast.street_cadre, cast.community_worker, cast.urban_officer, cast.street_leader)
    answers = at_once(*[act(task, Action.ARRANGE_VISIT, person, **body) for person in people])
    assert Counter(answers) == {"done": 1, "pending": 3}
    assert JointVisit.objects.get().guests.count() == 1
