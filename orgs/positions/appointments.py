"""Where a person may appoint: one queryset behind permissions, lists, pages and the admin.

The district's office and its registrars appoint anywhere in their district; a street's leadership
below the street itself; superusers appoint the first people anywhere.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from orgs.enums import ROLE_TARGETS, ROLE_UNIT_KINDS, PositionTarget, Role, UnitKind
from orgs.models import Position, Unit, User
from orgs.scoping import NOTHING, Reach, reach_of
from orgs.values.names import shown

DISTRICT_APPOINTERS = frozenset({Role.REGISTRAR, Role.DISTRICT_OFFICE})
STREET_APPOINTERS = frozenset({Role.STREET_LEADER})
APPOINTERS = DISTRICT_APPOINTERS | STREET_APPOINTERS


def _units_q(reach: Reach, path: str) -> Q:
    """The units, reached over `path`, at which one may appoint."""
    kind = f"{path}__kind" if path else "kind"
    return reach.q(path, DISTRICT_APPOINTERS) | (
        reach.q(path, STREET_APPOINTERS) & ~Q(**{kind: UnitKind.STREET})
    )


def _organisations_q(reach: Reach, path: str) -> Q:
    """The party organisations that cover nothing beyond where one may appoint.

    Sending organisations cover no place at all; only a district appoints there.
    """
    reference = OuterRef(f"{path}_id" if path else "pk")
    covered = Unit.objects.filter(party_organisations=reference)
    inside = ~Exists(covered.exclude(_units_q(reach, "")))
    if reach.roles & DISTRICT_APPOINTERS:
        return Q(inside)
    return Q(inside) & Q(Exists(covered)) if reach.roles & STREET_APPOINTERS else NOTHING


def target_q(reach: Reach, target: PositionTarget, path: str = "") -> Q:
    """The targets of one kind, reached over `path` ("" for themselves), where one may appoint."""
    prefix = f"{path}__" if path else ""
    districts = reach.district_ids(DISTRICT_APPOINTERS)
    if target == PositionTarget.UNIT:
        return _units_q(reach, path)
    if target == PositionTarget.GRID:
        return _units_q(reach, f"{prefix}community")
    if target == PositionTarget.PARTY_ORGANISATION:
        return _organisations_q(reach, path)
    if target == PositionTarget.DEPARTMENT:
        return Q(**{f"{prefix}district__in": districts}) if districts else NOTHING
    return Q(**{f"{prefix}pk__in": districts}) if districts else NOTHING


def _positions_q(reach: Reach) -> Q:
    """The positions held at a target where one may appoint."""
    if not reach.roles & APPOINTERS:
        return NOTHING
    appointable = NOTHING
    for target in PositionTarget:
        held_here = Q(**{f"{target.value}__isnull": False})
        appointable |= held_here & target_q(reach, target, target.value)
    return appointable


def appointable_positions(user: User) -> QuerySet[Position]:
    """The positions that a person may give, change and end."""
    reach = reach_of(user)
    positions = Position.objects.all()
    if reach.everywhere:
        return positions.exclude(role=Role.AUDITOR, user=user)
    return positions.filter(_positions_q(reach)).exclude(role=Role.AUDITOR)


def visible_positions(user: User) -> QuerySet[Position]:
    """The positions that a person may see: their own, and where they may appoint."""
    reach = reach_of(user)
    if not user.is_authenticated:
        return Position.objects.none()
    positions = Position.objects.all()
    return positions if reach.everywhere else positions.filter(_positions_q(reach) | Q(user=user))


def may_appoint(user: User, position: Position) -> bool:
    """Whether a person may give, change or end a position, which need not be saved yet.

    Who is audited appoints no auditor: only administrators do, and never themselves.
    """
    reach = reach_of(user)
    if position.role == Role.AUDITOR:
        return reach.everywhere and position.user_id != user.pk
    if reach.everywhere:
        return True
    if not reach.roles & APPOINTERS:
        return False
    target = ROLE_TARGETS[Role(position.role)]
    where: Any = position.where
    return (
        where is not None
        and type(where)._default_manager.filter(target_q(reach, target), pk=where.pk).exists()
    )


def visible_people(user: User) -> QuerySet[User]:
    """The accounts that a person may see in the admin: whoever holds a position in reach."""
    if reach_of(user).everywhere:
        return User.objects.all()
    return User.objects.filter(
        Exists(appointable_positions(user).filter(user=OuterRef("pk"))) | Q(pk=user.pk)
    )


def find_targets(user: User, role: Role, text: str, limit: int = 8) -> list[Any]:
    """Where a person may appoint to a role, by code or (part of) name; a right code alone wins."""
    target = ROLE_TARGETS[role]
    model: Any = Position._meta.get_field(target.value).related_model
    targets = model._default_manager.all()
    if not reach_of(user).everywhere:
        targets = targets.filter(target_q(reach_of(user), target))
    if role in ROLE_UNIT_KINDS:
        targets = targets.filter(kind=ROLE_UNIT_KINDS[role])
    exact = targets.filter(code=text).first()
    if exact:
        return [exact]
    return list(targets.filter(name__icontains=shown(text)).order_by("code")[:limit])
