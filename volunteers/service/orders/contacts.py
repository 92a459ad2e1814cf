"""Whom to call about an order, a ring or a question: in clear for who has to call, recorded."""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused
from orgs.scoping import reach_of
from residents.privacy import unmasking
from volunteers.service.attendance.samples import may_answer
from volunteers.service.enums import SERVICE_HELPERS, OrderState, RingState
from volunteers.service.models import Ring, ServedQuestion, ServiceOrder

if TYPE_CHECKING:
    from orgs.models import User


class Contact(NamedTuple):
    """Whom to call."""

    name: str
    phone: str


Asked = ServiceOrder | Ring | ServedQuestion


def may_reveal(row: Asked, user: "User") -> bool:
    """Who works with the place, and who took it while it is theirs; of a question who asks it by
    telephone; nobody else."""
    if isinstance(row, ServedQuestion):
        rung_up = row.participant.account_key is None and not row.answer
        return rung_up and may_answer(row, user)
    if row.taker is not None and row.taker.account_id == user.pk:
        return row.state in (OrderState.TAKEN, RingState.TAKEN)
    return bool(reach_of(user).roles_at(row.unit) & SERVICE_HELPERS)


@transaction.atomic
def reveal(*, row: Asked, purpose: str, by: "User", now: datetime) -> Contact:
    """Name and telephone in clear; it stands in the audit and in "who saw whom".

    Raises NotAllowed, Refused without a purpose or a number, TooOften beyond the day's limit.
    """
    if not may_reveal(row, by):
        raise NotAllowed(_("You may not see this contact in clear."))
    purpose = unmasking.checked_purpose(purpose)
    contact = _contact_of(row)
    if not contact.phone:
        raise Refused(_("No number is known."), code="nothing_there")
    noun = row._meta.model_name or ""
    seen = unmasking.record_contact(
        report=f"{noun}-{row.pk}", place=row.unit, purpose=purpose, by=by, now=now
    )
    detail = {"purpose": purpose, "record": seen.pk}
    audit.record(f"service.reveal-{noun}", by=by, obj=row, now=now, detail=detail)
    return contact


def _contact_of(row: Asked) -> Contact:
    if isinstance(row, ServedQuestion):
        return Contact(row.participant.name, row.participant.telephone)
    asker = row.ordered_by if isinstance(row, ServiceOrder) else row.rung_by
    whose = row.person or asker
    return Contact(whose.name, whose.phone)
