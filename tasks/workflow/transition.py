"""The one gateway through which a task moves: locked, checked, on the timeline, in the audit."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.enums import Role
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Attachment, User
from orgs.scoping import reach_of
from tasks.enums import (
    FINAL,
    PRIVATE_STANDINGS,
    STREET_ROLES,
    Action,
    Ending,
    Status,
    Triage,
    Who,
)
from tasks.models import (
    MAX_TEXT,
    Assignment,
    DecisionRequest,
    Event,
    Task,
    TaskAttachment,
)
from tasks.workflow.limits import clock
from tasks.workflow.queries import PARTS
from tasks.workflow.table import check, former_department, parts_of, state_now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasks.workflow.table import Actor


@dataclass
class Move:
    """One step under way: the locked task, and what the timeline will say of the step.

    The use-case changes `task`, and may set `target` where the table's is not the one (rework,
    a close without a rating) and what the entry holds. `part` is the assignment of the department
    that acts; `adds_rows` says that assignments or requests were made, to be read again.
    """

    task: Task
    action: Action
    by: "Actor"
    now: datetime
    who: Who
    target: Status | None
    part: Assignment | None = None
    adds_rows: bool = False
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
            permitted = check(row, action, by, now)
        except NotAllowed as refusal:
            if row.moved_at == task.moved_at:
                raise
            raise WrongState(
                _("Somebody else was faster: the task is “%(state)s” now.")
                % {"state": row.get_status_display()},
                extra=state_now(row, by, now),
            ) from refusal
        step = permitted.transition
        move = Move(row, action, by, now, permitted.who, step.target, permitted.part)
        yield move
        _finish(move, columns)


def _columns(task: Task) -> dict[str, Any]:
    return {field.attname: getattr(task, field.attname) for field in task._meta.concrete_fields}


def _finish(move: Move, columns: dict[str, Any]) -> None:
    task, before = move.task, Status(move.task.status)
    if len(move.text) > MAX_TEXT:
        raise Refused(_("At most %(most)d characters.") % {"most": MAX_TEXT}, code="too_long")
    if move.target is not None:
        task.status = move.target
        task.moved_at = move.now
        final = move.target in FINAL
        task.closed_at = move.now if final else None
        if not final:
            task.ending = ""
    if move.adds_rows:
        _read_parts(task)
    clock.wind(task)
    changed = [name for name, value in _columns(task).items() if value != columns[name]]
    if changed:
        task.save(update_fields=changed)
    record(move, before)


def change(rows: Iterable[Assignment | DecisionRequest], **values: Any) -> None:
    """Gives rows of the locked task new values: one UPDATE, and the same here for who shows them."""
    rows = list(rows)
    if not rows:
        return
    type(rows[0])._default_manager.filter(pk__in=[row.pk for row in rows]).update(**values)
    for row in rows:
        for name, value in values.items():
            setattr(row, name, value)


def record(move: Move, before: Status | str) -> Event:
    """Writes the timeline entry and the audit entry of a step, and joins its attachments."""
    task = move.task
    account = move.by if isinstance(move.by, User) else None
    event = Event.objects.create(
        task=task,
        action=move.action,
        by=account,
        who=move.who,
        office=_office(task, account, move.who),
        department_id=_acting_for(move, account),
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


def _acting_for(move: Move, account: User | None) -> int | None:
    """The department for which somebody acts, where it is as a department that they may."""
    if account is None or move.who not in (Who.LEAD, Who.ASSIST, Who.VIEWER):
        return None
    if move.part:
        return move.part.department_id
    called = parts_of(move.task, account)
    return called[0].department_id if called else former_department(move.task, account)


# As which office somebody acts where several are held: the one nearest to the task.
_OFFICES = (
    Role.COMMUNITY_WORKER,
    Role.GRID_WORKER,
    Role.STREET_CADRE,
    Role.STREET_LEADER,
    Role.DISTRICT_OFFICE,
    Role.BRANCH_SECRETARY,
)
_OFFICE_OF = {
    Who.SECRETARY: Role.BRANCH_SECRETARY,
    Who.LEADER: Role.STREET_LEADER,
    Who.DISTRICT: Role.DISTRICT_OFFICE,
}


def _office(task: Task, account: User | None, who: Who) -> str:
    """The office at the task's place in which an authority acts; "" for people and departments."""
    if account is None or who in {*PRIVATE_STANDINGS, Who.LEAD, Who.ASSIST}:
        return ""
    if who in _OFFICE_OF:
        return _OFFICE_OF[who]
    held = reach_of(account).roles_at(task.unit)
    if task.triage == Triage.STREET and held & STREET_ROLES:
        held &= STREET_ROLES
    return next((office for office in _OFFICES if office in held), "")


def ended(move: Move, ending: Ending) -> None:
    """Notes how a task is closed by this step."""
    move.target = Status.CLOSED
    move.task.ending = ending
