"""The workflow of a measure: who may do what with it, from which state to which."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from orgs.enums import Role
from orgs.errors import NotAllowed, WrongState
from orgs.models import District, Unit
from orgs.scoping import reach_of
from orgs.workflow.transitions import Step, Transition, Transitions, Workflow
from tasks.enums import STREET_ROLES, MeasureAction, MeasureState, Who
from tasks.models import Campaign, Measure, MeasureEntry

if TYPE_CHECKING:
    from orgs.models import User
    from orgs.scoping import Person

_OFFICE = frozenset({Role.DISTRICT_OFFICE})
KEEPER_ROLES = _OFFICE | STREET_ROLES


def may_own(user: "Person", owner: District | Unit) -> bool:
    """Whether somebody keeps the lists of a district or a street."""
    reach = reach_of(user)
    if isinstance(owner, District):
        return owner.pk in reach.district_ids(_OFFICE)
    return owner.level == 0 and bool(reach.roles_at(owner) & STREET_ROLES)


def may_keep(user: "Person", campaign: Campaign) -> bool:
    """Whether somebody keeps this list."""
    return may_own(user, campaign.owner)


# --- The table -----------------------------------------------------------------------------------


def _never_worked_on_it(measure: Measure, user: "User", now: datetime) -> None:
    """Who decides on work never did any of it."""
    works = WORKFLOW.relations(measure, user) - {Who.CONFIRMER}
    if works or measure.entries.filter(by=user.pk, department__isnull=False).exists():
        raise NotAllowed(
            _("Only whoever keeps the list decides on this, and never who worked on it.")
        )


def _may_close(measure: Measure, user: "User", now: datetime) -> None:
    _never_worked_on_it(measure, user, now)
    if measure.evidence_id is None:
        raise WrongState(_("Without evidence nothing is struck off."), code="evidence_required")


def _reference(entry: MeasureEntry, *, internal: bool) -> str:
    return entry.reference


S, A, W = MeasureState, MeasureAction, Who
# CONFIRMER: whoever keeps the list, the district's office or the street.
TRANSITIONS: dict[MeasureAction, Transitions] = {
    A.ADD: Transitions(),
    A.SUBMIT: Transitions(Transition({S.OPEN}, S.SUBMITTED, {W.LEAD}), sentence=_reference),
    A.REPORT: Transitions(Transition({S.OPEN}, None, {W.LEAD, W.ASSIST}), sentence=_reference),
    A.CLOSE: Transitions(Transition({S.SUBMITTED}, S.CLOSED, {W.CONFIRMER}, guard=_may_close)),
    A.SEND_BACK: Transitions(
        Transition({S.SUBMITTED}, S.OPEN, {W.CONFIRMER}, guard=_never_worked_on_it)
    ),
    A.REOPEN: Transitions(Transition({S.CLOSED}, S.OPEN, {W.CONFIRMER})),
    A.CHANGE: Transitions(Transition({S.OPEN}, None, {W.CONFIRMER})),
}


@dataclass
class MeasureStep(Step[Measure]):
    """One action under way with a measure; `reference` names a document that proves something."""

    reference: str = ""


class MeasureWorkflow(Workflow[Measure]):
    """Measures of campaign lists; the latest entry that proves something is their evidence."""

    model = Measure
    step_class = MeasureStep
    states, state = MeasureState, "state"
    timeline = "entries"
    audit_action = "tasks.{action}-measure"

    def relations(self, row: Measure, user: "Person") -> frozenset[Who]:
        departments = reach_of(user).department_ids
        relations = {Who.CONFIRMER} if may_keep(user, row.campaign) else set()
        if row.lead_id in departments:
            relations.add(Who.LEAD)
        if departments and any(department.pk in departments for department in row.assist.all()):
            relations.add(Who.ASSIST)
        return frozenset(relations)

    def locked(self, row: Measure) -> Measure:
        rows = Measure.objects.select_for_update(of=("self",))
        return rows.select_related("campaign__district", "campaign__street").get(pk=row.pk)

    def columns(self, step: MeasureStep) -> dict[str, Any]:
        return {
            "department_id": _department(step),
            "reference": step.reference,
            "pieces": len(step.attachments),
        }

    def audited(self, step: MeasureStep) -> dict[str, Any]:
        return {"campaign": step.row.campaign_id, "number": step.row.number}

    def record(self, step: MeasureStep) -> MeasureEntry:
        entry: MeasureEntry = super().record(step)
        if entry.is_evidence:
            step.row.evidence = entry
        return entry


WORKFLOW = MeasureWorkflow(TRANSITIONS)


def _department(step: MeasureStep) -> int | None:
    """For which of the measure's departments somebody acts: the lead before the others."""
    if step.who not in (Who.LEAD, Who.ASSIST):
        return None
    departments = reach_of(step.by).department_ids
    if step.row.lead_id in departments:
        return step.row.lead_id
    return next(
        department.pk for department in step.row.assist.all() if department.pk in departments
    )
