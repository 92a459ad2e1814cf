"""Reading the ballot box: the board for everybody, openings for the electorate, one's own receipt."""

import json
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, WrongState
from orgs.values.text import listed
from residents.deliberation.enums import BallotState, Channel, Choice, PollState
from residents.deliberation.models import Ballot, Poll, Proxy
from residents.deliberation.polls import queries
from residents.deliberation.polls.box import casting
from residents.deliberation.polls.count import tallies

if TYPE_CHECKING:
    from orgs.models import User


def board(poll: Poll, user: "User") -> dict[str, Any]:
    """The whole chain: commitments and hashes, nothing of voters or choices.

    Raises NotAllowed while voting is open, for who does not see the turnout.
    """
    queries.must_see_box(user, poll)
    names = ("i", "prev", "commitment", "hash", "replaces")
    rows = Ballot.objects.filter(poll=poll).order_by("i").values(*names)
    return {"poll": poll.pk, "note": queries.note(poll), "entries": list(rows)}


def openings(poll: Poll, user: "User") -> dict[str, Any]:
    """What each ballot of a closed, named poll says; that it was read is logged.

    Areas would tell flats in public, so only the electorate and supervisors read it. Raises
    NotAllowed for others; WrongState `not_closed`, and `secret`: those are never opened.
    """
    if not (queries.in_electorate(user, poll) or queries.supervises(user, poll)):
        raise NotAllowed(_("Only voters and supervisors open the ballots."))
    if poll.is_secret:
        raise WrongState(_("The ballots of a secret poll are never opened."), code="secret")
    if poll.state == PollState.CLOSED and poll.lacks_result:
        raise WrongState(_("The official result is not entered yet."), code="not_imported")
    if not poll.is_counted:
        raise WrongState(_("Ballots are opened when voting is closed."), code="not_closed")
    audit.record("deliberation.read-openings", by=user, obj=poll, now=timezone.now())
    names = ("i", "entry_id", "choices", "nonce", "state")
    rows = Ballot.objects.filter(poll=poll).order_by("i").annotate(area=F("entry__area"))
    return {
        "poll": poll.pk,
        "total": {"people": poll.roll_people or 0, "area": poll.roll_area or 0},
        "rule": poll.sheet,
        "result": poll.result or tallies.tally(poll).as_dict(),
        "entries": [
            {
                "i": i,
                "entry": entry,
                "area": area,
                "choices": json.loads(choices),
                "nonce": nonce,
                "counts": state == BallotState.LIVE,
            }
            for i, entry, choices, nonce, state, area in rows.values_list(*names, "area")
        ],
    }


def own_ballot(poll: Poll, i: int, user: "User", *, as_voter: bool = False) -> Ballot | None:
    """A ballot of one's own entry, or (not `as_voter`) one that one cast as a proxy."""
    ballot = Ballot.objects.filter(poll=poll, i=i).select_related("poll").first()
    if ballot is None:
        return None
    entry = queries.entry(user, ballot.entry_id)
    way = casting.way_of(entry, user) if entry else None
    if way is not None and way[1] is None:
        return ballot
    if as_voter or ballot.channel != Channel.PROXY or ballot.by_id != user.pk:
        return None
    # Who entered a paper at the desk cast it too: only the holder of the proxy reads it.
    held = Proxy.objects.filter(entry=ballot.entry_id, holder__account=user)
    return ballot if held.exists() else None


def in_words(poll: Poll, ballot: Ballot) -> list[tuple[str, str]]:
    """Each question with what was answered."""
    choices = json.loads(ballot.choices)
    return [(question["text"], words(choices[question["id"]])) for question in poll.questions]


def words(choice: Any) -> str:
    """An answer as people say it."""
    if isinstance(choice, list):
        return str(listed(choice)) if choice else _("abstained")
    return str(Choice(choice).label)
