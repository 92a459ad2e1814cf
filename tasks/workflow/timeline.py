"""How a task's timeline reads: who stands behind an entry, and what it says, in the reader's language."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from orgs.enums import Role
from orgs.models import Attachment
from orgs.scoping import reach_of
from orgs.values import phones
from tasks.enums import (
    PRIVATE_RELATIONS,
    WATCHING_ROLES,
    Action,
    Channel,
    Who,
)
from tasks.models import Event, Task

if TYPE_CHECKING:
    from tasks.workflow.rules.relations import Actor


def is_authority(task: Task, user: "Actor") -> bool:
    """Whether the reader works on the task's side: street, community, grid, district, secretary, department."""
    if user.is_superuser:
        return True
    if not user.is_authenticated:
        return False
    reach = reach_of(user)  # type: ignore[arg-type]
    if reach.roles_at(task.unit) & WATCHING_ROLES:
        return True
    return any(
        assignment.department_id in reach.department_ids for assignment in task.assignments.all()
    )


def hides_name(task: Task, user: "Actor") -> bool:
    """Whether the reporter keeps the name from this reader: a department, or who took the task."""
    return task.hide_name and not _watches(task, user)


def _watches(task: Task, user: "Actor") -> bool:
    """Whether the reader sees the task by an office at its place."""
    return user.is_superuser or bool(reach_of(user).roles_at(task.unit) & WATCHING_ROLES)  # type: ignore[arg-type]


def contact_for(task: Task, user: "Actor") -> tuple[str, str]:
    """Name and telephone of the contact as this reader may see them.

    The reporter sees the own; everybody else sees them masked (see `contacts.reveal`); a department
    sees no name where the reporter asked for that.
    """
    if user.pk and user.pk == task.reporter_id:
        return task.contact_name, task.contact_phone
    if hides_name(task, user):
        return "", phones.mask(task.contact_phone)
    return phones.mask_name(task.contact_name), phones.mask(task.contact_phone)


def author(event: Event, task: Task, user: "Actor") -> str:
    """Who did it: role first; private people's names masked for everybody but themselves."""
    if event.who == Who.SYSTEM:
        return _("The portal")
    if event.department:
        role: str = event.department.short_name
    elif event.action == Action.REPORT:
        role = str(Channel(task.channel).label)
    else:
        role = str(Role(event.office).label if event.office else Who(event.who).label)
    if event.by is None:
        return role
    private = event.department is None and event.who in PRIVATE_RELATIONS
    if event.by_id == user.pk:
        return _("You") if private else f"{role} {event.by}"
    if private and hides_name(task, user):
        return role
    masked = private or not is_authority(task, user)
    return f"{role} {phones.mask_name(event.by.name) if masked else event.by}"


def before_and_after(events: Iterable[Event]) -> tuple[list[Attachment], list[Attachment]]:
    """What private people showed, and what those who worked on it showed of the result."""
    before: list[Attachment] = []
    after: list[Attachment] = []
    for event in events:
        side = before if event.who in PRIVATE_RELATIONS else after
        side += [attached.attachment for attached in event.attached.all()]
    return before, after
