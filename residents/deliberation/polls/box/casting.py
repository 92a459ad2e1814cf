"""Casting a ballot: who may, what it replaces, and the link it adds to the chain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db import connection, transaction
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, WrongState
from residents.deliberation.enums import (
    BallotState,
    ChangePolicy,
    Channel,
    Precedence,
    VoterKind,
)
from residents.deliberation.models import Ballot, BallotBox, Proxy, RollEntry
from residents.deliberation.models.rolls import own_belongings
from residents.deliberation.polls import poll_settings, questions
from residents.deliberation.polls.box import chain
from residents.enums import OWNING

if TYPE_CHECKING:
    from orgs.models import User


# How a ballot comes in, and the proxy by which somebody else casts it.
Way: TypeAlias = tuple[Channel, Proxy | None]


@dataclass(frozen=True)
class Receipt:
    """What a voter takes home. A secret poll gives no nonce, so that nobody can sell a vote."""

    i: int
    hash: str
    nonce: str | None


def receipt_of(ballot: Ballot, *, is_secret: bool) -> Receipt:
    return Receipt(ballot.i, ballot.hash, None if is_secret else ballot.nonce)


def way_of(entry: RollEntry, user: "User") -> Way | None:
    """How somebody votes online for an entry: themself, as guardian, by proxy; None: not at all."""
    if getattr(entry, "is_own", False):  # found as the user's own, verified
        return Channel.ONLINE, None
    return ways_of([entry], user).get(entry.pk)


def ways_of(entries: Sequence[RollEntry], user: "User") -> dict[int, Way]:
    """How somebody votes online for each of some entries, by their keys; two statements at most."""
    homes = own_belongings(user).filter(household__roll_parts__entry__in=entries)
    at_home, owned = set(), set()
    for entry, ends, relation in homes.values_list(
        "household__roll_parts__entry", "ends", "relation"
    ):
        if ends is None:
            at_home.add(entry)
        if relation in OWNING:
            owned.add(entry)
    ways: dict[int, Way] = {}
    for row in entries:
        is_home = row.kind == VoterKind.HOUSEHOLD and row.pk in at_home
        if is_home or _is_voter(row, user, owned):
            ways[row.pk] = Channel.ONLINE, None
    others = [row.pk for row in entries if row.pk not in ways]
    if others:
        held = Proxy.objects.filter(entry__in=others, revoked_at=None, holder__account=user)
        ways |= {proxy.entry_id: (Channel.PROXY, proxy) for proxy in held}
    return ways


def _is_voter(entry: RollEntry, user: "User", owned: set[int]) -> bool:
    """Whether somebody is the voter, verified at one of the flats, or the voter's guardian (for a ward:
    the ward's own ownership).
    """
    voter = entry.successor or entry.person
    if entry.kind != VoterKind.PERSON or voter is None:
        return False
    if voter.account_id == user.pk:
        return not entry.area or entry.pk in owned
    return voter.guardian is not None and voter.guardian.account_id == user.pk


def cast(
    *, entry: RollEntry, choices: Any, by: "User", now: datetime, seen: int | None = None
) -> Ballot:
    """Casts a ballot online for an entry of a roll, or changes it where the poll lets people.

    `seen`: the number of the ballot that the page showed as counting, 0 for none; a page that is
    behind is refused (`stale`). Raises NotAllowed for who does not vote for this entry; WrongState
    `not_open`, `closed`, `held_on_paper`, `already_voted`, `paper_counts`; Refused for the choices.
    """
    poll = entry.poll
    way = way_of(entry, by)
    if way is None or entry.is_void:
        raise NotAllowed(_("You do not vote for this entry of the roll."))
    if poll.is_held_elsewhere:
        raise WrongState(_("This is not voted on here."), code="held_on_paper")
    channel, proxy = way
    with transaction.atomic():
        box = _open_box(entry, now)
        if proxy and Proxy.objects.filter(pk=proxy.pk).exclude(revoked_at=None).exists():
            raise NotAllowed(_("You do not vote for this entry of the roll."))
        live = _live_ballot_here(entry)
        chosen = questions.choices(poll.questions, choices)
        if seen is not None and seen != (live.i if live else 0):
            raise WrongState(
                _("Meanwhile another ballot was cast for this entry. Look at the page again."),
                code="stale",
            )
        _may_replace(entry, live, channel)
        if channel == Channel.ONLINE and getattr(entry, "has_proxy", True):
            # 274号, art. 26: a proxy is for who cannot come; the owner's own ballot revokes it.
            Proxy.objects.filter(entry=entry, revoked_at=None).update(revoked_at=now)
        return add(box, entry, chosen, channel=channel, live=live, by=by, now=now)


def _open_box(entry: RollEntry, now: datetime) -> BallotBox:
    box = chain.locked_box(entry.poll)
    must_be_open(box, now)
    return box


def must_be_open(box: BallotBox, now: datetime) -> None:
    """Raises WrongState where voting is over."""
    if not box.is_open or now >= box.closes_at:
        raise WrongState(_("Voting is closed."), code="closed")


def live_ballot(entry: RollEntry) -> Ballot | None:
    """The ballot of an entry that counts."""
    found = Ballot.objects.filter(entry=entry, state=BallotState.LIVE)
    return next(iter(found.order_by()[:1]), None)


_STANDING = """
SELECT entry.successor_id, ballot.id, ballot.i, ballot.channel
FROM deliberation_rollentry entry
LEFT JOIN deliberation_ballot ballot ON ballot.entry_id = entry.id AND ballot.state = 'live'
WHERE entry.id = %s
"""


def _live_ballot_here(entry: RollEntry) -> Ballot | None:
    """As `live_ballot`, under the lock of the box. Raises NotAllowed where the vote passed on since
    the entry was read.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [entry.pk])
        successor, *ballot = cursor.fetchone()
    if successor != entry.successor_id:
        raise NotAllowed(_("You do not vote for this entry of the roll."))
    if ballot[0] is None:
        return None
    return Ballot.from_db(connection.alias, ("id", "i", "channel"), ballot)


