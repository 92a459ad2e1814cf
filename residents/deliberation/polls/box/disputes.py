"""“This was not me”: a ballot is set aside until somebody has looked into it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.attachments.attachments import own_attachments
from orgs.audit import audit
from orgs.enums import Role
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Attachment, User
from orgs.scoping import reach_of
from residents.deliberation.enums import BallotState, ChangePolicy, PollState
from residents.deliberation.models import Ballot, Dispute, PaperBallot, Poll
from residents.deliberation.polls import poll_settings
from residents.deliberation.polls.box import chain
from residents.deliberation.polls.course.workflow import STREET
from residents.deliberation.polls.roll import rolls

# Who decides: never the organisers of the poll.
JUDGES = STREET | {Role.SUPERVISOR}


def may_judge(user: User, poll: Poll) -> bool:
    """Whether somebody decides about disputed ballots of a poll."""
    return bool(reach_of(user).roles_at(poll.unit) & JUDGES)


def is_desks(ballot: Ballot) -> bool:
    """Whether the desk may say of a ballot that it was not the voter's: it came on paper, and nobody
    with an account votes for the entry, who would say so there.
    """
    on_paper = PaperBallot.objects.filter(ballot=ballot).exists()
    return on_paper and not rolls.voting_accounts(ballot.poll, entry=ballot.entry_id)


@transaction.atomic
def dispute(
    *,
    ballot: Ballot,
    reason: str,
    at_desk: bool = False,
    paper: Sequence[Attachment] = (),
    by: User,
    now: datetime,
) -> Dispute:
    """A voter says that a ballot in their name was not theirs: it is set aside, a deadline starts.

    `at_desk`: the voter said so at the desk, which enters it with a photo of the signed `paper`. Raises
    NotAllowed, Refused (`no_paper`), WrongState where it does not count (any more), the result is
    published, or (`has_account`) the voter says so themselves.
    """
    if at_desk and not by.has_perm("deliberation.desk_poll", ballot.poll):
        raise NotAllowed(_("You do not work at the desk of this vote."))
    if at_desk and not is_desks(ballot):
        message = _("This was voted online, or the voter has an account: they say so there.")
        raise WrongState(message, code="has_account")
    if at_desk and not paper:
        message = _("Add a photo of the signed paper.")
        raise Refused(message, code="no_paper", field="paper")
    if not reason.strip():
        raise Refused(_("Say what is wrong."), field="reason")
    chain.locked_box(ballot.poll)
    ballot = Ballot.objects.select_for_update(of=("self",)).select_related("poll").get(pk=ballot.pk)
    poll = Poll.objects.get(pk=ballot.poll_id)
    if poll.state == PollState.PUBLISHED:
        raise WrongState(_("The result is published: object to it instead."), code="published")
    if ballot.state != BallotState.LIVE or Dispute.objects.filter(ballot=ballot).exists():
        raise WrongState(_("This ballot does not count, or was looked into already."))
    photos = own_attachments(paper, by.pk)
    Ballot.objects.filter(pk=ballot.pk).update(state=BallotState.QUARANTINED)
    dispute_ = Dispute.objects.create(
        ballot=ballot,
        reason=reason.strip(),
        by=by,
        at_desk=at_desk,
        paper=photos[0] if photos else None,
        at=now,
        decide_by=now + timedelta(days=poll_settings.of(poll).dispute_days),
    )
    audit.record(
        "deliberation.dispute",
        by=by,
        obj=dispute_,
        detail={"i": ballot.i} | ({"at_desk": True} if at_desk else {}),
        now=now,
    )
    return dispute_


@transaction.atomic
def decide(*, dispute: Dispute, counts: bool, text: str, by: User, now: datetime) -> Dispute:
    """The street or a supervisor decides whether a disputed ballot counts.

    Raises NotAllowed for others, and for who disputed it, cast it, or votes for the entry.
    """
    ballot = Ballot.objects.select_related("poll__unit").get(pk=dispute.ballot_id)
    if not may_judge(by, ballot.poll):
        raise NotAllowed(_("The street or a supervisor decides about this."))
    own = {dispute.by_id, ballot.by_id, *rolls.voting_accounts(ballot.poll, entry=ballot.entry_id)}
    if by.pk in own:
        raise NotAllowed(_("Nobody decides in their own case."), code="own_case")
    chain.locked_box(ballot.poll)
    dispute = Dispute.objects.select_for_update(of=("self",)).get(pk=dispute.pk)
    if dispute.counts is not None:
        raise WrongState(_("This was decided already."))
    settle(dispute, counts=counts, text=text, by=by, now=now)
    return dispute


def end_before_publication(poll: Poll, now: datetime) -> None:
    """Disputes that nobody decided in time end without the ballot: the voter says that it was not
    theirs. Publishing waits for the others (the workflow's guard).
    """
    waiting = Dispute.objects.filter(ballot__poll=poll, counts=None).select_related("ballot")
    for dispute_ in waiting.order_by("pk"):
        settle(dispute_, counts=False, text="", by=None, now=now)


def settle(dispute: Dispute, *, counts: bool, text: str, by: User | None, now: datetime) -> None:
    """Writes the decision down.

    Where votes cannot be changed, a ballot that counts stands before what was cast since, or the
    dispute would be a way round that rule; elsewhere what was cast since has changed it.
    """
    stands = counts
    if counts:
        since = Ballot.objects.filter(entry=dispute.ballot.entry_id, state=BallotState.LIVE)
        if poll_settings.of(dispute.ballot.poll).change_policy == ChangePolicy.NONE:
            since.update(state=BallotState.ANNULLED)
        else:
            stands = not since.exists()
    dispute.counts, dispute.decision = counts, text.strip()
    dispute.decided_by, dispute.decided_at = by, now
    dispute.save()
    Ballot.objects.filter(pk=dispute.ballot_id, state=BallotState.QUARANTINED).update(
        state=BallotState.LIVE if stands else BallotState.ANNULLED
    )
    audit.record(
        "deliberation.decide-dispute", by=by, obj=dispute, detail={"counts": counts}, now=now
    )
