"""Seeing a contact in clear: only where somebody has to call, for a purpose, recorded and limited."""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.crypto import opened_index, sealed_index
from orgs.enums import Role
from orgs.errors import NotAllowed, Refused
from orgs.scoping import reach_of
from orgs.values import phones
from residents.privacy import unmasking
from tasks.enums import COMMUNITY_ROLES, OPEN, STREET_ROLES, Permission, Status, Triage
from tasks.models import Task
from tasks.workflow.rules.relations import parts_of
from tasks.workflow.timeline import hides_name

if TYPE_CHECKING:
    from orgs.models import User


class Contact(NamedTuple):
    """Whom to call; no name where the reporter keeps it from the reader."""

    name: str
    phone: str


def may_reveal(user: "User", task: Task) -> bool:
    """Whoever has to call; nobody else.

    Street and community of the place, its grid where it handles the task; a department from its
    dispatch until its part has ended, the member who took the task while it is taken.
    """
    roles = reach_of(user).roles_at(task.unit)
    grid = Role.GRID_WORKER in roles and task.triage == Triage.COMMUNITY
    if grid or roles & (COMMUNITY_ROLES | STREET_ROLES):
        return True
    if task.taker_id == user.pk:
        return task.status == Status.TAKEN
    return any(part.is_active for part in parts_of(task, user))


def revealable(user: "User") -> Q:
    """The tasks whose contact a person may search by: those of the own offices, and the own ones."""
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


@transaction.atomic
def reveal(*, task: Task, purpose: str, by: "User", now: datetime) -> Contact:
    """Name and telephone in clear; it stands in the audit and in "who saw whom".

    Raises NotAllowed for all who need not call, Refused without a purpose or where no contact was
    left, TooOften beyond the day's limit, which counts every private thing that an account opens.
    """
    if not by.has_perm(Permission.REVEAL_CONTACT, task):
        raise NotAllowed(_("You may not see this contact in clear."))
    purpose = unmasking.checked_purpose(purpose)
    name = "" if hides_name(task, by) else task.contact_name
    if not name and not task.contact_phone:
        raise Refused(_("No contact was left."), code="nothing_there")
    seen = unmasking.record_contact(
        report=task.number, place=task.unit, purpose=purpose, by=by, now=now
    )
    detail = {"number": task.number, "purpose": purpose, "record": seen.pk}
    audit.record("tasks.reveal-contact", by=by, obj=task, now=now, detail=detail)
    return Contact(name, task.contact_phone)


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
