"""The workflow of a ring for help (服务铃响): who may do what with it, from which state."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.enums import Role
from orgs.errors import WrongState
from orgs.scoping import reach_of
from orgs.values.days import in_force
from orgs.workflow.transitions import SYSTEM, Step, System, Transition, Transitions, Workflow
from volunteers.service.enums import SERVICE_READERS, Level, RingAction, RingState, RingWho
from volunteers.service.models import ProxyTeamMember, Ring, RingEntry
from volunteers.service.orders.around import area_of, first_level

# The roles by which somebody can come to be this to a ring; None: whoever it is.
ROLES: dict[RingWho, frozenset[Role] | None] = {
    RingWho.CALLER: None,
    RingWho.KEEPER: SERVICE_READERS,
    RingWho.BOUND: None,
    RingWho.TEAM: None,
    RingWho.TAKER: None,
    RingWho.SYSTEM: None,
}


def bound_until(ring: Ring) -> datetime | None:
    """Until when the bound member is asked alone; None where nobody is, or once it has risen."""
    if ring.bound_id is None or ring.level != first_level(ring.unit):
        return None
    return ring.rung_at + timedelta(hours=ring.rule.bound_first_hours)


def _team_waits(ring: Ring, user: Any, now: datetime) -> None:
    until = bound_until(ring)
    if until is not None and until > now:
        raise WrongState(_("The bound member is asked first."), code="others_first")


def _is_due(ring: Ring) -> datetime:
    if ring.due_at is None:
        raise WrongState(_("Nothing is due."), code="not_due")
    return ring.due_at


def _rises(ring: Ring, user: Any, now: datetime) -> None:
    if _is_due(ring) > now or ring.level == Level.STREET:
        raise WrongState(_("This ring does not rise now."), code="not_due")


def _returns(ring: Ring, user: Any, now: datetime) -> None:
    if _is_due(ring) > now or ring.level != Level.STREET:
        raise WrongState(_("This ring does not return now."), code="not_due")


T, S, A, W = Transition, RingState, RingAction, RingWho
TRANSITIONS: dict[RingAction, Transitions] = {
    A.RING: Transitions(),
    A.TAKE: Transitions(
        T({S.RINGING, S.RETURNED}, S.TAKEN, {W.BOUND}),
        T({S.RINGING, S.RETURNED}, S.TAKEN, {W.TEAM}, guard=_team_waits),
        T({S.RETURNED}, S.TAKEN, {W.KEEPER}),
    ),
    A.DROP: Transitions(T({S.TAKEN}, S.RINGING, {W.TAKER, W.KEEPER})),
    A.RISE: Transitions(T({S.RINGING}, None, {W.SYSTEM}, guard=_rises)),
    A.RETURN: Transitions(T({S.RINGING}, S.RETURNED, {W.SYSTEM}, guard=_returns)),
    A.FINISH: Transitions(T({S.TAKEN}, S.DONE, {W.TAKER})),
    A.CANCEL: Transitions(T({S.RINGING, S.RETURNED}, S.CANCELLED, {W.CALLER, W.KEEPER})),
}


@dataclass
class RingStep(Step[Ring]):
    """One action under way with a ring."""

    data: dict[str, Any] = field(default_factory=dict)


class RingWorkflow(Workflow[Ring]):
    """Rings, from the call to the help."""

    model = Ring
    step_class = RingStep
    states, state = RingState, "state"
    timeline = "entries"
    audit_action = "service.{action}-ring"

    def relations(self, row: Ring, user: Any) -> frozenset[RingWho]:
        if user is SYSTEM:
            return frozenset({RingWho.SYSTEM})
        if isinstance(user, System) or not user.is_authenticated:
            return frozenset()
        found = set()
        if row.taker is not None and row.taker.account_id == user.pk:
            return frozenset({RingWho.TAKER})
        if reach_of(user).roles_at(row.unit) & SERVICE_READERS:
            found.add(RingWho.KEEPER)
        for_whom = row.person.account_id if row.person else None
        if user.pk == for_whom or (user.pk == row.rung_by_id and row.person is None):
            # Nobody helps themselves.
            return frozenset({*found, RingWho.CALLER})
        if user.pk == row.rung_by_id:
            found.add(RingWho.CALLER)
        if row.bound is not None and row.bound.account_id == user.pk:
            found.add(RingWho.BOUND)
        if team_members(row).filter(participant__account=user).exists():
            found.add(RingWho.TEAM)
        return frozenset(found)

    def locked(self, row: Ring) -> Ring:
        rows = Ring.objects.select_for_update(of=("self",))
        return rows.select_related("unit", "person", "taker", "bound", "rule").get(pk=row.pk)

    def columns(self, step: RingStep) -> dict[str, Any]:
        return {"who": step.who, "data": step.data}

    def audited(self, step: RingStep) -> dict[str, Any]:
        return step.data


def team_members(ring: Ring) -> Any:
    """The members of the teams that hear a ring at its level: of the compound up to that level."""
    area = area_of(ring.unit, ring.level)
    places = ring.unit.get_ancestors(include_self=True).filter(lft__gte=area.lft)
    return ProxyTeamMember.objects.filter(
        in_force(timezone.localdate()),
        team__unit__in=places.order_by().values("pk"),
        team__closed_at=None,
    ).order_by()


def sentence(entry: RingEntry) -> str:
    """What an entry of the timeline adds to its action."""
    if entry.action == RingAction.RISE:
        return str(Level(entry.data["level"]).label)
    if entry.action == RingAction.FINISH:
        said = []
        if entry.data["zero_trips"]:
            said.append(_("no trip needed"))
        if entry.data["at_once"]:
            said.append(_("settled at once"))
        return " · ".join(said)
    return ""


WORKFLOW = RingWorkflow(TRANSITIONS)
