"""What somebody is to one task: its reporter, its handler, the lead's officer, whoever confirms it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orgs.enums import Role
from orgs.scoping import reach_of
from orgs.workflow.transitions import System
from tasks.enums import (
    CALL_BACK_ROLES,
    COMMUNITY_ROLES,
    HANDLER_ROLES,
    HELPER_ROLES,
    STREET_ROLES,
    WATCHING_ROLES,
    WITH_DEPARTMENTS,
    AssignmentRole,
    Status,
    Triage,
    Who,
)
from tasks.models import Assignment, Task

if TYPE_CHECKING:
    from typing import TypeAlias

    from django.contrib.auth.models import AnonymousUser

    from orgs.models import User


@dataclass(frozen=True)
class VerifiedReporter:
    """A reporter without an account who proved the telephone of one task by a code.

    `uploads` are the keys of the photos that came from the same browser and that no entry has taken.
    """

    task_id: int
    uploads: tuple[str, ...] = ()
    pk: None = None
    is_authenticated: bool = False
    is_superuser: bool = False


if TYPE_CHECKING:
    Actor: TypeAlias = User | AnonymousUser | VerifiedReporter | System

# The roles by which somebody can come to be this to a task; None: anybody (reporting, having taken it).
ROLES: dict[Who, frozenset[Role] | None] = {
    **dict.fromkeys((Who.REPORTER, Who.TAKER, Who.VIEWER)),
    Who.SYSTEM: frozenset(),
    Who.HANDLER: HANDLER_ROLES | STREET_ROLES,
    Who.COMMUNITY: COMMUNITY_ROLES,
    Who.SECRETARY: frozenset({Role.BRANCH_SECRETARY}),
    Who.STREET: STREET_ROLES,
    Who.LEADER: frozenset({Role.STREET_LEADER}),
    Who.DISTRICT: frozenset({Role.DISTRICT_OFFICE}),
    **dict.fromkeys((Who.LEAD, Who.ASSIST), frozenset({Role.DEPARTMENT_OFFICER})),
    Who.HELPER: HELPER_ROLES,
    Who.CONFIRMER: HANDLER_ROLES | STREET_ROLES | {Role.BRANCH_SECRETARY},
    Who.CALL_BACK: CALL_BACK_ROLES,
}
# What an office at the task's place alone makes somebody.
_BY_OFFICE = (
    *(Who.COMMUNITY, Who.SECRETARY, Who.STREET, Who.LEADER),
    *(Who.DISTRICT, Who.HELPER, Who.CALL_BACK),
)
# A superuser stands for every authority, never for the reporter, a department or a member.
_AUTHORITIES = frozenset(
    {
        *(Who.HANDLER, Who.COMMUNITY, Who.SECRETARY, Who.STREET, Who.LEADER),
        *(Who.DISTRICT, Who.CONFIRMER, Who.VIEWER),
    }
)


def parts_of(task: Task, user: "Actor") -> list[Assignment]:
    """What the user's departments have to do in the present dispatch, the lead's first."""
    departments = reach_of(user).department_ids  # type: ignore[arg-type]
    if not departments:
        return []
    return [part for part in task.present_parts if part.department_id in departments]


@dataclass(frozen=True)
class Handed:
    """To whom of the own office a task was handed (派到人)."""

    person_id: int
    name: str

    def is_mine(self, user: "Actor") -> bool:
        return self.person_id == user.pk


def handed(task: Task, user: "Actor") -> Handed | None:
    """Who of the reader's own office has the task; None where nobody, and for other offices.

    Without a query where `tasks.workflow.queries` read the names with task and assignments.
    """
    for part in parts_of(task, user):
        if part.is_active and part.person_id:
            return Handed(part.person_id, part.person_name or str(part.person))
    if task.handed_to_id and reach_of(user).roles_at(task.unit) & (HANDLER_ROLES | STREET_ROLES):  # type: ignore[arg-type]
        return Handed(task.handed_to_id, task.handed_name or str(task.handed_to))
    return None


def former_department(task: Task, user: "Actor") -> int | None:
    """The user's department that has, or ever had, an assignment: it keeps seeing the task."""
    departments = reach_of(user).department_ids  # type: ignore[arg-type]
    assigned = (assignment.department_id for assignment in task.assignments.all())
    return next((department for department in assigned if department in departments), None)


def relations(task: Task, user: "Actor") -> frozenset[Who]:
    """Everything that a person is to a task."""
    if isinstance(user, VerifiedReporter):
        return frozenset({Who.REPORTER}) if user.task_id == task.pk else frozenset()
    if isinstance(user, System):
        return frozenset({Who.SYSTEM})
    if not user.is_authenticated:
        return frozenset()
    roles = reach_of(user).roles_at(task.unit)
    known = {who for who in _BY_OFFICE if (ROLES[who] or set()) & roles}
    if user.is_superuser:
        known |= _AUTHORITIES
    if task.reporter_id == user.pk:
        known.add(Who.REPORTER)
    if task.taker_id == user.pk:
        known.add(Who.TAKER)
    if roles & (STREET_ROLES if task.triage == Triage.STREET else HANDLER_ROLES):
        known.add(Who.HANDLER)
    for part in parts_of(task, user):
        known.add(Who.LEAD if part.role == AssignmentRole.LEAD else Who.ASSIST)
    if _handed_out(task, known):
        known.add(Who.CONFIRMER)
    offered_here = Who.HELPER in known and task.status == Status.OFFERED
    sees = (
        offered_here
        or bool(roles & WATCHING_ROLES)
        or task.entered_by_id == user.pk
        or former_department(task, user) is not None
    )
    if known - {Who.HELPER, Who.CALL_BACK} or sees:
        known.add(Who.VIEWER)
    return frozenset(known)


def _handed_out(task: Task, known: set[Who]) -> bool:
    """Whether this person handed out the present work, and so confirms it.

    The street for a department's work; the community, or the secretary where a secretary offered
    it, for a member's; the community for its own.
    """
    worked = Status(task.worked_from or task.status)
    if worked in WITH_DEPARTMENTS:
        return Who.STREET in known
    offered = worked in (Status.OFFERED, Status.TAKEN) and task.offered_as == Who.SECRETARY
    return Who.HANDLER in known or (offered and Who.SECRETARY in known)
