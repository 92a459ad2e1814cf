"""A department's work: report in, refuse, contact, its part; anybody's: done, confirm, rework."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from orgs.errors import Refused
from orgs.models import Attachment, User
from orgs.values.text import listed
from tasks.enums import (
    WITH_DEPARTMENTS,
    Action,
    AssignmentRole,
    AssignmentStatus,
    Ending,
    Outcome,
    RequestKind,
    Status,
)
from tasks.models import Assignment, Task
from tasks.workflow.rules.workflow import WORKFLOW, TaskStep, change
from tasks.workflow.steps.offers import end_dispatch

if TYPE_CHECKING:
    from tasks.workflow.rules.relations import Actor


def _own(move: TaskStep) -> Assignment:
    assert move.part is not None, "the table asks departments for their part"
    return move.part


def report_in(*, task: Task, by: "Actor", now: datetime) -> Task:
    """A called department reports in; the lead's moves the task, and ends a pending refusal."""
    with WORKFLOW.step(Action.REPORT_IN, task, by=by, now=now) as move:
        own = _own(move)
        change([own], status=AssignmentStatus.REPORTED_IN, reported_in_at=now)
        if own.role == AssignmentRole.LEAD:
            change(move.task.undecided(RequestKind.REFUSAL), granted=False, decided_at=now)
        return move.task


def contact(*, task: Task, text: str, by: "Actor", now: datetime) -> Task:
    """A department notes that it spoke with the reporter; the first time counts."""
    with WORKFLOW.step(Action.CONTACT, task, by=by, now=now) as move:
        own = _own(move)
        if own.contacted_at is None:
            change([own], contacted_at=now)
        move.text = text
        return move.task


def finish(*, task: Task, text: str, by: "Actor", now: datetime) -> Task:
    """An assisting department has done its part."""
    with WORKFLOW.step(Action.FINISH, task, by=by, now=now) as move:
        own = _own(move)
        change([own], status=AssignmentStatus.FINISHED, finished_at=now, result=text)
        move.text = text
        return move.task


def resolve(
    *,
    task: Task,
    outcome: Outcome,
    text: str,
    by: "Actor",
    now: datetime,
    attachments: Sequence[Attachment] = (),
    reason: str = "",
) -> Task:
    """Whoever works on a task reports it as done, with the result.

    Raises Refused when an assisting department is not finished and no reason is given.
    """
    with WORKFLOW.step(Action.RESOLVE, task, by=by, now=now) as move:
        row = move.task
        row.worked_from = row.status
        if row.status == Status.REPORTED_IN:
            own = _own(move)
            still = [
                assignment.department.short_name
                for assignment in row.assignments.all()
                if assignment.is_active and assignment != own
            ]
            if still and not reason:
                raise Refused(
                    _("%(names)s are not finished: say why this is done all the same.")
                    % {"names": listed(still)},
                    code="open_assists",
                    fields={"reason": [_("needed while others are not finished")]},
                )
            change([own], status=AssignmentStatus.FINISHED, finished_at=now, result=text)
        row.outcome, row.result, row.resolved_at = outcome, text, now
        # Nobody decides any more on what was asked: the work is done.
        change(row.undecided(), granted=False, decided_at=now)
        move.text = text
        move.data = {"outcome": outcome} | ({"reason": reason} if reason else {})
        move.attachments = attachments
        return row


def confirm(*, task: Task, by: "Actor", now: datetime) -> Task:
    """Whoever handed the work out confirms it; where nobody is to rate, that closes the task."""
    with WORKFLOW.step(Action.CONFIRM, task, by=by, now=now) as move:
        # Departments that had not finished are done with it.
        still = [part for part in move.task.assignments.all() if part.is_active]
        change(still, status=AssignmentStatus.ENDED, ended_at=now)
        if move.target == Status.CLOSED:
            move.task.ending = Ending.NOBODY_TO_RATE
        if _did_it(move.task, by):
            move.task.self_confirmed, move.data = True, {"self_confirmed": True}
        return move.task


def _did_it(task: Task, by: "Actor") -> bool:
    """Whether somebody reported the present work as done themselves.

    A department's work is confirmed by another office, the street, in any case.
    """
    if task.worked_from in WITH_DEPARTMENTS:
        return False
    last = task.events.filter(action=Action.RESOLVE).order_by("-pk").first()
    return last is not None and last.by_id == by.pk


def rework(*, task: Task, reason: str, by: "Actor", now: datetime) -> Task:
    """Sends the work back to where it was done; the lead's assignment opens again."""
    with WORKFLOW.step(Action.REWORK, task, by=by, now=now) as move:
        row = move.task
        row.outcome, row.result, row.resolved_at = "", "", None
        if move.target in WITH_DEPARTMENTS:
            lead = row.lead_part
            if lead and lead.status == AssignmentStatus.FINISHED:
                change([lead], status=AssignmentStatus.REPORTED_IN, finished_at=None)
        move.text = reason
        return row


def request_extension(
    *, task: Task, until: datetime, reason: str, by: "Actor", now: datetime
) -> Task:
    """The lead department asks for more time.

    Raises Refused unless `until` is later than the present limit and lies ahead.
    """
    with WORKFLOW.step(Action.REQUEST_EXTENSION, task, by=by, now=now) as move:
        assert isinstance(by, User)
        limit = move.task.resolve_by
        if limit is None or until <= max(limit, now):
            raise Refused(_("Choose a time after the present limit."), field="until")
        move.task.requests.create(
            kind=RequestKind.EXTENSION,
            round=move.task.dispatch_round,
            until=until,
            reason=reason,
            asked_by=by,
            asked_at=now,
        )
        move.adds_rows = True
        move.text, move.data = reason, {"until": until.isoformat()}
        return move.task


def refuse(*, task: Task, reason: str, by: "Actor", now: datetime) -> Task:
    """A department refuses its assignment.

    The lead's first refusal sends the task back to the street; its second asks the district. An
    assisting department only leaves.
    """
    with WORKFLOW.step(Action.REFUSE, task, by=by, now=now) as move:
        own = _own(move)
        assert isinstance(by, User)
        move.text = reason
        refused_before = any(
            part.department_id == own.department_id and part.status == AssignmentStatus.REFUSED
            for part in move.task.assignments.all()
        )
        if own.role == AssignmentRole.LEAD and refused_before:
            move.target, move.adds_rows = None, True
            move.data = {"asks": "district"}
            move.task.requests.create(
                kind=RequestKind.REFUSAL,
                department_id=own.department_id,
                round=move.task.dispatch_round,
                reason=reason,
                asked_by=by,
                asked_at=now,
            )
            return move.task
        change([own], status=AssignmentStatus.REFUSED, ended_at=now)
        if move.target == Status.WHISTLED:
            end_dispatch(move)
        return move.task
