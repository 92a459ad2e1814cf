"""The steps of a measure: who may take which, from where to where. One table, as for tasks."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from orgs.enums import Role
from orgs.errors import NotAllowed, WrongState
from orgs.models import District, Unit
from orgs.scoping import reach_of
from tasks.enums import STREET_ROLES, MeasureAction, MeasureState, Who
from tasks.models import Campaign, Measure

if TYPE_CHECKING:
    from orgs.models import User
    from orgs.scoping import Person

_OFFICE = frozenset({Role.DISTRICT_OFFICE})
KEEPER_ROLES = _OFFICE | STREET_ROLES


@dataclass(frozen=True)
class Step:
    """From a state to a state, by whoever stands so to the measure."""

    source: MeasureState
    target: MeasureState
    by: frozenset[Who]
    # Who decides on work never did any of it.
    judges: bool = False


_S = MeasureState
# CONFIRMER: whoever keeps the list, the district's office or the street.
_KEEPER, _LEAD = frozenset({Who.CONFIRMER}), frozenset({Who.LEAD})
TABLE: dict[MeasureAction, Step] = {
    MeasureAction.SUBMIT: Step(_S.OPEN, _S.SUBMITTED, _LEAD),
    MeasureAction.REPORT: Step(_S.OPEN, _S.OPEN, _LEAD | {Who.ASSIST}),
    MeasureAction.CLOSE: Step(_S.SUBMITTED, _S.CLOSED, _KEEPER, judges=True),
    MeasureAction.SEND_BACK: Step(_S.SUBMITTED, _S.OPEN, _KEEPER, judges=True),
    MeasureAction.REOPEN: Step(_S.CLOSED, _S.OPEN, _KEEPER),
    MeasureAction.CHANGE: Step(_S.OPEN, _S.OPEN, _KEEPER),
}


def may_own(user: "Person", owner: District | Unit) -> bool:
    """Whether somebody keeps the lists of a district or a street."""
    reach = reach_of(user)
    if isinstance(owner, District):
        return owner.pk in reach.district_ids(_OFFICE)
    return owner.level == 0 and bool(reach.roles_at(owner) & STREET_ROLES)


def may_keep(user: "Person", campaign: Campaign) -> bool:
    """Whether somebody keeps this list."""
    return may_own(user, campaign.owner)


def standings(measure: Measure, user: "Person") -> frozenset[Who]:
    """How somebody stands to a measure."""
    mine = reach_of(user).department_ids
    found = {Who.CONFIRMER} if may_keep(user, measure.campaign) else set()
    if measure.lead_id in mine:
        found.add(Who.LEAD)
    if mine and any(one.pk in mine for one in measure.assist.all()):
        found.add(Who.ASSIST)
    return frozenset(found)


def may(user: "User", action: MeasureAction, measure: Measure) -> bool:
    """Whether somebody may take a step with a measure, whatever its state."""
    step, stands = TABLE[action], standings(measure, user)
    if not stands & step.by:
        return False
    return not (step.judges and (stands - _KEEPER or _worked_on(measure, user)))


def _worked_on(measure: Measure, user: "Person") -> bool:
    return measure.entries.filter(by=user.pk, department__isnull=False).exists()


def check(measure: Measure, action: MeasureAction, user: "User") -> Step:
    """The step, if somebody may take it now; role first, then state.

    Raises NotAllowed, or WrongState with what is possible instead.
    """
    step = TABLE[action]
    if not may(user, action, measure):
        raise NotAllowed(_refusal(step))
    if measure.state != step.source:
        raise WrongState(
            _("Not possible: the measure is %(state)s.") % {"state": measure.get_state_display()},
            extra={"available_actions": available_actions(measure, user)},
        )
    if action == MeasureAction.CLOSE and measure.evidence_id is None:
        raise WrongState(_("Without evidence nothing is struck off."), code="evidence_required")
    return step


def _refusal(step: Step) -> str:
    if step.judges:
        return _("Only whoever keeps the list decides on this, and never who worked on it.")
    if Who.CONFIRMER in step.by:
        return _("Only whoever keeps the list may do this.")
    if Who.ASSIST in step.by:
        return _("Only the departments of the measure report on it.")
    return _("Only the lead department asks for closing.")


def available_actions(measure: Measure, user: "User") -> list[MeasureAction]:
    """What somebody may do with a measure now, the likeliest first."""
    return [
        action
        for action, step in TABLE.items()
        if step.source == measure.state and may(user, action, measure)
    ]
