"""The workflow of a task as one table: buttons, API verbs, permissions and the diagram come from it.

`check` is the one gate: role first, then state, then the fine print.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.enums import Role
from orgs.errors import DomainError, NotAllowed, WrongState
from orgs.scoping import reach_of
from tasks.enums import (
    ACTIVE_ASSIGNMENT,
    COMMUNITY_ROLES,
    HANDLER_ROLES,
    HELPER_ROLES,
    OPEN,
    STREET_ROLES,
    WATCHING_ROLES,
    WITH_DEPARTMENTS,
    Action,
    AssignmentRole,
    AssignmentStatus,
    RequestKind,
    Status,
    Triage,
    Who,
)
from tasks.models import Assignment, Event, Task

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from orgs.models import User


@dataclass(frozen=True)
class VerifiedReporter:
    """A reporter without an account who proved the telephone of one task by a code."""

    task_id: int
    pk: None = None
    is_authenticated: bool = False
    is_superuser: bool = False


@dataclass(frozen=True)
class System:
    """The portal itself, for the steps that nobody takes."""

    pk: None = None
    is_authenticated: bool = False
    is_superuser: bool = False


SYSTEM = System()

if TYPE_CHECKING:
    from typing import TypeAlias

    Actor: TypeAlias = User | AnonymousUser | VerifiedReporter | System

Guard = Callable[[Task, "Actor"], DomainError | None]


@dataclass(frozen=True)
class Transition:
    """One row of the table. `target` None leaves the state as it is.

    `parts`: the row is a department's, whose own part has to be in one of these states.
    `within`: only so long after the task was closed.
    """

    action: Action
    sources: frozenset[Status]
    target: Status | None
    by: frozenset[Who]
    guard: Guard | None = None
    parts: frozenset[AssignmentStatus] = frozenset()
    within: timedelta | None = None


# --- Fine print --------------------------------------------------------------------------------


def parts_of(task: Task, user: "Actor") -> list[Assignment]:
    """What the user's departments have to do in the present dispatch, the lead's first."""
    departments = reach_of(user).department_ids  # type: ignore[arg-type]
    if not departments:
        return []
    return [part for part in task.present_parts if part.department_id in departments]


def _fitting_part(task: Task, user: "Actor", row: Transition) -> Assignment:
    """The part with which a department's row is taken; raises WrongState where there is none."""
    role = AssignmentRole.LEAD if Who.LEAD in row.by else AssignmentRole.ASSIST
    mine = [part for part in parts_of(task, user) if part.role == role]
    fitting = next((part for part in mine if part.status in row.parts), None)
    if fitting:
        return fitting
    if any(part.status == AssignmentStatus.DISPATCHED for part in mine):
        raise WrongState(_("Your department has to report in first."), code="not_reported_in")
    if any(part.status == AssignmentStatus.REPORTED_IN for part in mine):
        raise WrongState(_("Your department has reported in already."))
    raise WrongState(_("Your department's part has ended."))


def former_department(task: Task, user: "Actor") -> int | None:
    """The user's department that has, or ever had, an assignment: it keeps seeing the task."""
    departments = reach_of(user).department_ids  # type: ignore[arg-type]
    assigned = (one.department_id for one in task.assignments.all())
    return next((one for one in assigned if one in departments), None)


def _signed(task: Task, user: "Actor") -> DomainError | None:
    if task.whistle_rule and task.whistle_rule.needs_signature and task.signed_at is None:
        return WrongState(
            _("The street's leadership has to sign this whistle first."), code="signature_required"
        )
    return None


def _to_be_signed(task: Task, user: "Actor") -> DomainError | None:
    if task.whistle_rule is None or not task.whistle_rule.needs_signature:
        return WrongState(_("This kind of whistle needs no signature."), code="no_signature_needed")
    if task.signed_at:
        return WrongState(_("This whistle is signed already."), code="signed_already")
    return None


def _may_refuse(task: Task, user: "Actor") -> DomainError | None:
    if task.undecided(RequestKind.REFUSAL):
        return WrongState(_("Your refusal waits for the district's decision."), code="pending")
    leading = {
        part.department_id for part in parts_of(task, user) if part.role == AssignmentRole.LEAD
    }
    denied = any(
        request.kind == RequestKind.REFUSAL
        and request.granted is False
        and request.decided_by_id
        and request.department_id in leading
        for request in task.requests.all()
    )
    if denied:
        return WrongState(_("The district did not grant your refusal."), code="refusal_denied")
    return None


def _refusal_pending(task: Task, user: "Actor") -> DomainError | None:
    if task.undecided(RequestKind.REFUSAL):
        return None
    return WrongState(_("No refusal waits for a decision."), code="nothing_pending")


