"""Whether the yearly publicity may name somebody (志愿服务条例, art. 20): asked, never presumed."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import Refused
from volunteers.service.models import Participant
from volunteers.service.reportins.participants import whose

if TYPE_CHECKING:
    from orgs.models import User


@transaction.atomic
def agree(
    *, named: bool, participant: Participant | None = None, by: "User", now: datetime
) -> Participant:
    """Agrees to be named, or takes it back: for oneself; on paper for a `participant` without account.

    Raises NotAllowed, Refused for who never served.
    """
    who = whose(participant, by)
    rows = Participant.objects.select_for_update(of=("self",))
    row = rows.filter(pk=who.pk).first() if who else None
    if row is None:
        raise Refused(_("There is no service to name yet."), code="never_served")
    if named != (row.shows_name_since is not None):
        row.shows_name_since = now if named else None
        row.save(update_fields=["shows_name_since"])
        detail = {"named": named} | audit.on_behalf_of(participant)
        audit.record("service.agree-to-be-named", by=by, obj=row, detail=detail, now=now)
    return row