def why_not_now(entry: RollEntry, live: Ballot | None, channel: Channel, now: datetime) -> str:
    """Why a ballot of an entry in an open poll would be refused; empty where it would be taken."""
    if now >= entry.poll.closes_at:
        return _("Voting is closed.")
    try:
        _may_replace(entry, live, channel)
    except WrongState as refusal:
        return str(refusal.message)
    return ""


def _may_replace(entry: RollEntry, live: Ballot | None, channel: Channel) -> None:
    """Raises WrongState where the ballot that counts stays."""
    if live is None:
        return
    settings = poll_settings.of(entry.poll)
    if channel == Channel.ONLINE and live.channel == Channel.PROXY:
        return
    if live.channel == Channel.PAPER:
        if settings.precedence == Precedence.PAPER:
            raise WrongState(_("Your ballot on paper counts."), code="paper_counts")
        raise WrongState(_("This vote was cast on paper already."), code="already_voted")
    if channel == Channel.PROXY and live.channel == Channel.ONLINE:
        raise WrongState(_("The voter has voted."), code="already_voted")
    if settings.change_policy == ChangePolicy.NONE:
        raise WrongState(
            _("This vote was cast, and cannot be changed in this poll."), code="already_voted"
        )
    if settings.change_policy == ChangePolicy.ONCE:
        cast_ = Ballot.objects.filter(entry=entry, channel=channel).count()
        if cast_ > 1:
            raise WrongState(_("This vote was changed once already."), code="already_voted")


def add(
    box: BallotBox,
    entry: RollEntry,
    chosen: dict[str, Any],
    *,
    channel: Channel,
    live: Ballot | None,
    by: "User",
    now: datetime,
) -> Ballot:
    """Adds a ballot to the chain of a locked box, in place of the one that counted."""
    if live is not None:
        Ballot.objects.filter(pk=live.pk).update(state=BallotState.REPLACED)
    nonce = chain.new_nonce()
    commitment = chain.commitment(box.poll_id, entry.pk, chosen, nonce)
    ballot = Ballot.objects.create(
        poll_id=box.poll_id,
        entry=entry,
        i=box.length + 1,
        prev=box.head,
        commitment=commitment,
        hash=chain.link(box.head, commitment),
        choices=chain.canonical(chosen),
        nonce=nonce,
        replaces=live.i if live else None,
        channel=channel,
        by=by,
        at=now,
    )
    chain.lengthen(box, ballot.i, ballot.hash)
    # Which ballot, never what it says.
    audit.record(
        "deliberation.cast", by=by, obj=ballot, detail={"i": ballot.i, "channel": channel}, now=now
    )
    return ballot
