"""Seeing a contact in clear: only where somebody has to call, with a reason that is kept."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.crypto import opened_index, sealed_index
from orgs.enums import Role
from orgs.errors import NotAllowed, Refused
from orgs.scoping import reach_of
from orgs.values import phones
from tasks.enums import COMMUNITY_ROLES, OPEN, STREET_ROLES, Permission, Triage
from tasks.models import Task

if TYPE_CHECKING:
    from orgs.models import User

MAX_REASON = 200


def may_reveal(user: "User", task: Task) -> bool:
    """Street and community of the place, and its grid where it handles the task; nobody else."""
    roles = reach_of(user).roles_at(task.unit)
    grid = Role.GRID_WORKER in roles and task.triage == Triage.COMMUNITY
    return grid or bool(roles & (COMMUNITY_ROLES | STREET_ROLES))


def revealable(user: "User") -> Q:
    """The tasks whose contact a person may know in full: `may_reveal`, and the own ones."""
    reach = reach_of(user)
    grid = Q(triage=Triage.COMMUNITY) & reach.q("unit", [Role.GRID_WORKER])
    return reach.q("unit", COMMUNITY_ROLES | STREET_ROLES) | grid | Q(reporter=user)


def caller(words: str) -> str:
    """What stands for a telephone number in an address; "" where the words are no telephone number."""
    try:
        return sealed_index(phones.index(phones.normalise(words)))
    except Refused:
        return ""


def of_caller(tasks: QuerySet[Task], user: "User", caller: str) -> QuerySet[Task]:
    """The tasks of one telephone, as `caller` names it.

    Only tasks whose contact the person may know: a search is no oracle.
    """
    return tasks.filter(revealable(user), contact_phone_index=opened_index(caller) or None)


def reveal(*, task: Task, reason: str, by: "User", now: datetime) -> tuple[str, str]:
    """Name and telephone in clear; the audit keeps who asked and why.

    Raises NotAllowed for departments and all others who need not call; Refused without a reason.
    """
    if not by.has_perm(Permission.REVEAL_CONTACT, task):
        raise NotAllowed(_("You may not see this contact in clear."))
    if not reason.strip() or "\0" in reason:
        raise Refused(
            _("Say why you need the contact."), fields={"reason": [_("needed, it is kept")]}
        )
    with transaction.atomic():
        audit.record(
            "tasks.reveal-contact",
            by=by,
            obj=task,
            now=now,
            detail={"number": task.number, "reason": reason.strip()[:MAX_REASON]},
        )
        return task.contact_name, task.contact_phone


@transaction.atomic
def forget(user: "User", *, by: "User", now: datetime) -> int:
    """Empties name and telephone in the closed reports of somebody who asked for it; their number.

    What was reported and done stays, as an act of the authorities.
    """
    over = Task.objects.filter(reporter=user).exclude(status__in=OPEN)
    count = over.exclude(contact_name="", contact_phone_index="").update(
        contact_name="", contact_phone="", contact_phone_index=""
    )
    audit.record("tasks.forget-contacts", by=by, obj=user, detail={"tasks": count}, now=now)
    return count
