"""The workflow of a run: who may do what with it, from which state to which."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from governance.assessment.enums import (
    DISTRICT,
    RELEASED,
    AppealState,
    RunAction,
    RunState,
    RunWho,
)
from governance.assessment.models import Run, ScoreAppeal
from orgs.enums import Role
from orgs.errors import WrongState
from orgs.scoping import reach_of
from orgs.workflow.transitions import Step, System, Transition, Transitions, Workflow

ROLES: dict[RunWho, frozenset[Role] | None] = {
    RunWho.KEEPER: DISTRICT | {Role.DEPARTMENT_OFFICER},
    RunWho.SYSTEM: frozenset(),
}


def _is_newest(run: Run, user: Any, now: datetime) -> None:
    if Run.objects.filter(corrects=run).exists():
        raise WrongState(_("A correction has taken the place of this run."), code="run_corrected")


def _may_publish(run: Run, user: Any, now: datetime) -> None:
    _is_newest(run, user, now)
    if run.appeal_until is None or now < run.appeal_until:
        raise WrongState(_("The time to appeal is not over yet."), code="appeal_window_open")
    if appeals_of_period(run).filter(state=AppealState.WAITING).exists():
        raise WrongState(_("An appeal waits for its decision."), code="appeals_waiting")
    if needs_correction(run):
        raise WrongState(
            _("An appeal was granted: correct the run first."), code="correction_needed"
        )


def appeals_of_period(run: Run) -> QuerySet[ScoreAppeal]:
    """The appeals against every revision of a run: a correction settles only what was decided before it."""
    return ScoreAppeal.objects.filter(
        score__run__district=run.district_id, score__run__code=run.code,
        score__run__period=run.period,
    )  # fmt: skip


def needs_correction(run: Run) -> bool:
    """Whether an appeal was granted that this revision does not know yet."""
    granted = appeals_of_period(run).filter(state=AppealState.GRANTED)
    return granted.filter(Q(score__run=run) | Q(decided_at__gt=run.started_at)).exists()


T, S, A, W = Transition, RunState, RunAction, RunWho
TRANSITIONS: dict[RunAction, Transitions] = {
    A.START: Transitions(),
    A.COMPUTE: Transitions(T({S.COMPUTING}, S.REVIEW, {W.SYSTEM})),
    A.RELEASE: Transitions(T({S.REVIEW}, S.APPEALS, {W.KEEPER}, guard=_is_newest)),
    A.PUBLISH: Transitions(T({S.APPEALS}, S.PUBLISHED, {W.KEEPER}, guard=_may_publish)),
    A.CORRECT: Transitions(T({S.REVIEW, *RELEASED}, None, {W.KEEPER}, guard=_is_newest)),
    A.ARCHIVE: Transitions(T({S.PUBLISHED}, S.ARCHIVED, {W.KEEPER})),
}


def keeps(user: Any, scheme: Any) -> bool:
    """Whether somebody answers for a scheme: its publishing department, else the district's office."""
    reach = reach_of(user)
    if scheme.publisher_id:
        return scheme.publisher_id in reach.department_ids
    return scheme.district_id in reach.district_ids(DISTRICT)


@dataclass
class RunStep(Step[Run]):
    """One action under way with a run."""


class RunWorkflow(Workflow[Run]):
    """Runs, from their start to the archive."""

    model = Run
    step_class = RunStep
    states, state = RunState, "state"
    timeline = "entries"
    audit_action = "assessment.{action}-run"

    def relations(self, row: Run, user: Any) -> frozenset[RunWho]:
        if isinstance(user, System):
            return frozenset({RunWho.SYSTEM})
        if not user.is_authenticated:
            return frozenset()
        return frozenset({RunWho.KEEPER}) if keeps(user, row.scheme) else frozenset()

    def locked(self, row: Run) -> Run:
        rows = Run.objects.select_for_update(of=("self",))
        return rows.select_related("scheme", "district", "rate_rule").get(pk=row.pk)

    def columns(self, step: RunStep) -> dict[str, Any]:
        return {"who": step.who}

    def audited(self, step: RunStep) -> dict[str, Any]:
        return {"period": step.row.period, "revision": step.row.revision}


WORKFLOW = RunWorkflow(TRANSITIONS)
