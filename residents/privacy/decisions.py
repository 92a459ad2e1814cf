"""Deciding once on what people claim or ask for, with a reason that they read."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from orgs.errors import Refused, WrongState

if TYPE_CHECKING:
    from orgs.models import User
    from residents.models.decisions import Decided

LONGEST_REASON = 500


def reason_of(text: str) -> str:
    """A reason that says something. Raises Refused (`reason_needed`)."""
    reason = text.strip()
    if not 0 < len(reason) <= LONGEST_REASON or "\0" in reason:
        message = _("Give a reason of 1 to %(longest)d characters.") % {"longest": LONGEST_REASON}
        raise Refused(message, code="reason_needed", field="reason")
    return reason


def settle(row: "Decided", *, by: "User", now: datetime, **values: Any) -> None:
    """Writes the decision on a locked row. Raises WrongState for one that was made already."""
    if row.decided_at is not None:
        raise WrongState(_("This has been decided already."), code="decided")
    for name, value in {"decided_by": by, "decided_at": now, **values}.items():
        setattr(row, name, value)
    row.save()
