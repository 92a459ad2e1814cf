"""Inside one office: a task is handed to a person (派到人), who may hand it back.

Limits, rates and who may act stay as they are: it is the office that was called.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.errors import Refused, WrongState
from orgs.models import Department, User
from tasks.enums import Action, AssignmentRole, Who
from tasks.models import Assignment, Task
from tasks.workflow.queries import colleagues
from tasks.workflow.rules.relations import parts_of
from tasks.workflow.rules.workflow import WORKFLOW, TaskStep, change

if TYPE_CHECKING:
    from tasks.workflow.rules.relations import Actor


def assign(
    *,
    task: Task,
    person: User,
    department: Department | None = None,
    by: "Actor",
    now: datetime,
    note: str = "",
) -> Task:
    """Hands a task to somebody of the own office, instead of whoever has it.

    `department` says whose part, where several of one's own work on the task (None: the first one).
    Raises Refused for somebody of another office or a department that has no part of one's own,
    WrongState where this person has it already or somebody else handed it on since `task` was read.
    """
    with WORKFLOW.step(Action.ASSIGN, task, by=by, now=now) as move:
        if department is not None:
            _act_for(move, [part for part in _own(move) if part.department_id == department.pk])
        has_it = _holder(move.task, move.part)
        if _holder(task, move.part) != has_it:
            raise WrongState(_("Somebody else handed it on meanwhile."), code="handed_meanwhile")
        if has_it == person.pk:
            raise WrongState(
                _("%(name)s has it already.") % {"name": person}, code="handed_already"
            )
        if person.pk not in colleagues(move.task, move.part, timezone.localdate(now)):
            raise Refused(
                _("Choose somebody of your own office."), code="bad_person", field="person"
            )
        _hand(move, person)
        move.text, move.internal = note, True
        move.data = {"person": str(person), "to": person.pk}
        return move.task


def hand_back(*, task: Task, reason: str, by: "Actor", now: datetime) -> Task:
    """Whoever was handed a task gives it back to the office; whoever handed it on is told."""
    with WORKFLOW.step(Action.HAND_BACK, task, by=by, now=now) as move:
        if move.part:
            _act_for(move, [part for part in _own(move) if part.person_id == by.pk])
        department = move.part.department_id if move.part else None
        handed = move.task.events.filter(action=Action.ASSIGN, department=department)
        last = handed.order_by("-pk").values_list("by", flat=True).first()
        _hand(move, None)
        move.text, move.internal = reason, True
        move.data = {"to": last}
        return move.task


def _own(move: TaskStep) -> list[Assignment]:
    """The parts of the own departments that are worked on."""
    return [part for part in parts_of(move.task, move.by) if part.is_active]


def _act_for(move: TaskStep, parts: list[Assignment]) -> None:
    """Makes the step with the first of these parts. Raises Refused where there is none."""
    if not parts:
        raise Refused(
            _("This department of yours has no part of it."),
            code="bad_department",
            field="department",
        )
    move.part = parts[0]
    move.who = Who.LEAD if move.part.role == AssignmentRole.LEAD else Who.ASSIST


def _holder(task: Task, part: Assignment | None) -> int | None:
    """The key of whoever has the task, or an office's part of it, as it was read."""
    if part is None:
        return task.handed_to_id
    return next((one.person_id for one in task.assignments.all() if one.pk == part.pk), None)


def _hand(move: TaskStep, person: User | None) -> None:
    name = person.name if person else None
    if move.part is None:
        move.task.handed_to, move.task.handed_name = person, name
    else:
        change([move.part], person=person)
        move.part.person_name = name
