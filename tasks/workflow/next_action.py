"""The natural next step with a task in a list."""

from typing import TYPE_CHECKING

from orgs.workflow.specification import next_steps
from tasks.enums import Action, Status
from tasks.models import Task
from tasks.workflow.rules.transitions import TRANSITIONS
from tasks.workflow.rules.workflow import WORKFLOW
from tasks.workflow.specification import SPECIFICATIONS

if TYPE_CHECKING:
    from orgs.models import User

_AT = {
    status: [
        action
        for action in next_steps(SPECIFICATIONS)
        if any(status in transition.sources for transition in TRANSITIONS[action])
    ]
    for status in Status
}


def next_action(task: Task, user: "User", *, late: bool = False) -> Action | None:
    """The next step, without a query: assignments, requests and rule must be loaded.

    A late task that waits for others can be urged. Call-backs are left to the task's page.
    """
    if task.status == Status.RATING:
        return Action.RATE if task.reporter_id == user.pk else None
    candidates = _AT[Status(task.status)]
    if late:
        candidates = [*candidates, Action.URGE]
    return WORKFLOW.first_open(task, candidates, user)
