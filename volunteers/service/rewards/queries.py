"""Reading rewards and redemptions."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from orgs.enums import UnitKind
from orgs.models import Unit
from orgs.scoping import reach_of
from volunteers.service.enums import SERVICE_READERS, RedemptionState
from volunteers.service.models import Redemption, Reward

if TYPE_CHECKING:
    from orgs.models import User


def rewards(user: "User") -> QuerySet[Reward]:
    """The goods that somebody may see."""
    seen: QuerySet[Reward] = Reward.objects.visible_to(user)
    return seen.select_related("unit")


def offered(user: "User") -> QuerySet[Reward]:
    """What can be exchanged now; what is gone stays in sight and says so."""
    return rewards(user).filter(is_offered=True)


def places_to_keep(user: "User") -> list[Unit]:
    """Where somebody may put goods on a shelf: communities, else compounds."""
    kept = Unit.objects.filter(reach_of(user).q("", SERVICE_READERS)).order_by("code")
    for kind in (UnitKind.COMMUNITY, UnitKind.COMPOUND):
        if found := list(kept.filter(kind=kind)[:20]):
            return found
    return []


def whole(rows: QuerySet[Redemption]) -> QuerySet[Redemption]:
    """With all that a row of a list shows."""
    return rows.select_related("reward__unit", "participant")


def mine(user: "User") -> QuerySet[Redemption]:
    """What somebody exchanged, newest first."""
    return whole(Redemption.objects.filter(participant__account=user))


def to_hand_over(user: "User") -> QuerySet[Redemption]:
    """What waits at the shops of somebody."""
    seen = Redemption.objects.visible_to(user).filter(state=RedemptionState.HELD)
    return whole(seen).order_by("expires_at", "pk")
