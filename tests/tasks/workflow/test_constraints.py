"""What the rules forbid, the database refuses: one bad row for each constraint."""

import pytest
from django.db import IntegrityError, transaction

from tasks.enums import Status
from tasks.models import Assignment, Task
from tests import factories as make

# constraint: the state of a sound task, and the change that makes it unsound.
BAD_TASKS = {
    "task_state_known": (Status.SUBMITTED, {"status": "somewhere"}),
    "task_taken_has_taker": (Status.TAKEN, {"taker": None}),
    "task_whistle_has_kind": (Status.WHISTLED, {"whistle_rule": None}),
    "task_dispatched_has_limits": (Status.DISPATCHED, {"resolve_by": None}),
    "task_limit_whole": (Status.DISPATCHED, {"remind_at": None}),
    "task_stage_whole": (Status.SUBMITTED, {"stage_from": None}),
    "task_closed_when_final": (Status.CLOSED, {"closed_at": None}),
    "task_closed_has_ending": (Status.CLOSED, {"ending": ""}),
    "task_declined_has_reason": (Status.DECLINED, {"decline_reason": ""}),
    "task_resolved_whole": (Status.RESOLVED, {"outcome": ""}),
    "task_signature_whole": (Status.SUBMITTED, {"signed_at": make.NOW}),
    "task_emergency_is_urgent": (Status.WHISTLED, {"whistle_kind": "emergency"}),
    "task_handed_to_in_own_hands": (Status.WHISTLED, {"handed_to": 1}),
    "task_self_confirmed_is_confirmed": (Status.HANDLING, {"self_confirmed": True}),
    "task_merged_is_closed": (Status.CLOSED, {"ending": "merged"}),
    "task_outside_number_of_hotline": (Status.SUBMITTED, {"outside_number": "12345-1"}),
    "task_reply_by_of_hotline": (Status.SUBMITTED, {"reply_by": make.NOW}),
    "task_point_whole": (Status.SUBMITTED, {"lon": 114.9}),
}
ALSO_BAD = [
    (Status.DECLINED, {"ending": "rated"}),
    (Status.SUBMITTED, {"decline_reason": "repeated"}),
    (Status.SUBMITTED, {"lat": 30.4}),
    (Status.SUBMITTED, {"lon": 200.0, "lat": 30.4}),
]


def test_every_constraint_of_a_task_is_tried():
    assert {one.name for one in Task._meta.constraints} - {"one_task_an_outside_number"} == set(
        BAD_TASKS
    )


@pytest.mark.parametrize(("status", "change"), [*BAD_TASKS.values(), *ALSO_BAD])
def test_a_task_that_is_not_sound(cast, status, change):
    task = make.task(cast, status)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(**change)


@pytest.mark.parametrize("change", [{"status": "somewhere"}, {"status": "finished"}])
def test_an_assignment_that_is_not_sound(cast, change):
    task = make.task(cast, Status.DISPATCHED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.filter(task=task).update(**change)


def test_a_task_has_one_lead(cast):
    task = make.task(cast, Status.DISPATCHED)
    second = Assignment.objects.filter(task=task, role="lead").values().get()
    second |= {"id": None, "department_id": cast.housing.pk, "round": 2}
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(**second)
