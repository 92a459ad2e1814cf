"""Speaking for people without an account: what they said on paper or by telephone, entered at the desk."""

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.errors import NotAllowed, WrongState
from residents.enums import Permission
from residents.roll import guardians

if TYPE_CHECKING:
    from orgs.models import User
    from residents.models import Person


def must_speak_for(person: "Person", by: "User") -> None:
    """Whoever keeps the roll speaks for those on it who have no account, and for nobody else.

    For a child under 14 the guardian speaks, with an account or here (PIPL, art. 31). Raises NotAllowed
    for another's roll, WrongState (`has_account`) for who does it themselves.
    """
    if not by.has_perm(Permission.KEEP_ROLL, person.place):
        raise NotAllowed(_("You do not keep the roll on which this person stands."))
    speaker = guardians.speaker_for(person, timezone.localdate())
    if speaker.account_id is not None:
        message = _("This person has an account and does this there.")
        raise WrongState(message, code="has_account")
