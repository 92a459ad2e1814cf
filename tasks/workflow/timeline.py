"""How a task's story reads: who stands behind an entry, and what it says, in the reader's language."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from orgs.enums import Role
from orgs.scoping import reach_of
from orgs.values import phones
from tasks.enums import (
    PRIVATE_STANDINGS,
    WATCHING_ROLES,
    Action,
    Channel,
    DeclineReason,
    LimitKind,
    LimitStep,
    Outcome,
    WhistleKind,
    Who,
)
from tasks.models import Event, Task
from tasks.workflow.messages import listed

if TYPE_CHECKING:
    from tasks.workflow.table import Actor


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


def _assigned_only(task: Task, user: "Actor") -> bool:
    """Whether the reader sees the task only as a department."""
    return not user.is_superuser and not reach_of(user).roles_at(task.unit) & WATCHING_ROLES  # type: ignore[arg-type]


def contact_for(task: Task, user: "Actor") -> tuple[str, str]:
    """Name and telephone of the contact as this reader may see them.

    The reporter sees the own; everybody else sees them masked (see `contacts.reveal`); a department
    sees no name where the reporter asked for that.
    """
    if user.pk and user.pk == task.reporter_id:
        return task.contact_name, task.contact_phone
    if task.hide_name and _assigned_only(task, user):
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
    if event.by_id == user.pk:
        return f"{role} {event.by}"
    private = event.department is None and event.who in PRIVATE_STANDINGS
    if private and task.hide_name and _assigned_only(task, user):
        return role
    masked = private or not is_authority(task, user)
    return f"{role} {phones.mask_name(event.by.name) if masked else event.by}"


def sentence(event: Event, *, internal: bool) -> str:
    """What an entry adds to its action: kind, departments, reasons, numbers.

    `internal` adds what is for the authorities only.
    """
    data = event.data
    match event.action:
        case Action.WHISTLE:
            return str(WhistleKind(data["kind"]).label)
        case Action.DECLINE:
            return str(DeclineReason(data["reason_code"]).label)
        case Action.DISPATCH if data["assist"]:
            return _("lead: %(lead)s; assisting: %(assist)s") % {
                "lead": data["lead"],
                "assist": listed(data["assist"]),
            }
        case Action.DISPATCH:
            return _("lead: %(lead)s") % {"lead": data["lead"]}
        case Action.TRANSFER:
            return f"{data['from']} → {data['to']}"
        case Action.MERGE if "into" in data:
            return _("goes on under %(number)s") % {"number": data["into"]}
        case Action.MERGE:
            return _("joined by %(number)s") % {"number": data["from"]}
        case Action.RESOLVE if internal and data.get("reason"):
            return f"{Outcome(data['outcome']).label} · {data['reason']}"
        case Action.RESOLVE:
            return str(Outcome(data["outcome"]).label)
        case Action.RATE:
            return _("%(stars)d stars · %(resolved)s · %(contacted)s") % {
                "stars": data["stars"],
                "resolved": _("resolved") if data["resolved"] else _("not resolved"),
                "contacted": _("was contacted") if data["contacted"] else _("was not contacted"),
            } + (" · " + _("entered after a call") if data["called_back"] else "")
        case Action.DECIDE_REFUSAL | Action.DECIDE_EXTENSION:
            return _("granted") if data["granted"] else _("not granted")
        case Action.REMIND | Action.ESCALATE:
            return _("%(limit)s: %(step)s") % {
                "limit": LimitKind(data["limit"]).label,
                "step": LimitStep(data["step"]).label,
            }
        case Action.REFUSE if data.get("asks"):
            return _("a second refusal: the district decides")
        case _:
            return ""
