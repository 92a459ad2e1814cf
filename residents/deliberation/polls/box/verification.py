"""Whether everything that is kept of a poll still fits together; names what is broken first."""

import json
from collections.abc import Iterator

from residents.deliberation.enums import BallotState
from residents.deliberation.models import Ballot, Poll
from residents.deliberation.polls import questions
from residents.deliberation.polls.box import chain
from residents.deliberation.polls.count import tallies
from residents.deliberation.polls.roll import building


def problems(poll: Poll) -> Iterator[str]:
    """What does not fit: announced text, roll, chain, box, checkpoints, result; in English.

    The chain is walked in order, so the first that is named of it is the first broken entry.
    """
    if poll.text is None or chain.sha256(poll.text) != poll.text_sha256:
        yield "the announced text does not fit its hash"
    elif json.loads(poll.text)["questions"] != poll.questions:
        yield "the questions are not those of the announced text"
    elif json.loads(poll.text)["sheet"] != poll.sheet:
        yield "the rule sheet is not that of the announced text"
    if poll.roll_sha256 is None:
        return
    if chain.sha256(building.published(poll)) != poll.roll_sha256:
        yield "the roll does not fit its hash"
    yield from _chain(poll)
    if poll.result is not None and tallies.tally(poll).as_dict() != poll.result:
        yield "the ballots do not give the published result"


def _chain(poll: Poll) -> Iterator[str]:
    prev, length, heads = chain.GENESIS, 0, {0: chain.GENESIS}
    live: set[int] = set()
    for ballot in Ballot.objects.filter(poll=poll).order_by("i").iterator(chunk_size=2000):
        length += 1
        wrong = _ballot(poll, ballot, prev, length)
        if wrong:
            yield f"ballot {ballot.i}: {wrong}"
            return
        if ballot.state == BallotState.LIVE:
            if ballot.entry_id in live:
                yield f"ballot {ballot.i}: a second one counts for entry {ballot.entry_id}"
            live.add(ballot.entry_id)
        prev = heads[length] = ballot.hash
    box = poll.box
    if (box.length, box.head) != (length, prev):
        yield f"the box says {box.length} ballots, the chain has {length}"
    for checkpoint in poll.checkpoints.order_by("id"):
        if heads.get(checkpoint.i) != checkpoint.hash:
            yield f"checkpoint of {checkpoint.at.isoformat()}: the chain was another one"
            return


def _ballot(poll: Poll, ballot: Ballot, prev: str, number: int) -> str:
    if ballot.i != number:
        return f"its number is not {number}"
    if ballot.prev != prev:
        return "it does not follow the one before"
    choices = json.loads(ballot.choices)
    if chain.commitment(poll.pk, ballot.entry_id, choices, ballot.nonce) != ballot.commitment:
        return "what it says does not fit its commitment"
    if chain.link(prev, ballot.commitment) != ballot.hash:
        return "its hash does not fit"
    if questions.choices(poll.questions, choices) != choices:
        return "it answers what was not asked"
    return ""
