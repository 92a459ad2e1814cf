"""What pages and the API know of each action with a claim, in the order of the next steps."""

from django.utils.translation import gettext_lazy as _

from orgs.workflow.notifications import Staff
from orgs.workflow.specification import Specification
from volunteers.service.enums import SERVICE_KEEPERS, ClaimAction
from volunteers.service.models import PostClaimEntry
from volunteers.service.posts import bodies, forms, posts

# The kinds of notices.
MINE, TODO = "post-mine", "post-todo"


def _own(entry: PostClaimEntry, staff: Staff) -> dict[str, set[int]]:
    """Whoever claimed the post reads what became of it."""
    account = entry.claim.participant.account_id
    return {MINE: {account} if account else set()}


def _keepers(entry: PostClaimEntry, staff: Staff) -> dict[str, set[int]]:
    """The branch and the community read who claims a post, and who gives one up."""
    return {TODO: staff.at(entry.claim.post.unit, SERVICE_KEEPERS)}


A = ClaimAction
SPECIFICATIONS: dict[ClaimAction, Specification] = {
    A.CONFIRM: Specification(
        posts.confirm, done=_("Given; the member reads it."), audience=_own, is_next_step=True,
    ),
    A.REFUSE: Specification(
        posts.refuse, forms.ReasonForm, bodies.ClaimReasonBody,
        done=_("Not given; the member reads the reason."), audience=_own,
    ),
    A.RATE: Specification(
        posts.rate, forms.RateForm, bodies.ClaimRateBody,
        done=_("The year is rated; the member reads it."), audience=_own,
    ),
    A.WITHDRAW: Specification(
        posts.withdraw, question=_("The claim ends; you may claim the post again."),
        done=_("Your claim is withdrawn."), is_next_step=True,
    ),
    A.END: Specification(
        posts.end, forms.EndClaimForm, bodies.ClaimEndBody,
        done=_("The post is free again."), audience=_keepers,
    ),
    # Part of claiming.
    A.CLAIM: Specification(audience=_keepers),
}  # fmt: skip
