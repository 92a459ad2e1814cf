"""A department's work: report in, refuse, contact, its part; anybody's: done, confirm, rework."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from orgs.errors import Refused
from orgs.models import Attachment, User
from tasks.enums import (
    Action,
    AssignmentRole,
    AssignmentStatus,
    Ending,
    Outcome,
    RequestKind,
    Status,
)
from tasks.models import Assignment, Task
from tasks.moving import moving
from tasks.offering import end_dispatch
from tasks.reporting import own_attachments
from tasks.wording import listed
from tasks.workflow import assignment_of, pending

if TYPE_CHECKING:
    from tasks.workflow import Actor


def _own(task: Task, by: "Actor") -> Assignment:
    own = assignment_of(task, by)
    assert own is not None, "the table's guard asked for one"
    return own


def report_in(*, task: Task, by: "Actor", now: datetime) -> Task:
    """A called department reports in; the lead's moves the task, and ends a pending refusal."""
    with moving(Action.REPORT_IN, task=task, by=by, now=now) as move:
        own = _own(move.task, by)
        own.status, own.reported_in_at = AssignmentStatus.REPORTED_IN, now
        own.save()
        if own.role == AssignmentRole.LEAD and pending(move.task, RequestKind.REFUSAL):
            move.task.requests.filter(kind=RequestKind.REFUSAL, decided_at=None).update(
                granted=False, decided_at=now
            )
        return move.task


def contact(*, task: Task, text: str, by: "Actor", now: datetime) -> Task:
    """A department notes that it spoke with the reporter; the first time counts."""
    with moving(Action.CONTACT, task=task, by=by, now=now) as move:
        own = _own(move.task, by)
        own.contacted_at = own.contacted_at or now
        own.save()
        move.text = text
        return move.task


def finish(*, task: Task, text: str, by: "Actor", now: datetime) -> Task:
    """An assisting department has done its part."""
    with moving(Action.FINISH, task=task, by=by, now=now) as move:
        own = _own(move.task, by)
        own.status, own.finished_at, own.result = AssignmentStatus.FINISHED, now, text
        own.save()
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
    with moving(Action.RESOLVE, task=task, by=by, now=now) as move:
        row = move.task
        row.worked_from = row.status
        if row.status == Status.REPORTED_IN:
            own = _own(row, by)
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
            own.status, own.finished_at, own.result = AssignmentStatus.FINISHED, now, text
            own.save()
        row.outcome, row.result, row.resolved_at = outcome, text, now
        # Nobody decides on more time for work that is done.
        row.requests.filter(decided_at=None).update(granted=False, decided_at=now)
        move.text = text
        move.data = {"outcome": outcome} | ({"reason": reason} if reason else {})
        move.attachments = own_attachments(attachments, by)
        return row


def confirm(*, task: Task, by: "Actor", now: datetime) -> Task:
    """Whoever handed the work out confirms it; where nobody is to rate, that closes the task."""
    with moving(Action.CONFIRM, task=task, by=by, now=now) as move:
        if not move.task.has_rater:
            move.target, move.task.ending = Status.CLOSED, Ending.NOBODY_TO_RATE
        return move.task


def rework(*, task: Task, reason: str, by: "Actor", now: datetime) -> Task:
    """Sends the work back to where it was done; the lead's assignment opens again."""
    with moving(Action.REWORK, task=task, by=by, now=now) as move:
        row = move.task
        move.target = Status(row.worked_from)
        row.outcome, row.result, row.resolved_at = "", "", None
        row.assignments.filter(role=AssignmentRole.LEAD, round=row.dispatch_round).update(
            status=AssignmentStatus.REPORTED_IN, finished_at=None
        )
        move.text = reason
        return row


def request_extension(
    *, task: Task, until: datetime, reason: str, by: "Actor", now: datetime
) -> Task:
    """The lead department asks for more time.

    Raises Refused unless `until` is later than the present limit and lies ahead.
    """
    with moving(Action.REQUEST_EXTENSION, task=task, by=by, now=now) as move:
        assert isinstance(by, User)
        limit = move.task.resolve_by
        if limit is None or until <= max(limit, now):
            raise Refused(
                _("Choose a time after the present limit."), fields={"until": [_("too early")]}
            )
        move.task.requests.create(
            kind=RequestKind.EXTENSION,
            round=move.task.dispatch_round,
            until=until,
            reason=reason,
            asked_by=by,
            asked_at=now,
        )
        move.text, move.data = reason, {"until": until.isoformat()}
        return move.task


def refuse(*, task: Task, reason: str, by: "Actor", now: datetime) -> Task:
    """A department refuses its assignment.

    The lead's first refusal sends the task back to the street; its second asks the district. An
    assisting department only leaves.
    """
    with moving(Action.REFUSE, task=task, by=by, now=now) as move:
        own = _own(move.task, by)
        assert isinstance(by, User)
        move.text = reason
        refused_before = move.task.assignments.filter(
            department=own.department_id, status=AssignmentStatus.REFUSED
        ).exists()
        if own.role == AssignmentRole.LEAD and refused_before:
            move.target = None
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
        own.status, own.ended_at = AssignmentStatus.REFUSED, now
        own.save()
        if move.target == Status.WHISTLED:
            end_dispatch(move)
        return move.task
