"""Reading rings, teams, pairs and consents."""

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils import timezone

from orgs.scoping import reach_of
from orgs.values.days import in_force
from volunteers.service.enums import FINAL_RINGS, SERVICE_HELPERS, RingState
from volunteers.service.models import CloudPair, ProxyConsent, ProxyTeam, ProxyTeamMember, Ring

if TYPE_CHECKING:
    from orgs.models import User


def whole(rows: QuerySet[Ring]) -> QuerySet[Ring]:
    """With all that a row of a list shows."""
    return rows.select_related(
        "unit", "person", "household", "taker", "bound", "rule", "rung_by", "pair__helper"
    )


def rings(user: "User") -> QuerySet[Ring]:
    """The rings that somebody may see."""
    return whole(Ring.objects.visible_to(user))


def rung_by(user: "User") -> QuerySet[Ring]:
    """What somebody rang for, or what was rung for them."""
    return whole(Ring.objects.filter(Q(rung_by=user) | Q(person__account=user)))


def to_answer(user: "User") -> QuerySet[Ring]:
    """What somebody could answer as the bound member or of a team."""
    waiting = rings(user).filter(state__in=(RingState.RINGING, RingState.RETURNED))
    own = Q(person__account=user) | Q(rung_by=user, person=None)
    return waiting.exclude(own)


def taken_by(user: "User") -> QuerySet[Ring]:
    """What somebody answered, or helps with as a government helper."""
    return whole(Ring.objects.filter(Q(taker__account=user) | Q(pair__helper=user)))


def open_rings(user: "User") -> QuerySet[Ring]:
    """All that are not over, of the desk's places."""
    return rings(user).exclude(state__in=FINAL_RINGS)


def helps(user: "User") -> bool:
    """Whether somebody is in a team of proxy help."""
    mine = ProxyTeamMember.objects.filter(in_force(timezone.localdate()), participant__account=user)
    return mine.exists()


def sees_words(row: Ring, user: "User") -> bool:
    """Who is helped and at which door: whoever rang, helps, or works with the place."""
    known = (
        row.rung_by_id,
        row.person.account_id if row.person else None,
        row.taker.account_id if row.taker else None,
        row.pair.helper_id if row.pair else None,
    )
    return user.pk in known or bool(reach_of(user).roles_at(row.unit) & SERVICE_HELPERS)


def own_pairs(user: "User") -> QuerySet[CloudPair]:
    """The pairs in which somebody is the volunteer today."""
    rows: QuerySet[CloudPair] = CloudPair.objects.filter(
        in_force(timezone.localdate()), volunteer__account=user
    )
    return rows.select_related("volunteer", "helper")


def teams(user: "User") -> QuerySet[ProxyTeam]:
    """The teams of one's places, with their members."""
    seen: QuerySet[ProxyTeam] = ProxyTeam.objects.visible_to(user).filter(closed_at=None)
    return seen.select_related("unit").prefetch_related("members__participant")


def pairs(user: "User") -> QuerySet[CloudPair]:
    """The pairs in sight that have not ended."""
    seen: QuerySet[CloudPair] = CloudPair.objects.visible_to(user).filter(ends=None)
    return seen.select_related("unit", "volunteer", "helper")


def consents(user: "User") -> QuerySet[ProxyConsent]:
    """The consents in sight, newest first."""
    seen: QuerySet[ProxyConsent] = ProxyConsent.objects.visible_to(user)
    return seen.select_related("person", "helper", "entered_by")
