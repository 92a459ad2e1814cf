"""What pages, the API and jobs know of each action with a poll, in the order of the next steps."""

from django.utils.translation import gettext_lazy as _

from orgs.enums import Role
from orgs.workflow.notifications import Staff
from orgs.workflow.specification import Specification
from residents.deliberation.enums import PollAction
from residents.deliberation.models import PollEvent
from residents.deliberation.polls import bodies
from residents.deliberation.polls.course import polls
from residents.deliberation.polls.course.workflow import CONVENERS, STREET, conveners
from residents.deliberation.polls.forms import polls as forms
from residents.deliberation.polls.roll.rolls import voting_accounts

# The kind of notice.
POLL = "poll"


def _voters(entry: PollEvent, staff: Staff) -> dict[str, set[int]]:
    """Everybody on the roll with an account, and the residents' committee (物业管理条例, art. 14)."""
    poll = entry.poll
    people = staff.once(("poll", poll.pk), lambda: voting_accounts(poll))
    return {POLL: people | staff.at(poll.unit, CONVENERS)}


def _committee(entry: PollEvent, staff: Staff) -> dict[str, set[int]]:
    """The owners' committee reads that it was ordered to convene."""
    return {POLL: staff.at(entry.poll.unit, {Role.OWNERS_COMMITTEE})}


def _organisers(entry: PollEvent, staff: Staff) -> dict[str, set[int]]:
    """Whoever convened it, and the street."""
    poll = entry.poll
    return {POLL: staff.at(poll.unit, conveners(poll) | STREET)}


SPECIFICATIONS: dict[PollAction, Specification] = {
    PollAction.PUBLISH: Specification(
        polls.publish,
        question=_("The result is published as it is, and cannot be changed afterwards."),
        done=_("The result is published; everybody on the roll is told."), audience=_voters,
        is_next_step=True,
    ),
    PollAction.CLOSE: Specification(
        polls.close, done=_("Voting is closed and counted."), audience=_voters, is_next_step=True,
    ),
    PollAction.OPEN: Specification(
        polls.open_poll,
        question=_("From now on the roll stays as it is."),
        done=_("Voting is open; everybody on the roll is told."), audience=_voters,
        is_next_step=True,
    ),
    PollAction.ANNOUNCE: Specification(
        polls.announce, forms.AnnounceForm, bodies.PollAnnounceBody,
        question=_("Read it once more: what is announced cannot be changed."),
        done=_("Announced; everybody on the roll is told."), audience=_voters, is_next_step=True,
    ),
    PollAction.EDIT: Specification(
        polls.edit, forms.EditForm, bodies.PollEditBody, done=_("The draft is changed."),
    ),
    PollAction.IMPORT_RESULT: Specification(
        polls.import_result, forms.ResultForm, bodies.PollResultBody,
        done=_("The official result is entered."),
    ),
    PollAction.REBUILD_ROLL: Specification(
        polls.rebuild_roll, done=_("The roll is drawn up anew."),
    ),
    PollAction.ORDER: Specification(
        polls.order, forms.OrderForm, bodies.PollReasonBody,
        done=_("Ordered: the committee has 30 days."), audience=_committee,
    ),
    PollAction.END_POSTING: Specification(audience=_organisers),
    # Part of setting it up.
    PollAction.CREATE: Specification(),
}  # fmt: skip
