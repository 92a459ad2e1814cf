"""Reading bonds, teams and the pool."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from orgs.enums import UnitKind
from orgs.models import Unit
from orgs.permissions import roles_with
from orgs.scoping import reach_of
from residents.models import Household
from residents.roll.queries import households_named
from volunteers.service.enums import OPEN_REPORT_INS, CandidateState, Permission
from volunteers.service.models import (
    FamilyBond,
    Participant,
    SecretaryCandidate,
    WorkTeam,
)

if TYPE_CHECKING:
    from orgs.models import User


def bonds(user: "User") -> QuerySet[FamilyBond]:
    """The bonds in sight that are in force."""
    seen: QuerySet[FamilyBond] = FamilyBond.objects.visible_to(user).filter(ends=None)
    return seen.select_related("participant", "household__building")


def teams(user: "User") -> QuerySet[WorkTeam]:
    """The teams in sight, with who is in them now."""
    return with_members(WorkTeam.objects.visible_to(user))


def with_members(rows: QuerySet[WorkTeam]) -> QuerySet[WorkTeam]:
    """Teams with who is, or was, in them."""
    return rows.select_related("unit").prefetch_related("members__participant", "members__employer")


def candidates(user: "User") -> QuerySet[SecretaryCandidate]:
    """The pool as somebody may see it: those who appoint, who is meant, who proposed."""
    seen: QuerySet[SecretaryCandidate] = SecretaryCandidate.objects.visible_to(user)
    return seen.exclude(state=CandidateState.REMOVED).select_related(
        "participant__account", "unit", "branch_by", "community_by"
    )


def serving(user: "User") -> QuerySet[Participant]:
    """Who is reported in and in sight of whoever runs a place, in order of name."""
    seen: QuerySet[Participant] = Participant.objects.visible_to(user)
    return (
        seen.filter(report_ins__state__in=sorted(OPEN_REPORT_INS)).distinct().order_by("name_key")
    )


def homes_at_door(words: str, user: "User") -> list[Household]:
    """The households with such a door, or code, where somebody keeps the report-ins; two at most."""
    return households_named(words, _where(user, Permission.KEEP_REPORTINS, UnitKind.BUILDING))


def places(user: "User", permission: Permission, kind: UnitKind) -> list[Unit]:
    """Units of a kind where somebody holds a permission; 50 at most."""
    return list(_where(user, permission, kind).order_by("code")[:50])


def _where(user: "User", permission: Permission, kind: UnitKind) -> QuerySet[Unit]:
    return Unit.objects.filter(reach_of(user).q("", roles_with(permission)), kind=kind)
