"""The workflow of a community's submission: who may do what, from which state to which."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from governance.data_forms.enums import (
    WORKERS,
    CollectionState,
    SubmissionAction,
    SubmissionState,
    SubmissionWho,
)
from governance.data_forms.models import (
    Collection,
    Submission,
)
from orgs.enums import Role
from orgs.errors import WrongState
from orgs.scoping import reach_of
from orgs.workflow.transitions import Step, System, Transition, Transitions, Workflow
from tasks.enums import STREET_ROLES

if TYPE_CHECKING:
    from orgs.models import User


SUBMISSION_ROLES: dict[SubmissionWho, frozenset[Role] | None] = {
    SubmissionWho.COMMUNITY: WORKERS,
    SubmissionWho.STREET: STREET_ROLES,
}


def _is_open(submission: Submission, user: "User", now: datetime) -> None:
    state = CollectionState(submission.collection.state)
    if state != CollectionState.OPEN:
        raise WrongState(
            _("Nothing is changed any more: the collection is “%(state)s”.")
            % {"state": state.label},
            code="collection_closed",
        )


def _may_sign(submission: Submission, user: "User", now: datetime) -> None:
    _is_open(submission, user, now)
    if submission.filled_at is None or submission.filler_id:
        raise WrongState(
            _("The portal is still filling it: look again in a moment."), code="not_filled"
        )


SS, SA, SW = SubmissionState, SubmissionAction, SubmissionWho


SUBMISSION_TRANSITIONS: dict[SubmissionAction, Transitions] = {
    SA.OPEN: Transitions(),
    SA.SIGN: Transitions(
        Transition({SS.ASKED, SS.RETURNED}, SS.SIGNED, {SW.COMMUNITY}, guard=_may_sign)
    ),
    SA.SEND_BACK: Transitions(Transition({SS.SIGNED}, SS.RETURNED, {SW.STREET}, guard=_is_open)),
}


@dataclass
class SubmissionStep(Step[Submission]):
    """One action under way with a submission; `rows`: how many it is about."""

    rows: int = 0


class SubmissionWorkflow(Workflow[Submission]):
    """Submissions of communities: filled, signed off, rows sent back."""

    model = Submission
    step_class = SubmissionStep
    states, state = SubmissionState, "state"
    timeline = "entries"
    audit_action = "data_forms.{action}-submission"

    def relations(self, row: Submission, user: Any) -> frozenset[SubmissionWho]:
        if isinstance(user, System) or not user.is_authenticated:
            return frozenset()
        roles, found = reach_of(user).roles_at(row.unit), set()
        if roles & WORKERS:
            found.add(SubmissionWho.COMMUNITY)
        if roles & STREET_ROLES:
            found.add(SubmissionWho.STREET)
        return frozenset(found)

    def locked(self, row: Submission) -> Submission:
        # The collection first: it is not delivered while somebody signs off.
        Collection.objects.select_for_update(of=("self",)).get(pk=row.collection_id)
        rows = Submission.objects.select_for_update(of=("self",))
        return rows.select_related(
            "unit", "collection__street", "collection__form", "collection__entry",
            "collection__department",
        ).get(pk=row.pk)  # fmt: skip

    def columns(self, step: SubmissionStep) -> dict[str, Any]:
        return {"who": step.who, "rows": step.rows}

    def audited(self, step: SubmissionStep) -> dict[str, Any]:
        return {"collection": step.row.collection_id, "rows": step.rows}


SUBMISSION_WORKFLOW = SubmissionWorkflow(SUBMISSION_TRANSITIONS)
