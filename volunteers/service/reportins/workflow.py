"""The workflow of a report-in: who may do what with it, from which state to which."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orgs.enums import Role
from orgs.scoping import reach_of
from orgs.workflow.transitions import Step, System, Transition, Transitions, Workflow
from volunteers.service.enums import (
    SERVICE_KEEPERS,
    ReportInAction,
    ReportInState,
    ReportInWho,
)
from volunteers.service.models import ReportIn
from volunteers.service.reportins.same_person import refuse_own_case

# The roles by which somebody can come to be this to a report-in; None: whoever it is.
ROLES: dict[ReportInWho, frozenset[Role] | None] = {
    ReportInWho.SELF: None,
    ReportInWho.KEEPER: SERVICE_KEEPERS,
}


def _of_somebody_else(report_in: ReportIn, user: Any, now: datetime) -> None:
    """Nobody confirms themselves, under another account either."""
    refuse_own_case(report_in.participant, user)


T, S, A, W = Transition, ReportInState, ReportInAction, ReportInWho
OPEN = {S.REPORTED, S.CONFIRMED}
TRANSITIONS: dict[ReportInAction, Transitions] = {
    A.REPORT: Transitions(),
    A.CONFIRM: Transitions(T({S.REPORTED}, S.CONFIRMED, {W.KEEPER}, guard=_of_somebody_else)),
    A.REFUSE: Transitions(T({S.REPORTED}, S.REFUSED, {W.KEEPER})),
    A.MOVE: Transitions(T(OPEN, S.MOVED, {W.SELF, W.KEEPER})),
    A.END: Transitions(T(OPEN, S.ENDED, {W.SELF, W.KEEPER})),
}


@dataclass
class ReportInStep(Step[ReportIn]):
    """One action under way with a report-in."""

    data: dict[str, Any] = field(default_factory=dict)


class ReportInWorkflow(Workflow[ReportIn]):
    """Report-ins, from reporting to the branch's receipt and the end."""

    model = ReportIn
    step_class = ReportInStep
    states, state = ReportInState, "state"
    timeline = "entries"
    audit_action = "service.{action}-reportin"

    def relations(self, row: ReportIn, user: Any) -> frozenset[ReportInWho]:
        if isinstance(user, System) or not user.is_authenticated:
            return frozenset()
        # Nobody confirms themselves.
        if row.participant.account_id == user.pk:
            return frozenset({ReportInWho.SELF})
        keeps = reach_of(user).roles_at(row.unit) & SERVICE_KEEPERS
        return frozenset({ReportInWho.KEEPER}) if keeps else frozenset()

    def locked(self, row: ReportIn) -> ReportIn:
        rows = ReportIn.objects.select_for_update(of=("self",))
        return rows.select_related(
            "participant__account", "unit", "branch", "employer", "position", "certificate"
        ).get(pk=row.pk)

    def columns(self, step: ReportInStep) -> dict[str, Any]:
        return {"who": step.who, "data": step.data}

    def audited(self, step: ReportInStep) -> dict[str, Any]:
        return step.data


WORKFLOW = ReportInWorkflow(TRANSITIONS)