def _extension_pending(task: Task, user: "Actor") -> DomainError | None:
    if task.undecided(RequestKind.EXTENSION):
        return None
    return WrongState(_("No request for more time waits for a decision."), code="nothing_pending")


def _may_extend(task: Task, user: "Actor") -> DomainError | None:
    if task.resolve_by is None:
        return WrongState(_("No limit runs yet."), code="no_limit")
    if task.undecided(RequestKind.EXTENSION):
        return WrongState(_("A request for more time waits for a decision."), code="pending")
    return None


def _has_rework(task: Task, user: "Actor") -> DomainError | None:
    if task.worked_from == Status.HANDLING:
        return WrongState(_("Your own work is confirmed, not sent back."), code="own_work")
    return None


def _not_merged(task: Task, user: "Actor") -> DomainError | None:
    if task.merged_into_id:
        return WrongState(_("A merged report goes on under the other number."), code="merged")
    return None


def _without_account(task: Task, user: "Actor") -> DomainError | None:
    if task.reporter_id and task.reporter_id != user.pk:
        return NotAllowed(_("The reporter decides whether to reopen this."))
    return _not_merged(task, user)


def _took_no_action(task: Task, user: "Actor") -> DomainError | None:
    if Event.objects.filter(task=task, by=user.pk).exists():
        return NotAllowed(_("Only staff who took no part in this task may enter a call-back."))
    return None


def _own_taking(task: Task, user: "Actor") -> DomainError | None:
    return None if task.taker_id == user.pk else NotAllowed(_("Somebody else took this task."))


# How long a closed task can be taken up again.
REOPENED_WITHIN = timedelta(days=15)

# --- The table ---------------------------------------------------------------------------------

S, A, W = Status, Action, Who


def _row(
    action: Action,
    sources: Iterable[Status],
    target: Status | None,
    *by: Who,
    guard: Guard | None = None,
    parts: Iterable[AssignmentStatus] = (),
    within: timedelta | None = None,
) -> Transition:
    return Transition(
        action, frozenset(sources), target, frozenset(by), guard, frozenset(parts), within
    )


_CALLED = (AssignmentStatus.DISPATCHED,)
_THERE = (AssignmentStatus.REPORTED_IN,)


_COMMENTING = (
    W.REPORTER,
    W.HANDLER,
    W.COMMUNITY,
    W.SECRETARY,
    W.STREET,
    W.LEADER,
    W.DISTRICT,
    W.LEAD,
    W.ASSIST,
    W.TAKER,
    W.VIEWER,
)

