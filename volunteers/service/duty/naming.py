"""Whether the yearly publicity may name somebody (志愿服务条例, art. 20): asked, never presumed."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import Refused
from volunteers.service.models import Participant

if TYPE_CHECKING:
    from orgs.models import User


@transaction.atomic
def agree(*, named: bool, by: "User", now: datetime) -> Participant:
    """Agrees to be named, or takes it back; for oneself alone. Raises Refused for who never served."""
    row = Participant.objects.select_for_update(of=("self",)).filter(account=by).first()
    if row is None:
        raise Refused(_("There is nothing of yours to name yet."), code="never_served")
    if named != (row.shows_name_since is not None):
        row.shows_name_since = now if named else None
        row.save(update_fields=["shows_name_since"])
        audit.record("service.agree-to-be-named", by=by, obj=row, detail={"named": named}, now=now)
    return row
