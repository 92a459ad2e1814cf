"""Teams that organisations send to a community (驻社区工作队): members rotate, each with two days."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.enums import UnitKind
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import PartyOrganisation, Unit
from orgs.values.names import is_visible
from volunteers.ending import last_day
from volunteers.service.enums import Permission
from volunteers.service.models import Participant, WorkTeam, WorkTeamMember

if TYPE_CHECKING:
    from orgs.models import User


def _must_keep(by: "User", unit: Unit) -> None:
    if not by.has_perm(Permission.KEEP_PAIRINGS, unit):
        raise NotAllowed(_("You do not run the service of this place."))


@transaction.atomic
def found(*, unit: Unit, name: str, starts: date, by: "User", now: datetime) -> WorkTeam:
    """Sets up a team at a community.

    Raises NotAllowed, Refused for another place or no name, WrongState (`team_exists`).
    """
    _must_keep(by, unit)
    if unit.kind != UnitKind.COMMUNITY:
        raise Refused(_("These teams are sent to a community."), code="wrong_place", field="unit")
    if not is_visible(name):
        raise Refused(_("Give the team a name."), code="no_name", field="name")
    try:
        with transaction.atomic():
            team: WorkTeam = WorkTeam.objects.create(
                unit=unit, name=name.strip(), starts=starts, made_by=by, made_at=now
            )
    except IntegrityError:
        raise WrongState(_("There is a team of this name already."), code="team_exists") from None
    audit.record("service.found-work-team", by=by, obj=team, now=now)
    return team


@transaction.atomic
def send(
    *,
    team: WorkTeam,
    participant: Participant,
    employer: PartyOrganisation,
    leads: bool = False,
    starts: date,
    by: "User",
    now: datetime,
) -> WorkTeamMember:
    """A member of an organisation joins the team. Raises NotAllowed, WrongState (`in_team`, `ended`)."""
    team = WorkTeam.objects.select_for_update(of=("self",)).select_related("unit").get(pk=team.pk)
    _must_keep(by, team.unit)
    if team.ends:
        raise WrongState(_("This team has ended."), code="ended")
    if team.members.filter(participant=participant, ends=None).exists():
        raise WrongState(_("Already in the team."), code="in_team")
    member: WorkTeamMember = WorkTeamMember.objects.create(
        team=team, participant=participant, employer=employer, leads=leads, starts=starts
    )
    audit.record("service.join-work-team", by=by, obj=member, now=now)
    return member


@transaction.atomic
def rotate(
    *, member: WorkTeamMember, on: date | None = None, by: "User", now: datetime
) -> WorkTeamMember:
    """Somebody's time in the team ends (轮换); the row stays as history."""
    row = WorkTeamMember.objects.select_for_update(of=("self",)).get(pk=member.pk)
    _must_keep(by, row.team.unit)
    if row.ends:
        raise WrongState(_("This has ended already."), code="ended")
    row.ends = last_day(row.starts, on, now)
    row.save(update_fields=["ends"])
    audit.record("service.leave-work-team", by=by, obj=row, now=now)
    return row


@transaction.atomic
def end(*, team: WorkTeam, on: date | None = None, by: "User", now: datetime) -> WorkTeam:
    """Ends a team, and with it the time of whoever is in it."""
    row = WorkTeam.objects.select_for_update(of=("self",)).select_related("unit").get(pk=team.pk)
    _must_keep(by, row.unit)
    if row.ends:
        raise WrongState(_("This has ended already."), code="ended")
    row.ends = last_day(row.starts, on, now)
    row.save(update_fields=["ends"])
    for member in row.members.filter(ends=None):
        member.ends = max(row.ends, member.starts)
        member.save(update_fields=["ends"])
    audit.record("service.end-work-team", by=by, obj=row, now=now)
    return row
