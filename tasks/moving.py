"""The one gateway through which a task moves: locked, checked, on the timeline, in the audit."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from orgs import audit
from orgs.errors import NotAllowed, WrongState
from orgs.models import Attachment, User
from tasks.enums import FINAL, Action, Ending, Status, Who
from tasks.models import Assignment, DecisionRequest, Event, Task, TaskAttachment
from tasks.queries import PARTS
from tasks.workflow import assignment_of, check, former_department

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasks.workflow import Actor


# Steps that change neither assignments nor requests: what was read with the lock still holds.
_ROW_ONLY = frozenset(
    {
        Action.ACCEPT,
        Action.DECLINE,
        Action.WHISTLE,
        Action.OFFER,
        Action.TAKE,
        Action.DROP,
        Action.SIGN,
        Action.CONFIRM,
        Action.COMMENT,
        Action.URGE,
    }
)


@dataclass
class Move:
    """One step under way: the locked task, and what the timeline will say of the step.

    The use-case changes `task`, and may set `target` where the table's is not the one (rework,
    a close without a rating) and what the entry holds.
    """

    task: Task
    action: Action
    by: "Actor"
    now: datetime
    who: Who
    target: Status | None
    text: str = ""
    internal: bool = False
    data: dict[str, Any] = field(default_factory=dict)
    attachments: "Sequence[Attachment]" = ()


def locked(task: Task) -> Task:
    """The task, locked until the end of the transaction, with all that decisions need."""
    rows = Task.objects.select_for_update(of=("self",))
    row = rows.select_related("unit", "category", "whistle_rule").get(pk=task.pk)
    _read_parts(row)
    return row


def _read_parts(task: Task) -> None:
    """Reads assignments and requests (again); before the first dispatch there are none."""
    cache = vars(task)["_prefetched_objects_cache"] = {}
    if task.dispatch_round:
        prefetch_related_objects([task], *PARTS)
    else:
        cache |= {
            "assignments": Assignment.objects.none(),
            "requests": DecisionRequest.objects.none(),
        }


@contextmanager
def moving(
    action: Action, *, task: Task, by: "Actor", now: datetime, beside: Task | None = None
) -> Iterator[Move]:
    """Locks the task, checks that `by` may act, and writes state, timeline and audit at the end.

    `beside` is another task that the step touches: both are locked in one order, so that two people
    who merge two tasks into each other do not wait for each other for ever.

    Raises what `workflow.check` raises. Somebody who was overtaken between looking and acting gets
    WrongState, also where the other's step took the role away.
    """
    with transaction.atomic():
        if beside:
            pair = Task.objects.select_for_update().filter(pk__in=[task.pk, beside.pk])
            list(pair.order_by("pk").values_list("pk"))
        row = locked(task)
        columns = _columns(row)
        try:
            permitted = check(row, action, by)
        except NotAllowed as refusal:
            if row.moved_at == task.moved_at:
                raise
            raise WrongState(
                _("Somebody else was faster: the task is “%(state)s” now.")
                % {"state": row.get_status_display()}
            ) from refusal
        move = Move(row, action, by, now, permitted.who, permitted.transition.target)
        yield move
        _finish(move, columns)


def _columns(task: Task) -> dict[str, Any]:
    return {field.attname: getattr(task, field.attname) for field in task._meta.concrete_fields}


def _finish(move: Move, columns: dict[str, Any]) -> None:
    task, before = move.task, Status(move.task.status)
    if move.target is not None:
        task.status = move.target
        task.moved_at = move.now
        final = move.target in FINAL
        task.closed_at = move.now if final else None
        if not final:
            task.ending = ""
    changed = [name for name, value in _columns(task).items() if value != columns[name]]
    if changed:
        task.save(update_fields=changed)
    record(move, before)
    if move.action in _ROW_ONLY:
        return
    # What the step changed beside the row is read again, for whoever shows the task next.
    _read_parts(task)


def record(move: Move, before: Status | str) -> Event:
    """Writes the timeline entry and the audit entry of a step, and joins its attachments."""
    task = move.task
    account = move.by if isinstance(move.by, User) else None
    event = Event.objects.create(
        task=task,
        action=move.action,
        by=account,
        who=move.who,
        department_id=_acting_for(task, account, move.who),
        at=move.now,
        text=move.text,
        from_status=before,
        to_status=task.status,
        internal=move.internal,
        data=move.data,
    )
    if move.attachments:
        TaskAttachment.objects.bulk_create(
            TaskAttachment(event=event, attachment=attachment, position=position)
            for position, attachment in enumerate(move.attachments)
        )
    audit.record(
        f"tasks.{move.action.value}",
        by=account,
        obj=task,
        now=move.now,
        detail={
            "number": task.number,
            "from": str(before),
            "to": task.status,
            "as": move.who.value,
        },
    )
    return event


def _acting_for(task: Task, account: User | None, who: Who) -> int | None:
    """The department for which somebody acts, where it is as a department that they may."""
    if account is None or who not in (Who.LEAD, Who.ASSIST, Who.VIEWER):
        return None
    own = assignment_of(task, account)
    return own.department_id if own else former_department(task, account)


def ended(move: Move, ending: Ending) -> None:
    """Notes how a task is closed by this step."""
    move.target = Status.CLOSED
    move.task.ending = ending
