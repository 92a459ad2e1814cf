"""The paper desk: two people enter each ballot without seeing each other's; what differs waits."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.attachments.attachments import own_attachments
from orgs.audit import audit
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Attachment, User
from residents.deliberation.enums import BallotState, Channel, PollState, Precedence
from residents.deliberation.models import Ballot, BallotBox, PaperBallot, Poll, Proxy, RollEntry
from residents.deliberation.polls import poll_settings, questions
from residents.deliberation.polls.box import casting, chain
from residents.deliberation.polls.roll.rolls import must_keep

State = PaperBallot.State


@transaction.atomic
def enter(
    *,
    entry: RollEntry,
    choices: Any,
    by: User,
    now: datetime,
    scan: Sequence[Attachment] = (),
    by_proxy: bool = False,
) -> PaperBallot:
    """Enters a paper ballot. The first entry waits for the second, by somebody else; where both say
    the same the ballot is cast, where not it waits for a third person (state `mismatch`). What was
    entered once before voting closed is entered the second time afterwards too.

    Raises NotAllowed outside the desk; WrongState `same_person`, `already_entered`, `already_voted`,
    `closed`; Refused for what is no answer.
    """
    poll = entry.poll
    must_keep(by, poll)
    # Paper that two people read against the roll is not secret; elections have their own.
    if poll.is_held_elsewhere or poll.is_secret or entry.is_void:
        raise WrongState(_("No paper ballots are entered here."))
    # The box first, as everybody who casts.
    box = chain.locked_box(poll)
    chosen = questions.choices(poll.questions, choices)
    text = chain.canonical(chosen)
    photos = own_attachments(scan, by.pk)
    waiting = PaperBallot.objects.filter(entry=entry, state__in=PaperBallot.WAITING)
    paper = waiting.select_for_update(of=("self",)).first()
    if paper is None:
        casting.must_be_open(box, now)
        _may_still_vote(entry, by_proxy=by_proxy)
        paper = PaperBallot.objects.create(
            poll=poll,
            entry=entry,
            first=text,
            first_by=by,
            first_at=now,
            proxy=_proxy(entry) if by_proxy else None,
            scan=photos[0] if photos else None,
        )
        audit.record("deliberation.enter-paper", by=by, obj=paper, now=now)
        return paper
    if paper.state != State.FIRST:
        raise WrongState(_("This paper ballot was entered already."), code="already_entered")
    _must_be_in_time(paper, box)
    if paper.first_by_id == by.pk:
        raise WrongState(
            _("You entered this ballot first: somebody else enters it the second time."),
            code="same_person",
        )
    paper.second, paper.second_by, paper.second_at = text, by, now
    if photos and paper.scan is None:
        paper.scan = photos[0]
    if (paper.first, paper.proxy_id is not None) == (text, by_proxy):
        _cast(paper, box, chosen, by, now)
    else:
        paper.state = State.MISMATCH
    paper.save()
    audit.record(
        "deliberation.enter-paper", by=by, obj=paper, detail={"state": paper.state}, now=now
    )
    return paper


@transaction.atomic
def settle(
    *,
    paper: PaperBallot,
    choices: Any,
    reason: str,
    by: User,
    now: datetime,
    by_proxy: bool = False,
) -> PaperBallot:
    """A third person looks at the paper and says what it says, and whether a proxy signed it.

    Raises NotAllowed for the first two.
    """
    must_keep(by, paper.poll)
    entry = RollEntry.objects.select_related("poll").get(pk=paper.entry_id)
    box = chain.locked_box(entry.poll)
    chosen = questions.choices(entry.poll.questions, choices)
    paper = (
        PaperBallot.objects.select_for_update(of=("self",)).select_related("entry").get(pk=paper.pk)
    )
    if paper.state != State.MISMATCH:
        raise WrongState(_("The two entries of this ballot do not differ."))
    _must_be_in_time(paper, box)
    if by.pk in (paper.first_by_id, paper.second_by_id):
        raise NotAllowed(_("Somebody else than the two decides."), code="own_case")
    if not reason.strip():
        raise Refused(_("Say what you saw on the paper."), field="reason")
    paper.decided_by, paper.reason = by, reason.strip()
    paper.proxy = (paper.proxy or _proxy(entry)) if by_proxy else None
    _cast(paper, box, chosen, by, now)
    paper.save()
    audit.record("deliberation.settle-paper", by=by, obj=paper, now=now)
    return paper


def _must_be_in_time(paper: PaperBallot, box: BallotBox) -> None:
    """Raises WrongState for a paper that came too late, or a result that is out."""
    published = Poll.objects.filter(pk=box.poll_id, state=PollState.PUBLISHED).exists()
    if published or paper.first_at >= box.closes_at:
        raise WrongState(_("Voting is closed."), code="closed")


def _cast(
    paper: PaperBallot, box: BallotBox, chosen: dict[str, Any], by: User, now: datetime
) -> None:
    entry = paper.entry
    live = casting.live_ballot(entry)
    if live is not None and not _replaces(paper, live):
        paper.state = State.REFUSED
        return
    paper.ballot = casting.add(
        box, entry, chosen, channel=Channel.PROXY if paper.proxy_id else Channel.PAPER,
        live=live, by=by, now=now,
    )  # fmt: skip
    paper.state = State.CAST


def _replaces(paper: PaperBallot, live: Ballot) -> bool:
    """Whether a paper ballot takes the place of the one that counts, as announced.

    The voter's own paper always does so with what a proxy cast, never with another paper; a proxy's
    paper never.
    """
    if paper.proxy_id or live.channel == Channel.PAPER:
        return False
    if live.channel == Channel.PROXY:
        return True
    return poll_settings.of(paper.poll).precedence == Precedence.PAPER


def _may_still_vote(entry: RollEntry, *, by_proxy: bool) -> None:
    live = casting.live_ballot(entry)
    same = Channel.PROXY if by_proxy else Channel.PAPER
    if live is not None and live.channel in (Channel.PAPER, same):
        raise WrongState(_("This paper ballot was entered already."), code="already_entered")
    first_counts = poll_settings.of(entry.poll).precedence == Precedence.FIRST
    if live is not None and live.channel != Channel.PROXY and first_counts:
        raise WrongState(_("This voter has voted online, which counts."), code="already_voted")
    quarantined = Ballot.objects.filter(entry=entry, state=BallotState.QUARANTINED)
    if quarantined.exists():
        raise WrongState(_("A ballot of this voter is in dispute: decide about it first."))


def _proxy(entry: RollEntry) -> Proxy:
    proxy = entry.proxies.filter(revoked_at=None).first()
    if proxy is None:
        raise Refused(_("No proxy is entered for this voter."), code="no_proxy", field="by_proxy")
    return proxy


def differences(paper: PaperBallot) -> list[tuple[str, Any, Any]]:
    """The questions that two people read differently, with what each read."""
    first, second = json.loads(paper.first), json.loads(paper.second or "{}")
    return [
        (question["text"], first[question["id"]], second.get(question["id"]))
        for question in paper.poll.questions
        if first[question["id"]] != second.get(question["id"])
    ]
