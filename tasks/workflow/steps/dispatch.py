"""The street's part: sign, dispatch, return; the district's decision on a refusal."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from orgs.errors import Refused
from orgs.models import Department, Unit
from tasks.enums import Action, AssignmentRole, AssignmentStatus, RequestKind
from tasks.models import Assignment, Task
from tasks.workflow.limits import clock
from tasks.workflow.rules.workflow import WORKFLOW, TaskStep, change
from tasks.workflow.steps.offers import end_dispatch

if TYPE_CHECKING:
    from tasks.workflow.rules.relations import Actor


def sign(*, task: Task, by: "Actor", now: datetime) -> Task:
    """The street's leadership signs a whistle of a kind that wants it."""
    with WORKFLOW.step(Action.SIGN, task, by=by, now=now) as move:
        move.task.signed_by_id, move.task.signed_at = by.pk, now
        return move.task


def return_to_community(*, task: Task, reason: str, by: "Actor", now: datetime) -> Task:
    """The street gives a whistle back: the community can handle this."""
    with WORKFLOW.step(Action.RETURN, task, by=by, now=now) as move:
        move.text = reason
        return move.task


def dispatch(
    *,
    task: Task,
    lead: Department,
    by: "Actor",
    now: datetime,
    assist: Sequence[Department] = (),
    instructions: str = "",
) -> Task:
    """Calls departments: one leads, any number assist. The limits start to run.

    What the street instructs is read by the authorities alone. Raises Refused for a department
    named twice, closed, or of another district or street.
    """
    with WORKFLOW.step(Action.DISPATCH, task, by=by, now=now) as move:
        row, rule = move.task, move.task.whistle_rule
        assert rule is not None, "the database keeps a rule with every whistle"
        refuse_strangers([lead, *assist], row.unit)
        row.dispatch_round += 1
        limits = clock.limits(rule, now)
        row.worked_from = ""
        Assignment.objects.bulk_create(
            Assignment(
                task=row,
                department=department,
                role=AssignmentRole.ASSIST if number else AssignmentRole.LEAD,
                round=row.dispatch_round,
                dispatched_at=now,
                **limits,
            )
            for number, department in enumerate([lead, *assist])
        )
        move.adds_rows = True
        move.data = {
            "lead": lead.short_name,
            "assist": [department.short_name for department in assist],
        }
        if instructions:
            move.data["instructions"] = instructions
        return row


def refuse_strangers(departments: Sequence[Department], unit: Unit) -> None:
    """Raises Refused for a department named twice, closed, or of another district or street."""
    if not departments:
        return
    street = unit.get_root()
    if len({department.pk for department in departments}) < len(departments):
        raise Refused(_("Each department can be named once."), code="department_twice")
    for department in departments:
        elsewhere = department.street_id and department.street_id != street.pk
        if not department.is_active or department.district_id != street.district_id or elsewhere:
            raise Refused(
                _("%(name)s cannot be called here.") % {"name": department.short_name},
                code="bad_department",
            )


def decide_refusal(*, task: Task, granted: bool, reason: str, by: "Actor", now: datetime) -> Task:
    """The district grants a department's second refusal of a task, or does not."""
    with WORKFLOW.step(Action.DECIDE_REFUSAL, task, by=by, now=now) as move:
        decide(move, RequestKind.REFUSAL, granted=granted, reason=reason)
        if granted:
            end_dispatch(move)
        else:
            move.target = None
        return move.task


def decide(move: TaskStep, kind: RequestKind, *, granted: bool, reason: str) -> None:
    """Writes a decision on the pending request of a kind."""
    request = move.task.undecided(kind)[0]
    change([request], granted=granted, decided_at=move.now, decided_by_id=move.by.pk)
    if granted and kind == RequestKind.REFUSAL:
        parts = move.task.present_parts
        refused = [part for part in parts if part.department_id == request.department_id]
        change(refused, status=AssignmentStatus.REFUSED, ended_at=move.now)
    move.text, move.data = reason, {"granted": granted}


def decide_extension(*, task: Task, granted: bool, reason: str, by: "Actor", now: datetime) -> Task:
    """Whoever handed the work out grants more time, or does not."""
    with WORKFLOW.step(Action.DECIDE_EXTENSION, task, by=by, now=now) as move:
        [request] = move.task.undecided(RequestKind.EXTENSION)
        decide(move, RequestKind.EXTENSION, granted=granted, reason=reason)
        if granted and request.until:
            move.data |= {"until": request.until.isoformat()}
        return move.task
