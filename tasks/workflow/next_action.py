"""The natural next action on a task for one person: the one button of a row, the first of its page."""

from typing import TYPE_CHECKING

from tasks.enums import Action, Status
from tasks.models import Task
from tasks.workflow.table import Option, is_open

if TYPE_CHECKING:
    from orgs.models import User

# In this order: decisions that hold others up go first.
NATURAL: tuple[Action, ...] = (
    Action.DECIDE_REFUSAL,
    Action.DECIDE_EXTENSION,
    Action.SIGN,
    Action.DISPATCH,
    Action.REPORT_IN,
    Action.ACCEPT,
    Action.TAKE,
    Action.CONFIRM,
    Action.RESOLVE,
    Action.FINISH,
    Action.RATE,
)
_AT: dict[str, tuple[Action, ...]] = {
    Status.SUBMITTED: (Action.ACCEPT,),
    Status.HANDLING: (Action.RESOLVE,),
    Status.OFFERED: (Action.TAKE,),
    Status.TAKEN: (Action.RESOLVE,),
    Status.WHISTLED: (Action.SIGN, Action.DISPATCH),
    Status.DISPATCHED: (Action.DECIDE_REFUSAL, Action.DECIDE_EXTENSION, Action.REPORT_IN),
    Status.REPORTED_IN: (
        Action.DECIDE_EXTENSION,
        Action.REPORT_IN,
        Action.RESOLVE,
        Action.FINISH,
    ),
    Status.RESOLVED: (Action.DECIDE_EXTENSION, Action.CONFIRM),
}


def next_action(task: Task, user: "User", *, late: bool = False) -> Action | None:
    """The next action in a list, without a query: assignments, requests and rule must be loaded.

    A late task that waits for others can be urged. Call-backs are left to the task's page.
    """
    if task.status == Status.RATING:
        return Action.RATE if task.reporter_id == user.pk else None
    candidates = _AT.get(task.status, ())
    if late:
        candidates = (*candidates, Action.URGE)
    return next((action for action in candidates if is_open(task, action, user)), None)


def first_of(options: list[Option]) -> Action | None:
    """The natural next action among the open options."""
    open_now = {option.action for option in options if option.is_open}
    return next((action for action in NATURAL if action in open_now), None)
