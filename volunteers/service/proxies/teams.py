"""Teams of proxy help with their members and duty, and pairs of cloud help."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.enums import UnitKind
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Unit
from orgs.values.names import is_visible
from volunteers.service.enums import Permission
from volunteers.service.models import CloudPair, ProxyTeam, ProxyTeamMember
from volunteers.service.reportins.participants import join

if TYPE_CHECKING:
    from orgs.models import User

TEAM_PLACES = frozenset({UnitKind.COMPOUND, UnitKind.COMMUNITY, UnitKind.STREET})


def _must_keep(by: "User", unit: Unit) -> None:
    if not by.has_perm(Permission.KEEP_TEAMS, unit):
        raise NotAllowed(_("You do not run the service of this place."))


@transaction.atomic
def found(
    *, unit: Unit, name: str, phone: str = "", hours: str = "", by: "User", now: datetime
) -> ProxyTeam:
    """Sets up the team of a compound, a community or a street; each has one.

    Raises NotAllowed, Refused for a wrong place or no name, WrongState (`team_exists`).
    """
    _must_keep(by, unit)
    if unit.kind not in TEAM_PLACES:
        raise Refused(_("A team belongs to a compound, a community or a street."), field="unit")
    if not is_visible(name):
        raise Refused(_("Give the team a name."), code="no_name", field="name")
    try:
        with transaction.atomic():
            team: ProxyTeam = ProxyTeam.objects.create(
                unit=unit, name=name.strip(), phone=phone.strip(), hours=hours.strip(),
                made_by=by, made_at=now,
            )  # fmt: skip
    except IntegrityError:
        raise WrongState(_("This place has a team already."), code="team_exists") from None
    audit.record("service.found-team", by=by, obj=team, now=now)
    return team


@transaction.atomic
def add_member(
    *,
    team: ProxyTeam,
    person: "User",
    duty: str = "",
    weekdays: Sequence[int] = (),
    by: "User",
    now: datetime,
) -> ProxyTeamMember:
    """Takes somebody into a team, with the days of the week on duty (1 Monday … 7 Sunday).

    Raises NotAllowed, WrongState (`in_team`).
    """
    _must_keep(by, team.unit)
    participant = join(account=person, place=team.unit, now=now)
    if team.members.filter(participant=participant, ends=None).exists():
        raise WrongState(_("Already in the team."), code="in_team")
    member: ProxyTeamMember = ProxyTeamMember.objects.create(
        team=team,
        participant=participant,
        duty=duty.strip()[:80],
        weekdays=sorted({int(day) for day in weekdays if 1 <= int(day) <= 7}),
        starts=timezone.localdate(now),
    )
    audit.record("service.join-team", by=by, obj=member, now=now)
    return member


@transaction.atomic
def end_member(*, member: ProxyTeamMember, by: "User", now: datetime) -> ProxyTeamMember:
    """Somebody leaves a team with today; they themselves, or who keeps it."""
    if member.participant.account_id != by.pk:
        _must_keep(by, member.team.unit)
    today = timezone.localdate(now)
    ended = ProxyTeamMember.objects.filter(pk=member.pk, ends=None).update(
        ends=max(today, member.starts)
    )
    if not ended:
        raise WrongState(_("This has ended already."), code="ended")
    audit.record("service.leave-team", by=by, obj=member, now=now)
    member.refresh_from_db()
    return member


@transaction.atomic
def pair(
    *, unit: Unit, volunteer: "User", helper: "User", matters: str, by: "User", now: datetime
) -> CloudPair:
    """Pairs a volunteer, by the account, with a government helper (云帮办).

    Raises NotAllowed, Refused without a matter or for one person in both places, WrongState (`paired`).
    """
    _must_keep(by, unit)
    if not is_visible(matters):
        raise Refused(_("Say what the help is for."), code="no_matter", field="matters")
    if volunteer.pk == helper.pk:
        raise Refused(_("A pair is two people."), code="same_person", field="helper")
    who = join(account=volunteer, place=unit, now=now)
    try:
        with transaction.atomic():
            made: CloudPair = CloudPair.objects.create(
                unit=unit, volunteer=who, helper=helper, matters=matters.strip()[:200],
                starts=timezone.localdate(now),
            )  # fmt: skip
    except IntegrityError:
        raise WrongState(_("The two are paired already."), code="paired") from None
    audit.record("service.pair-helpers", by=by, obj=made, now=now)
    return made


@transaction.atomic
def end_pair(*, pair: CloudPair, by: "User", now: datetime) -> CloudPair:
    """Ends a pair with today."""
    _must_keep(by, pair.unit)
    today = timezone.localdate(now)
    if not CloudPair.objects.filter(pk=pair.pk, ends=None).update(ends=max(today, pair.starts)):
        raise WrongState(_("This has ended already."), code="ended")
    audit.record("service.end-helpers", by=by, obj=pair, now=now)
    pair.refresh_from_db()
    return pair