TABLE: tuple[Transition, ...] = (
    _row(A.ACCEPT, [S.SUBMITTED], S.HANDLING, W.HANDLER),
    _row(A.DECLINE, [S.SUBMITTED], S.DECLINED, W.HANDLER),
    _row(A.OFFER, [S.SUBMITTED, S.HANDLING], S.OFFERED, W.HANDLER, W.SECRETARY),
    _row(A.WHISTLE, [S.SUBMITTED, S.HANDLING], S.WHISTLED, W.HANDLER),
    _row(A.TRANSFER, [S.SUBMITTED], S.SUBMITTED, W.HANDLER),
    _row(A.MERGE, [S.SUBMITTED, S.HANDLING], S.CLOSED, W.HANDLER),
    _row(A.TAKE, [S.OFFERED], S.TAKEN, W.HELPER),
    _row(A.DROP, [S.TAKEN], S.OFFERED, W.HELPER, W.TAKER, guard=_own_taking),
    _row(A.RECALL, [S.OFFERED, S.TAKEN], S.HANDLING, W.HANDLER),
    _row(A.SIGN, [S.WHISTLED], None, W.LEADER, guard=_to_be_signed),
    _row(A.DISPATCH, [S.WHISTLED], S.DISPATCHED, W.STREET, guard=_signed),
    _row(A.RETURN, [S.WHISTLED], S.HANDLING, W.STREET),
    _row(A.RECALL, WITH_DEPARTMENTS, S.WHISTLED, W.STREET),
    _row(A.REPORT_IN, [S.DISPATCHED], S.REPORTED_IN, W.LEAD, parts=_CALLED),
    _row(A.REPORT_IN, WITH_DEPARTMENTS, None, W.ASSIST, parts=_CALLED),
    _row(A.CONTACT, WITH_DEPARTMENTS, None, W.LEAD, parts=_THERE),
    _row(A.CONTACT, WITH_DEPARTMENTS, None, W.ASSIST, parts=_THERE),
    _row(A.FINISH, WITH_DEPARTMENTS, None, W.ASSIST, parts=_THERE),
    _row(A.REFUSE, [S.DISPATCHED], S.WHISTLED, W.LEAD, parts=_CALLED, guard=_may_refuse),
    _row(A.REFUSE, WITH_DEPARTMENTS, None, W.ASSIST, parts=ACTIVE_ASSIGNMENT),
    _row(A.DECIDE_REFUSAL, [S.DISPATCHED], S.WHISTLED, W.DISTRICT, guard=_refusal_pending),
    _row(A.RESOLVE, [S.HANDLING], S.RESOLVED, W.HANDLER),
    _row(A.RESOLVE, [S.TAKEN], S.RESOLVED, W.TAKER),
    _row(A.RESOLVE, [S.REPORTED_IN], S.RESOLVED, W.LEAD, parts=_THERE),
    _row(A.CONFIRM, [S.RESOLVED], S.RATING, W.CONFIRMER),
    _row(A.REWORK, [S.RESOLVED], S.REPORTED_IN, W.CONFIRMER, guard=_has_rework),
    _row(A.RATE, [S.RATING], S.CLOSED, W.REPORTER),
    _row(A.RATE, [S.RATING], S.CLOSED, W.CALL_BACK, guard=_took_no_action),
    _row(A.EXPIRE, [S.RATING], S.CLOSED, W.SYSTEM),
    _row(A.WITHDRAW, [S.SUBMITTED, S.HANDLING, S.OFFERED, S.WHISTLED], S.WITHDRAWN, W.REPORTER),
    _row(
        A.REOPEN,
        [S.CLOSED, S.DECLINED],
        S.HANDLING,
        W.REPORTER,
        guard=_not_merged,
        within=REOPENED_WITHIN,
    ),
    _row(
        A.REOPEN,
        [S.CLOSED, S.DECLINED],
        S.HANDLING,
        W.STREET,
        guard=_without_account,
        within=REOPENED_WITHIN,
    ),
    # As what one comments decides how one's name is shown: the reporter's may be kept hidden.
    _row(A.COMMENT, OPEN, None, *_COMMENTING),
    _row(A.URGE, OPEN, None, W.REPORTER, W.COMMUNITY, W.STREET, W.DISTRICT),
    _row(A.REQUEST_EXTENSION, [S.HANDLING], None, W.HANDLER, guard=_may_extend),
    _row(A.REQUEST_EXTENSION, [S.TAKEN], None, W.TAKER, guard=_may_extend),
    _row(A.REQUEST_EXTENSION, WITH_DEPARTMENTS, None, W.LEAD, guard=_may_extend),
    _row(A.DECIDE_EXTENSION, OPEN, None, W.CONFIRMER, guard=_extension_pending),
)


# --- How somebody stands to a task -------------------------------------------------------------

_AUTHORITIES = frozenset(
    {W.HANDLER, W.COMMUNITY, W.SECRETARY, W.STREET, W.LEADER, W.DISTRICT, W.CONFIRMER, W.VIEWER}
)


def standings(task: Task, user: "Actor") -> frozenset[Who]:
    """All the ways in which a person stands to a task.

    A superuser stands for every authority, never for the reporter, a department or a member.
    """
    if isinstance(user, VerifiedReporter):
        return frozenset({W.REPORTER}) if user.task_id == task.pk else frozenset()
    if isinstance(user, System):
        return frozenset({W.SYSTEM})
    if not user.is_authenticated:
        return frozenset()
    roles = reach_of(user).roles_at(task.unit)
    found: set[Who] = set()
    if user.is_superuser:
        found |= _AUTHORITIES
    if task.reporter_id == user.pk:
        found.add(W.REPORTER)
    if task.taker_id == user.pk:
        found.add(W.TAKER)
    if roles & COMMUNITY_ROLES:
        found.add(W.COMMUNITY)
    if roles & STREET_ROLES:
        found.add(W.STREET)
    if Role.STREET_LEADER in roles:
        found.add(W.LEADER)
    if roles & (STREET_ROLES if task.triage == Triage.STREET else HANDLER_ROLES):
        found.add(W.HANDLER)
    if Role.DISTRICT_OFFICE in roles:
        found.add(W.DISTRICT)
    if Role.BRANCH_SECRETARY in roles:
        found.add(W.SECRETARY)
    if roles & HELPER_ROLES:
        found.add(W.HELPER)
    if roles & (COMMUNITY_ROLES | STREET_ROLES):
        found.add(W.CALL_BACK)
    for part in parts_of(task, user):
        found.add(W.LEAD if part.role == AssignmentRole.LEAD else W.ASSIST)
    if _hands_out(task, user, found):
        found.add(W.CONFIRMER)
    offered_here = W.HELPER in found and task.status == Status.OFFERED
    sees = (
        offered_here
        or bool(roles & WATCHING_ROLES)
        or task.entered_by_id == user.pk
        or former_department(task, user) is not None
    )
    if found - {W.HELPER, W.CALL_BACK} or sees:
        found.add(W.VIEWER)
    return frozenset(found)


