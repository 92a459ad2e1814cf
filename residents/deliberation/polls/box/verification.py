"""Whether everything that is kept of a poll still fits together; names what is broken first."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from orgs.errors import DomainError
from residents.deliberation.enums import BallotState, ChangePolicy, Channel, PollMode
from residents.deliberation.models import Ballot, BallotBox, Dispute, Poll, RollEntry
from residents.deliberation.polls import poll_settings, questions
from residents.deliberation.polls.box import chain
from residents.deliberation.polls.count import official_result, tallies
from residents.deliberation.polls.count.rule_sheets import Sheet
from residents.deliberation.polls.roll import building


def problems(poll: Poll) -> Iterator[str]:
    """What does not fit: announced text, roll, chain, box, checkpoints, result; in English.

    The chain is walked in order, so the first that is named of it is the first broken entry. Rows
    may say anything: nothing that they hold is taken for granted, and nothing of it raises.
    """
    unfit = _announced(poll)
    if unfit:
        yield unfit
    if poll.roll_sha256 is None:
        return
    if chain.sha256(building.published(poll)) != poll.roll_sha256:
        yield "the roll does not fit its hash"
    if not _is_readable(poll):
        yield "by which questions and rules the ballots are to be read is not known"
        return
    broken = False
    for problem in _chain(poll):
        broken = True
        yield problem
    if not broken:
        yield from _result(poll)


def _announced(poll: Poll) -> str:
    """What is wrong with the announced text, or differs from it; "" for nothing."""
    if poll.text is None or chain.sha256(poll.text) != poll.text_sha256:
        return "the announced text does not fit its hash"
    try:
        said = json.loads(poll.text)
        kept = (said["questions"], said["sheet"], said["settings"])
    except (ValueError, KeyError, TypeError):
        return "the announced text cannot be read"
    if kept[0] != poll.questions:
        return "the questions are not those of the announced text"
    if kept[1] != poll.sheet:
        return "the rule sheet is not that of the announced text"
    return "the settings are not those of the announced text" if kept[2] != poll.settings else ""


def _is_readable(poll: Poll) -> bool:
    try:
        Sheet.from_dict(poll.sheet or {})
        poll_settings.of(poll)
        return questions.read(poll.questions, mode=PollMode(poll.mode)) == poll.questions
    except (DomainError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _result(poll: Poll) -> Iterator[str]:
    try:
        if poll.official is not None and official_result.read(poll, poll.official) != poll.official:
            yield "the official result was not kept as it is read"
        elif poll.result is not None and tallies.tally(poll).as_dict() != poll.result:
            yield "the ballots do not give the published result"
    except (DomainError, ValueError, KeyError, TypeError, AttributeError):
        yield "the official result cannot be read"


# --- The chain ---------------------------------------------------------------------------------------


@dataclass
class _Walk:
    """What the chain said so far: the ballots of each entry by their numbers, and who counts."""

    poll: Poll
    entries: set[int]
    disputes: dict[int, bool | None]
    policy: str
    prev: str = chain.GENESIS
    length: int = 0
    of_entry: dict[int, list[Ballot]] = field(default_factory=dict)


def _chain(poll: Poll) -> Iterator[str]:
    disputes = Dispute.objects.filter(ballot__poll=poll).values_list("ballot", "counts")
    entries = RollEntry.objects.filter(poll=poll).values_list("pk", flat=True)
    walk = _Walk(poll, set(entries), dict(disputes), poll_settings.of(poll).change_policy)
    heads = {0: chain.GENESIS}
    for ballot in Ballot.objects.filter(poll=poll).order_by("i").iterator(chunk_size=2000):
        walk.length += 1
        wrong = _ballot(walk, ballot)
        if wrong:
            yield f"ballot {ballot.i}: {wrong}"
            return
        walk.of_entry.setdefault(ballot.entry_id, []).append(ballot)
        walk.prev = heads[walk.length] = ballot.hash
    unfit = sorted(found for ballots in walk.of_entry.values() if (found := _states(walk, ballots)))
    if unfit:
        yield "ballot {}: {}".format(*unfit[0])
    box = BallotBox.objects.filter(poll=poll).first()
    if box is None:
        yield "there is no ballot box"
    elif (box.length, box.head) != (walk.length, walk.prev):
        yield f"the box says {box.length} ballots, the chain has {walk.length}"
    for checkpoint in poll.checkpoints.order_by("id"):
        if heads.get(checkpoint.i) != checkpoint.hash:
            yield f"checkpoint of {checkpoint.at.isoformat()}: the chain was another one"
            return


def _ballot(walk: _Walk, ballot: Ballot) -> str:
    """What is wrong with one link by itself; "" for nothing."""
    poll = walk.poll
    if ballot.i != walk.length:
        return f"its number is not {walk.length}"
    if ballot.prev != walk.prev:
        return "it does not follow the one before"
    if ballot.entry_id not in walk.entries:
        return "its entry is not of this roll"
    if ballot.state not in BallotState.values or ballot.channel not in Channel.values:
        return "its state or how it came in is not known"
    try:
        choices = json.loads(ballot.choices)
    except ValueError:
        return "what it says cannot be read"
    if chain.commitment(poll.pk, ballot.entry_id, choices, ballot.nonce) != ballot.commitment:
        return "what it says does not fit its commitment"
    if chain.link(walk.prev, ballot.commitment) != ballot.hash:
        return "its hash does not fit"
    return _answers(poll, choices)


def _answers(poll: Poll, choices: Any) -> str:
    try:
        fits = questions.choices(poll.questions, choices) == choices
    except DomainError:
        fits = False
    return "" if fits else "it answers what was not asked"


def _states(walk: _Walk, ballots: list[Ballot]) -> tuple[int, str] | None:
    """The first ballot of an entry whose state nothing accounts for, and why."""
    live = 0
    for place, ballot in enumerate(ballots):
        before, after = ballots[:place], ballots[place + 1 :]
        if ballot.replaces is not None and ballot.replaces not in {one.i for one in before}:
            return ballot.i, "it replaces none of its entry's"
        live += ballot.state == BallotState.LIVE
        if live > 1:
            return ballot.i, f"a second one counts for entry {ballot.entry_id}"
        wrong = _unaccounted(walk, ballot, before, after)
        if wrong:
            return ballot.i, wrong
    return None


def _unaccounted(walk: _Walk, ballot: Ballot, before: list[Ballot], after: list[Ballot]) -> str:
    """Why a ballot should not be in its state; "" where replacing or a dispute accounts for it."""
    disputed = ballot.pk in walk.disputes
    counts = walk.disputes.get(ballot.pk)
    if (ballot.state == BallotState.REPLACED) != (ballot.i in {one.replaces for one in after}):
        return "it is not replaced by what the chain says"
    if ballot.state == BallotState.QUARANTINED:
        return "" if disputed and counts is None else "no dispute that waits is kept for it"
    if disputed and counts is None:
        return "a dispute about it waits, and it is not set aside"
    if ballot.state != BallotState.ANNULLED:
        return "it counts against the decision of its dispute" if counts is False else ""
    if walk.policy == ChangePolicy.NONE:
        # A disputed ballot that counts stands before what was cast since.
        gave_way = not disputed and any(walk.disputes.get(one.pk) for one in before)
    else:
        gave_way = bool(counts and after)  # what was cast since has changed it
    if counts is False or gave_way:
        return ""
    return "no dispute accounts for its not counting"
