"""The workflow of tasks: how a task is locked, what its timeline keeps, and the limits it winds."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import ForeignKey
from django.utils.translation import gettext as _

from orgs.db.prepared import PreparedQuery
from orgs.enums import Role
from orgs.errors import Refused
from orgs.scoping import reach_of
from orgs.workflow.transitions import Step, Workflow
from tasks.enums import (
    FINAL,
    IN_OWN_HANDS,
    PRIVATE_RELATIONS,
    STREET_ROLES,
    Action,
    Ending,
    Status,
    Triage,
    WhistleKind,
    Who,
)
from tasks.models import MAX_TEXT, Assignment, DecisionRequest, Task
from tasks.workflow.limits import clock
from tasks.workflow.queries import read_parts
from tasks.workflow.rules import credits, relations, visits
from tasks.workflow.rules.relations import former_department, parts_of
from tasks.workflow.rules.transitions import TRANSITIONS, PartTransition

if TYPE_CHECKING:
    from tasks.workflow.rules.relations import Actor


# What every step reads with the task.
_JOINED = ("unit", "category", "whistle_rule", "stage_rule")
LOCK_TRIES = 20
_LOCKED = PreparedQuery(
    lambda key: (
        Task.objects.filter(pk=key)
        .select_related(*_JOINED)
        .select_for_update(of=("self",))
        .order_by()
    )
)


def _is_joined(task: Task) -> bool:
    """Whether what was read with a task is what it refers to."""
    for name in _JOINED:
        field = Task._meta.get_field(name)
        assert isinstance(field, ForeignKey)
        if getattr(field.get_cached_value(task), "pk", None) != getattr(task, field.attname):
            return False
    return True


@dataclass
class TaskStep(Step[Task]):
    """One action under way with a task.

    `part` is the assignment of the department that acts; `adds_rows` says that assignments or
    requests were made, to be read again.
    """

    part: Assignment | None = None
    adds_rows: bool = False
    internal: bool = False
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def task(self) -> Task:
        """The task, locked."""
        return self.row


class TaskWorkflow(Workflow[Task]):
    """Tasks, their timeline of events, and the limits that begin and end with their states."""

    model = Task
    step_class = TaskStep
    states, state = Status, "status"
    timeline = "events"
    audit_action = "tasks.{action}"

    def relations(self, row: Task, user: "Actor") -> frozenset[Who]:
        return relations.relations(row, user)

    def locked(self, row: Task) -> Task:
        # Whoever waits for the lock gets the row as it is now with the joined rows of before, which
        # PostgreSQL then drops. Read again, both are of now.
        for _again in range(LOCK_TRIES):
            tasks = _LOCKED.rows(row.pk)
            if tasks and _is_joined(tasks[0]):
                read_parts(tasks)
                return tasks[0]
        raise Task.DoesNotExist

    @contextmanager
    def step(self, action: Action, row: Task, *, by: "Actor", now: datetime) -> Iterator[TaskStep]:
        with super().step(action, row, by=by, now=now) as step:
            if isinstance(step.transition, PartTransition):
                step.part = step.transition.own_part(step.task, by)
            yield step
            if len(step.text) > MAX_TEXT:
                raise Refused(
                    _("At most %(most)d characters.") % {"most": MAX_TEXT}, code="too_long"
                )
            if step.adds_rows:
                read_parts([step.task])
            _enter(step)
            visits.call_off_with_task(step)
            credits.settle(step)

    def columns(self, step: TaskStep) -> dict[str, Any]:
        return {
            "who": step.who,
            "office": _office(step),
            "department_id": _acting_for(step),
            "from_status": step.source,
            "to_status": step.task.status,
            "internal": step.internal,
            "data": step.data,
        }

    def audited(self, step: TaskStep) -> dict[str, Any]:
        return {"number": step.task.number}


WORKFLOW = TaskWorkflow(TRANSITIONS)


def _enter(step: TaskStep) -> None:
    """Lets the task enter the state to which the step leads, and winds its limits."""
    task = step.task
    task.is_urgent = task.category.is_urgent or task.whistle_kind == WhistleKind.EMERGENCY
    if step.target is not None:
        task.status, task.moved_at = step.target, step.now
        is_final = step.target in FINAL
        task.closed_at = step.now if is_final else None
        if not is_final:
            task.ending = ""
        if step.target not in IN_OWN_HANDS:
            task.handed_to = None
    clock.begin(task, step.now, moved=step.target is not None)
    clock.wind(task)


def change(rows: Iterable[Assignment | DecisionRequest], **values: Any) -> None:
    """Gives rows of the locked task new values: one UPDATE, and the same here for who shows them."""
    rows = list(rows)
    if not rows:
        return
    type(rows[0])._default_manager.filter(pk__in=[row.pk for row in rows]).update(**values)
    for row in rows:
        for name, value in values.items():
            setattr(row, name, value)


def _acting_for(step: TaskStep) -> int | None:
    """The department for which somebody acts, where it is as a department that they may."""
    account = step.account
    if account is None or step.who not in (Who.LEAD, Who.ASSIST, Who.VIEWER):
        return None
    if step.part:
        return step.part.department_id
    called = parts_of(step.task, account)
    return called[0].department_id if called else former_department(step.task, account)


# As which office somebody acts where several are held: the one nearest to the task.
_OFFICES = (
    Role.COMMUNITY_WORKER,
    Role.GRID_WORKER,
    Role.STREET_CADRE,
    Role.STREET_LEADER,
    Role.DISTRICT_OFFICE,
    Role.BRANCH_SECRETARY,
)
_OFFICE_OF: dict[str, Role] = {
    Who.SECRETARY: Role.BRANCH_SECRETARY,
    Who.LEADER: Role.STREET_LEADER,
    Who.DISTRICT: Role.DISTRICT_OFFICE,
}


def _office(step: TaskStep) -> str:
    """The office at the task's place in which an authority acts; "" for people and departments."""
    if step.account is None or step.who in {*PRIVATE_RELATIONS, Who.LEAD, Who.ASSIST}:
        return ""
    if step.who in _OFFICE_OF:
        return _OFFICE_OF[step.who]
    held = reach_of(step.account).roles_at(step.task.unit)
    if step.task.triage == Triage.STREET and held & STREET_ROLES:
        held &= STREET_ROLES
    return next((office for office in _OFFICES if office in held), "")


def ended(step: TaskStep, ending: Ending) -> None:
    """Notes how a task is closed by this step."""
    step.target = Status.CLOSED
    step.task.ending = ending