def _hands_out(task: Task, user: "Actor", found: set[Who]) -> bool:
    """Whether this person handed out the present work, and so confirms it.

    The street for a department's work; the community, or the secretary where a secretary offered
    it, for a member's; the community for its own.
    """
    worked = Status(task.worked_from or task.status)
    if worked in WITH_DEPARTMENTS:
        return W.STREET in found
    offered = worked in (Status.OFFERED, Status.TAKEN) and task.offered_as == W.SECRETARY
    return W.HANDLER in found or (offered and W.SECRETARY in found)


# --- The gate ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Permitted:
    """A transition that may be made, the standing that allows it, a department's own part."""

    transition: Transition
    who: Who
    part: Assignment | None = None


@dataclass(frozen=True)
class Option:
    """An action for which somebody has the role; `refusal` says why it is closed now."""

    action: Action
    refusal: str = ""

    @property
    def is_open(self) -> bool:
        return not self.refusal


def check(task: Task, action: Action, user: "Actor", now: datetime | None = None) -> Permitted:
    """The transition that this person may make now.

    Raises NotAllowed (403) without the role; WrongState (409), with what is possible now, in
    another state or where the fine print says so.
    """
    mine, now = standings(task, user), now or timezone.now()
    try:
        return _check(task, action, user, mine, now)
    except WrongState as refusal:
        refusal.extra |= _state_now(task, user, mine, now)
        raise


def state_now(task: Task, user: "Actor", now: datetime) -> dict[str, Any]:
    """What a refused step is told: the state, and what this person may do in it."""
    return _state_now(task, user, standings(task, user), now)


def _state_now(task: Task, user: "Actor", mine: frozenset[Who], now: datetime) -> dict[str, Any]:
    offered = _options(task, user, mine, now)
    return {
        "task_status": task.status,
        "available_actions": [option.action.value for option in offered if option.is_open],
    }


def _check(
    task: Task, action: Action, user: "Actor", mine: frozenset[Who], now: datetime
) -> Permitted:
    rows = [row for row in TABLE if row.action == action and row.by & mine]
    if not rows:
        raise NotAllowed(_("You may not do this with this task."))
    refusal: DomainError = WrongState(
        _("The task is “%(state)s”: this is not possible now.")
        % {"state": task.get_status_display()}
    )
    for row in rows:
        if task.status not in row.sources:
            continue
        try:
            return _permitted(task, user, row, mine, now)
        except DomainError as closed:
            refusal = closed
    raise refusal


def _permitted(
    task: Task, user: "Actor", row: Transition, mine: frozenset[Who], now: datetime
) -> Permitted:
    """What one fitting row allows; raises what its fine print says."""
    part = _fitting_part(task, user, row) if row.parts else None
    refusal = row.guard(task, user) if row.guard else None
    if refusal:
        raise refusal
    if row.within and task.closed_at and now > task.closed_at + row.within:
        raise WrongState(
            _("This was closed more than %(days)d days ago: report it anew.")
            % {"days": row.within.days},
            code="too_late",
        )
    return Permitted(row, min(row.by & mine, key=list(Who).index), part)


def is_open(task: Task, action: Action, user: "Actor", now: datetime | None = None) -> bool:
    """Whether this person may take the step now."""
    try:
        _check(task, action, user, standings(task, user), now or timezone.now())
    except DomainError:
        return False
    return True


def _options(task: Task, user: "Actor", mine: frozenset[Who], now: datetime) -> list[Option]:
    options = []
    for action in dict.fromkeys(row.action for row in TABLE):
        rows = [row for row in TABLE if row.action == action and row.by & mine]
        if not rows:
            continue
        if not any(task.status in row.sources for row in rows):
            text = _("not while “%(state)s”") % {"state": task.get_status_display()}
            options.append(Option(action, text))
            continue
        try:
            _check(task, action, user, mine, now)
            options.append(Option(action))
        except NotAllowed:
            continue
        except DomainError as refusal:
            options.append(Option(action, refusal.message))
    return options


def options(task: Task, user: "Actor", now: datetime | None = None) -> list[Option]:
    """Everything this person has a role for, open or closed and why; in the table's order."""
    return _options(task, user, standings(task, user), now or timezone.now())


def available_actions(task: Task, user: "Actor", now: datetime | None = None) -> list[str]:
    """The actions open to this person now."""
    return [option.action.value for option in options(task, user, now) if option.is_open]


def may(user: "Actor", action: Action, task: Task) -> bool:
    """Whether somebody has the role for an action on a task, whatever its state."""
    mine = standings(task, user)
    return any(row.action == action and row.by & mine for row in TABLE)
