"""“This was not me”: a ballot is set aside until somebody has looked into it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.enums import Role
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import User
from orgs.scoping import reach_of
from residents.deliberation.enums import BallotState, ChangePolicy, PollState
from residents.deliberation.models import Ballot, Dispute, Poll
from residents.deliberation.polls import poll_settings
from residents.deliberation.polls.box import chain
from residents.deliberation.polls.course.workflow import STREET

# Who decides: never the organisers of the poll.
JUDGES = STREET | {Role.SUPERVISOR}


def may_judge(user: User, poll: Poll) -> bool:
    """Whether somebody decides about disputed ballots of a poll."""
    return bool(reach_of(user).roles_at(poll.unit) & JUDGES)


@transaction.atomic
def dispute(
    *, ballot: Ballot, reason: str, at_desk: bool = False, by: User, now: datetime
) -> Dispute:
    """A voter says that a ballot in their name was not theirs: it is set aside, a deadline starts.

    `at_desk`: the voter said so at the desk, which enters it. Raises NotAllowed,
    WrongState where it does not count (any more), or the result is published.
    """
    if at_desk and not by.has_perm("deliberation.desk_poll", ballot.poll):
        raise NotAllowed(_("You do not work at the desk of this vote."))
    if not reason.strip():
        raise Refused(_("Say what is wrong."), field="reason")
    chain.locked_box(ballot.poll)
    ballot = Ballot.objects.select_for_update(of=("self",)).select_related("poll").get(pk=ballot.pk)
    poll = Poll.objects.get(pk=ballot.poll_id)
    if poll.state == PollState.PUBLISHED:
        raise WrongState(_("The result is published: object to it instead."), code="published")
    if ballot.state != BallotState.LIVE or Dispute.objects.filter(ballot=ballot).exists():
        raise WrongState(_("This ballot does not count, or was looked into already."))
    Ballot.objects.filter(pk=ballot.pk).update(state=BallotState.QUARANTINED)
    dispute_ = Dispute.objects.create(
        ballot=ballot,
        reason=reason.strip(),
        by=by,
        at_desk=at_desk,
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

    Raises NotAllowed for others, and for who disputed it or cast it.
    """
    ballot = Ballot.objects.select_related("poll__unit").get(pk=dispute.ballot_id)
    if not may_judge(by, ballot.poll):
        raise NotAllowed(_("The street or a supervisor decides about this."))
    if by.pk in (dispute.by_id, ballot.by_id):
        raise NotAllowed(_("Nobody decides in their own case."), code="own_case")
    chain.locked_box(ballot.poll)
    dispute = Dispute.objects.select_for_update(of=("self",)).get(pk=dispute.pk)
    if dispute.counts is not None:
        raise WrongState(_("This was decided already."))
    settle(dispute, counts=counts, text=text, by=by, now=now)
    return dispute


def end_before_publication(poll: Poll, now: datetime) -> None:
    """Disputes whose deadline has run end without the ballot: the voter says that it was not theirs.

    Raises WrongState `in_dispute` while another waits and its deadline runs.
    """
    waiting = Dispute.objects.filter(ballot__poll=poll, counts=None).select_related("ballot")
    for dispute_ in waiting.order_by("pk"):
        if dispute_.decide_by > now:
            raise WrongState(
                _("A ballot is in dispute: it is decided by %(day)s at the latest.")
                % {"day": timezone.localdate(dispute_.decide_by).isoformat()},
                code="in_dispute",
            )
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
