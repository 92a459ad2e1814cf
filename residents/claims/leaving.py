"""Leaving a home: moved away, or sold it. The history of the roll stays."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.units.queries import holders
from residents.claims import notices
from residents.enums import OWNING, ROLL_KEEPERS, LeaveReason, Relation
from residents.models import Belonging

if TYPE_CHECKING:
    from orgs.models import User


@transaction.atomic
def leave(*, belonging: Belonging, reason: LeaveReason, by: "User", now: datetime) -> Belonging:
    """Ends one's own belonging today; the community is told and corrects the roll where needed.

    Who moves away stays an owner: owners leave by selling alone. Raises NotAllowed for another's,
    WrongState where it has ended, Refused (`still_owner`).
    """
    row: Belonging = (
        Belonging.objects.select_for_update(of=("self",))
        .select_related("household__building", "person")
        .get(pk=belonging.pk)
    )
    if row.person.account_id != by.pk:
        raise NotAllowed(_("This home is not yours."))
    if row.ends:
        raise WrongState(_("This has ended already."), code="ended")
    if Relation(row.relation) in OWNING and reason != LeaveReason.SOLD:
        raise Refused(
            _("Who lets or leaves a flat still owns it. Choose “sold” once it is transferred."),
            code="still_owner",
            field="reason",
        )
    row.ends = max(timezone.localdate(now), row.starts)
    row.save(update_fields=["ends"])
    if by.home_id == row.household.building_id and not _lives_on(row, by):
        by.home = None
        by.save(update_fields=["home"])
    audit.record("residents.leave", by=by, obj=row, detail={"reason": str(reason.value)}, now=now)
    keepers = holders(row.household.building, ROLL_KEEPERS, timezone.localdate(now))
    notices.notify(keepers, notices.LEFT, row.household, f"left:{row.pk}", now)
    return row


def _lives_on(left: Belonging, by: "User") -> bool:
    """Whether the person belongs to another flat of the same building."""
    others = Belonging.objects.filter(
        person__account=by, ends=None, household__building=left.household.building_id
    )
    return others.exclude(pk=left.pk).exists()
