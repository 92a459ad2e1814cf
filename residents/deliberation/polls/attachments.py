"""Who sees the photos that belong to polls: clauses, scans of paper ballots, proxies, disputes."""

from typing import TYPE_CHECKING

from orgs.models import Attachment, User
from residents.deliberation.models import Dispute, PaperBallot, PollClause, Proxy
from residents.deliberation.polls import queries
from residents.deliberation.polls.box import disputes
from residents.deliberation.polls.roll import rolls

if TYPE_CHECKING:
    from orgs.scoping import Person


def may_see_poll_paper(user: "Person", attachment: Attachment) -> bool:
    """Whether a photo is a clause of a poll in sight, or paper at a desk where the user works."""
    if not isinstance(user, User):
        return False
    clause = PollClause.objects.filter(attachment=attachment).values_list("poll", flat=True)
    if any(queries.one(user, pk=poll) is not None for poll in clause):
        return True
    disputed = Dispute.objects.filter(paper=attachment).select_related("ballot__poll__unit")
    if any(disputes.may_judge(user, one.ballot.poll) for one in disputed):
        return True
    # A scan shows a vote: while a poll runs, only who has to look at two entries that differ.
    scans = PaperBallot.objects.filter(scan=attachment).select_related("poll__unit")
    papers: list[PaperBallot | Proxy] = [
        *(one for one in scans if one.state == PaperBallot.State.MISMATCH or one.poll.is_counted),
        *Proxy.objects.filter(paper=attachment).select_related("poll__unit"),
    ]
    return any(rolls.keeps(user, paper.poll.unit) for paper in papers)
