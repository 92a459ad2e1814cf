"""The workflow of the claim of a post (选岗、定岗、评岗): who may do what with it, from which state."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from orgs.enums import Role
from orgs.errors import WrongState
from orgs.scoping import reach_of
from orgs.workflow.transitions import Step, System, Transition, Transitions, Workflow
from volunteers.service.enums import SERVICE_KEEPERS, ClaimAction, ClaimState, ClaimWho
from volunteers.service.models import PostClaim
from volunteers.service.reportins.same_person import refuse_own_case

# The roles by which somebody can come to be this to a claim; None: whoever it is.
ROLES: dict[ClaimWho, frozenset[Role] | None] = {
    ClaimWho.HOLDER: None,
    ClaimWho.KEEPER: SERVICE_KEEPERS,
}


def _of_somebody_else(claim: PostClaim, user: Any, now: datetime) -> None:
    """Nobody gives or rates their own post, under another account either."""
    refuse_own_case(claim.participant, user)


def _may_be_given(claim: PostClaim, user: Any, now: datetime) -> None:
    """Nobody is given a post that the branch has closed, or gives it to themselves."""
    _of_somebody_else(claim, user, now)
    if claim.post.closed_at is not None:
        raise WrongState(_("This post is closed."), code="post_closed")


T, S, A, W = Transition, ClaimState, ClaimAction, ClaimWho
TRANSITIONS: dict[ClaimAction, Transitions] = {
    A.CLAIM: Transitions(),
    A.CONFIRM: Transitions(T({S.CLAIMED}, S.CONFIRMED, {W.KEEPER}, guard=_may_be_given)),
    A.REFUSE: Transitions(T({S.CLAIMED}, S.REFUSED, {W.KEEPER})),
    A.WITHDRAW: Transitions(T({S.CLAIMED}, S.WITHDRAWN, {W.HOLDER})),
    A.RATE: Transitions(T({S.CONFIRMED, S.ENDED}, None, {W.KEEPER}, guard=_of_somebody_else)),
    A.END: Transitions(T({S.CONFIRMED}, S.ENDED, {W.HOLDER, W.KEEPER})),
}


@dataclass
class ClaimStep(Step[PostClaim]):
    """One action under way with a claim."""

    data: dict[str, Any] = field(default_factory=dict)


class ClaimWorkflow(Workflow[PostClaim]):
    """Claims, from choosing a post to its yearly rating."""

    model = PostClaim
    step_class = ClaimStep
    states, state = ClaimState, "state"
    timeline = "entries"
    audit_action = "service.{action}-postclaim"

    def relations(self, row: PostClaim, user: Any) -> frozenset[ClaimWho]:
        if isinstance(user, System) or not user.is_authenticated:
            return frozenset()
        # Nobody gives or rates their own post.
        if row.participant.account_id == user.pk:
            return frozenset({ClaimWho.HOLDER})
        keeps = reach_of(user).roles_at(row.post.unit) & SERVICE_KEEPERS
        return frozenset({ClaimWho.KEEPER}) if keeps else frozenset()

    def locked(self, row: PostClaim) -> PostClaim:
        rows = PostClaim.objects.select_for_update(of=("self",))
        return rows.select_related("post__unit", "post__branch", "participant").get(pk=row.pk)

    def columns(self, step: ClaimStep) -> dict[str, Any]:
        return {"who": step.who, "data": step.data}

    def audited(self, step: ClaimStep) -> dict[str, Any]:
        return step.data


WORKFLOW = ClaimWorkflow(TRANSITIONS)
