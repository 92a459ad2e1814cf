"""A member takes a family to the heart (认亲): with the family's consent, from a day until a day."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.values.names import is_visible
from residents.models import Household
from volunteers.ending import last_day
from volunteers.service.enums import ConsentWay, Permission
from volunteers.service.models import FamilyBond, Participant

if TYPE_CHECKING:
    from orgs.models import User


@transaction.atomic
def bond(
    *,
    participant: Participant,
    household: Household,
    note: str,
    consent: ConsentWay,
    consent_by: str,
    starts: date,
    by: "User",
    now: datetime,
) -> FamilyBond:
    """Writes down that a member looks after a family; rings and orders of theirs reach the member first.

    Raises NotAllowed, Refused without what for (`no_note`) or who agreed (`no_consent`), WrongState
    (`bound`) where it stands already.
    """
    if not by.has_perm(Permission.KEEP_REPORTINS, household.building):
        raise NotAllowed(_("You do not run the service of this place."))
    if not is_visible(note):
        raise Refused(_("Say what for."), code="no_note", field="note")
    if not is_visible(consent_by):
        message = _("Say who of the family agreed.")
        raise Refused(message, code="no_consent", field="consent_by")
    try:
        with transaction.atomic():
            row: FamilyBond = FamilyBond.objects.create(
                participant=participant,
                household=household,
                note=note.strip(),
                consent=consent,
                consent_by=consent_by.strip(),
                entered_by=by,
                entered_at=now,
                starts=starts,
            )
    except IntegrityError:
        raise WrongState(_("This member looks after the family already."), code="bound") from None
    audit.record("service.bond-family", by=by, obj=row, now=now)
    return row


@transaction.atomic
def end_bond(
    *, bond_row: FamilyBond, on: date | None = None, by: "User", now: datetime
) -> FamilyBond:
    """Ends a bond with a day: whoever keeps the place, or the member."""
    row = FamilyBond.objects.select_for_update(of=("self",)).get(pk=bond_row.pk)
    own = row.participant.account_id == by.pk
    if not own and not by.has_perm(Permission.KEEP_REPORTINS, row.household.building):
        raise NotAllowed(_("You do not run the service of this place."))
    if row.ends:
        raise WrongState(_("This has ended already."), code="ended")
    row.ends = last_day(row.starts, on, now)
    row.save(update_fields=["ends"])
    audit.record("service.end-bond", by=by, obj=row, now=now)
    return row
