"""One-time codes for letters to the door: making, printing, using up."""

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.crypto import blind_index
from orgs.errors import NotAllowed, Refused, TooLarge, WrongState
from orgs.models import Unit
from residents.claims import door_letters
from residents.claims.claims import grant, match
from residents.enums import OWNING, ClaimBasis, ClaimState, Relation
from residents.models import Claim, DoorCode, Household
from residents.roll import people

if TYPE_CHECKING:
    from orgs.models import User

# Without letters that are mistaken for each other.
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 8
LIFE = timedelta(days=30)
MAX_FAILURES = 5
MOST_LETTERS = 600


def letters(*, building: Unit, by: "User", now: datetime) -> bytes:
    """A PDF with a letter for each household of a building; earlier codes are void.

    Raises NotAllowed; Refused for a building without households; TooLarge beyond MOST_LETTERS.
    """
    people.must_keep(by, building)
    homes = list(Household.objects.filter(building=building).order_by("code")[: MOST_LETTERS + 1])
    if not homes:
        raise Refused(_("This building has no households yet."), code="no_households")
    if len(homes) > MOST_LETTERS:
        raise TooLarge(_("At most %(count)d letters at once.") % {"count": MOST_LETTERS})
    codes = {home.pk: "".join(secrets.choice(LETTERS) for _n in range(LENGTH)) for home in homes}
    with transaction.atomic():
        # Printed twice at once, the second follows the first.
        Unit.objects.select_for_update(of=("self",), no_key=True).get(pk=building.pk)
        DoorCode.objects.filter(household__in=homes).delete()
        DoorCode.objects.bulk_create(
            DoorCode(
                household=home,
                digest=digest(home, codes[home.pk]),
                made_by=by,
                expires_at=now + LIFE,
            )
            for home in homes
        )
        audit.record(
            "residents.print-letters", by=by, obj=building, detail={"letters": len(homes)}, now=now
        )
    doors = ((home, codes[home.pk]) for home in homes)
    return door_letters.pdf(doors, building=building, by=by, until=now + LIFE, now=now)


def use(*, claim: Claim, code: str, by: "User", now: datetime) -> Claim:
    """Verifies one's own waiting claim by the code of the letter.

    A claim to own a flat whose roll names other owners stays with the community. Wrong tries are
    counted, so call it outside of a transaction. Raises NotAllowed, Refused (`bad_code`),
    WrongState (`community_decides`).
    """
    if claim.user_id != by.pk:
        raise NotAllowed(_("This claim is not yours."))
    with transaction.atomic():
        claim = (
            Claim.objects.select_for_update(of=("self",))
            .select_related("household__building", "user")
            .get(pk=claim.pk)
        )
        if claim.state != ClaimState.WAITING:
            raise WrongState(_("This has been decided already."), code="decided")
        _leave_to_community(claim)
        if _tries(claim, now) < MAX_FAILURES:
            if _uses_up(claim.household, code, now):
                return grant(claim, ClaimBasis.CODE, by, now)
            claim.wrong_codes += 1
            claim.save(update_fields=["wrong_codes"])
        audit.record("residents.wrong-door-code", by=by, obj=claim, now=now)
    message = _("This code is wrong, used or too old. After five wrong tries ask for a new letter.")
    raise Refused(message, code="bad_code", field="code")


def _leave_to_community(claim: Claim) -> None:
    if Relation(claim.relation) not in OWNING:
        return
    owners = claim.household.belongings.filter(ends=None, relation__in=OWNING)
    known = match(claim, by_name=False)
    if owners.exists() and not (known and owners.filter(person=known).exists()):
        raise WrongState(
            _("The community checks this claim: bring your papers, or add photos of them."),
            code="community_decides",
        )


def _tries(claim: Claim, now: datetime) -> int:
    """Wrong codes of one person for one household, over their claims; strangers' count for them alone."""
    own = Claim.objects.filter(
        household=claim.household_id, user=claim.user_id, made_at__gt=now - LIFE
    )
    return own.aggregate(tries=Sum("wrong_codes"))["tries"] or 0


def _uses_up(household: Household, text: str, now: datetime) -> bool:
    code = "".join(text.split()).replace("-", "").upper()
    row = DoorCode.objects.select_for_update().filter(household=household, used_at=None).first()
    if row is None or row.expires_at <= now:
        return False
    if not secrets.compare_digest(row.digest, digest(household, code)):
        return False
    row.used_at = now
    row.save(update_fields=["used_at"])
    return True


def digest(household: Household, code: str) -> str:
    """What is kept of a code."""
    return blind_index("door", f"{household.pk}:{code}")
