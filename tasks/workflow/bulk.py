"""One action with many tasks: each a step of its own, with a line of its own on what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.enums import AuditResult
from orgs.errors import DomainError, Refused
from orgs.workflow.specification import text_for
from tasks.enums import Action
from tasks.models import Event, Task
from tasks.workflow.queries import actionable_by, whole
from tasks.workflow.rules.transitions import TRANSITIONS
from tasks.workflow.rules.workflow import WORKFLOW
from tasks.workflow.specification import SPECIFICATIONS, those

if TYPE_CHECKING:
    from orgs.models import User

MOST = 100
# What may be done with many at once: what needs no look at the single case, and what a street does
# with many alike (sign, dispatch).
ACTIONS = those(lambda specification: specification.in_bulk)


@dataclass(frozen=True)
class Line:
    """What came of one task. `code` is "done", "already", or that of the refusal."""

    number: str
    ok: bool
    status: int
    code: str
    message: str
    task: Task | None = None


def open_to(user: "User") -> list[Action]:
    """The actions that a person may hold somewhere, for many at once."""
    return [action for action in ACTIONS if user.has_perm(action.permission)]


def chosen(numbers: Iterable[str], by: "User", action: Action) -> dict[str, Task]:
    """The tasks of some numbers that a person may act on, by number; the others are left out."""
    rows = whole(actionable_by(by, action)).filter(number__in=set(numbers))
    return {task.number: task for task in rows.order_by("pk")}


def act(
    *, action: Action, numbers: Iterable[str], body: dict[str, Any], by: "User", now: datetime
) -> list[Line]:
    """Takes one step with every task named; answers a line for each, in the order given.

    Each is a transaction of its own: one that is refused leaves the others as they are. Sent twice,
    nothing is done twice. Raises Refused for an action that is not done with many, for no task, and
    for more than `MOST`.
    """
    wanted = list(dict.fromkeys(number.strip().upper() for number in numbers))
    if action not in ACTIONS:
        raise Refused(_("This is done one by one."), code="not_in_bulk")
    if not 0 < len(wanted) <= MOST:
        raise Refused(_("Choose 1 to %(most)d tasks.") % {"most": MOST}, code="bad_number_of_tasks")
    rows = chosen(wanted, by, action)
    # In one order, so that two people with the same tasks do not wait for each other crosswise.
    lines = {number: _line(task, action, body, by, now) for number, task in rows.items()}
    missing = _("Not found, or not for you to see.")
    return [
        lines.get(number) or Line(number, False, 404, "not_found", missing) for number in wanted
    ]


def _line(task: Task, action: Action, body: dict[str, Any], by: "User", now: datetime) -> Line:
    specification = SPECIFICATIONS[action]
    try:
        with transaction.atomic():
            if _is_repeated(task, action, body, by):
                return Line(task.number, True, 200, "already", _("Said already."), task)
            moved = specification.take(task=task, by=by, now=now, **body)
    except DomainError as refusal:
        audit.record(
            f"tasks.{action.value}",
            by=by,
            obj=task,
            result=AuditResult.REFUSED,
            detail={"number": task.number, "error": refusal.code, "bulk": True},
            now=now,
        )
        return Line(task.number, False, refusal.status, refusal.code, refusal.message, task)
    return Line(moved.number, True, 200, "done", text_for(specification.done, moved), moved)


def _is_repeated(task: Task, action: Action, body: dict[str, Any], by: "User") -> bool:
    """Whether the last entry of the (locked) task is this person saying the same.

    Every step that changes the state is closed once it is taken.
    """
    if any(transition.target for transition in TRANSITIONS[action]):
        return False
    WORKFLOW.locked(task)
    last = Event.objects.filter(task=task).order_by("pk").last()
    return bool(
        last and last.by_id == by.pk and last.action == action and last.text == body.get("text")
    )
