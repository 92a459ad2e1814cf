"""Reading polls: what is in sight, and what each reader is shown of a roll and a tally."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from orgs.enums import Role
from orgs.errors import NotAllowed
from orgs.scoping import reach_of
from orgs.values import phones
from residents.deliberation.enums import Electorate, PollMode, PollState, VoterKind
from residents.deliberation.models import Poll, RollEntry, RollPart
from residents.deliberation.models.rolls import ROLL_WATCHERS
from residents.deliberation.polls.count import counting, tallies
from residents.deliberation.polls.course.workflow import conveners
from residents.deliberation.polls.roll import rolls
from residents.enums import ROLL_READERS

if TYPE_CHECKING:
    from orgs.models import User

# Written by hand: of the last minutes of a vote, compiling it anew would be a fifth of all work.
_OWN_ENTRY = """
SELECT poll.questions, poll.mode, poll.ballot, poll.rule, poll.settings, poll.state,
    EXISTS (SELECT 1 FROM deliberation_proxy WHERE entry_id = entry.id AND revoked_at IS NULL)
FROM deliberation_rollentry entry
JOIN deliberation_poll poll ON poll.id = entry.poll_id
JOIN residents_person voter ON voter.id = entry.person_id
WHERE entry.id = %s AND entry.poll_id = %s AND voter.account_id = %s AND entry.kind = 'person'
    AND entry.successor_id IS NULL AND NOT entry.is_void AND poll.state <> 'draft'
    AND EXISTS (
        SELECT 1 FROM deliberation_rollpart part
        JOIN residents_belonging belonging ON belonging.household_id = part.household_id
        WHERE part.entry_id = entry.id AND belonging.person_id = entry.person_id
            AND belonging.relation IN ('owner', 'co_owner') AND belonging.verified_at IS NOT NULL
    )
"""
# What it reads, in the order of the models.
_OF_POLL = ("id", "questions", "mode", "ballot", "rule", "settings", "state")
_OF_ENTRY = ("id", "poll_id", "kind", "is_void", "successor_id")
# Likewise, of the half hour after a result is out: a voter sees the poll, whatever else they are.
_IS_VOTER = """
SELECT 1 FROM deliberation_rollentry entry
JOIN deliberation_poll poll ON poll.id = entry.poll_id
JOIN residents_person voter ON voter.id = entry.person_id
WHERE entry.poll_id = %s AND voter.account_id = %s AND NOT entry.is_void AND poll.state <> 'draft'
LIMIT 1
"""
# Whose place lets them read names of the roll in full.
FULL_NAMES = ROLL_READERS


def polls(user: "User") -> QuerySet[Poll]:
    """The polls in sight, with their place."""
    seen: QuerySet[Poll] = Poll.objects.visible_to(user)
    return seen.select_related("unit").prefetch_related("buildings")


def for_home(user: "User", now: datetime) -> list[Poll]:
    """The open polls in sight that end first, for the phone's home page."""
    running = Poll.objects.visible_to(user).filter(state=PollState.OPEN, closes_at__gt=now)
    return list(running.order_by("closes_at", "pk")[:3])


def waiting_for_committee(user: "User", now: datetime) -> list[Poll]:
    """The votes of which an owners' committee has the next step, the oldest first: to announce, to open
    once it is time, to check and to publish. What a meeting decides, the community convenes."""
    own = reach_of(user).q("unit", {Role.OWNERS_COMMITTEE})
    convenes = Q(mode=PollMode.ADVISORY) | Q(electorate=Electorate.OWNERS)
    waits = Q(state__in=(PollState.DRAFT, PollState.CLOSED)) | Q(
        state=PollState.ANNOUNCED, opens_at__lte=now
    )
    return list(Poll.objects.filter(own, convenes, waits).order_by("pk")[:5])


def one(user: "User", pk: int) -> Poll | None:
    """One poll in sight. Whether its reader votes in it, as nearly everybody, is asked first: all
    the ways to a poll together take ten times as long to put into words.
    """
    seen: QuerySet[Poll] = Poll.objects.all()
    if not _is_voter(user, pk):
        seen = Poll.objects.visible_to(user, one=True)
    return seen.select_related("unit").filter(pk=pk).order_by().first()


def _is_voter(user: "User", pk: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_IS_VOTER, [pk, user.pk])
        return cursor.fetchone() is not None


def poll_for(user: "User", pk: int) -> Poll:
    """The poll of an address, in sight. Raises Http404."""
    poll = one(user, pk=pk)
    if poll is None:
        raise Http404
    return poll


def entry_for(user: "User", poll: Poll, pk: int) -> RollEntry:
    """An entry of a poll's roll, in sight. Raises Http404."""
    found = entry(user, pk)
    if found is None or found.poll_id != poll.pk:
        raise Http404
    return found


def watches(user: "User", poll: Poll) -> bool:
    """Whether somebody reads the whole roll: never the property firm, nor a superuser as such."""
    return bool(reach_of(user).roles_at(poll.unit) & ROLL_WATCHERS)


def supervises(user: "User", poll: Poll) -> bool:
    """Whether somebody supervises the votes of a place."""
    return Role.SUPERVISOR in reach_of(user).roles_at(poll.unit)


def in_electorate(user: "User", poll: Poll) -> bool:
    """Whether somebody votes in a poll."""
    return rolls.mine(user, poll).exists()


def sees_turnout(user: "User", poll: Poll) -> bool:
    """Whether somebody learns how many have voted while a poll runs: its voters, whoever watches the
    roll, whoever convenes it; never the property firm, nor others who read the poll.
    """
    roles = reach_of(user).roles_at(poll.unit)
    return bool(roles & (ROLL_WATCHERS | conveners(poll))) or in_electorate(user, poll)


def must_see_box(user: "User", poll: Poll) -> None:
    """How long the box is tells the turnout. Raises NotAllowed for who sees none while voting is open."""
    if poll.state == PollState.OPEN and not sees_turnout(user, poll):
        raise NotAllowed(_("Until voting closes only voters and organisers see the turnout."))


def entries(user: "User", poll: Poll, *, mine: bool = False) -> QuerySet[RollEntry]:
    """The entries of a roll in sight, with their parts: all for watchers, their own for others."""
    if mine or not watches(user, poll):
        found = rolls.mine(user, poll)
    else:
        found = RollEntry.objects.filter(poll=poll, is_void=False)
    parts = RollPart.objects.order_by("code")
    return (
        found.select_related("poll__unit", "person__guardian", "successor")
        .prefetch_related(Prefetch("parts", parts))
        .order_by("number")
    )


def entry(user: "User", pk: int) -> RollEntry | None:
    """One entry in sight, with all that casting asks for."""
    seen: QuerySet[RollEntry] = RollEntry.objects.visible_to(user, one=True)
    related = ("poll__unit", "person__guardian", "successor__guardian")
    return seen.filter(pk=pk, is_void=False).select_related(*related).first()


def own_entry(user: "User", poll: int, pk: int) -> RollEntry | None:
    """An entry whose verified voter the user is, in one statement: nearly every ballot comes so.

    Marked as `is_own`, so that casting asks no more. The voter of an entry sees it and its poll.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OWN_ENTRY, [pk, poll, user.pk])
        row = cursor.fetchone()
    if row is None:
        return None
    questions, mode, ballot, rule, settings, state, has_proxy = row
    # Whatever was not read is read once it is asked for.
    of_poll = [poll, json.loads(questions), mode, ballot, rule, json.loads(settings), state]
    of_entry = [pk, poll, VoterKind.PERSON, False, None]
    entry = RollEntry.from_db(connection.alias, _OF_ENTRY, of_entry)
    entry.poll = Poll.from_db(connection.alias, _OF_POLL, of_poll)
    entry.is_own, entry.has_proxy = True, bool(has_proxy)  # type: ignore[attr-defined]
    return entry


@dataclass(frozen=True)
class NameReader:
    """Names of a roll as one reader may see them: in full for the roll's readers and the voter."""

    user: "User"
    in_full: bool

    @classmethod
    def of(cls, user: "User", poll: Poll) -> "NameReader":
        return cls(user, bool(reach_of(user).roles_at(poll.unit) & FULL_NAMES))

    def name(self, entry: RollEntry) -> str:
        """The name, or 王**."""
        people = [person for person in (entry.person, entry.successor) if person]
        own = any(person.account_id == self.user.pk for person in people)
        return entry.name if self.in_full or own else phones.mask_name(entry.name)


# --- The tally -------------------------------------------------------------------------------------


def tally(user: "User", poll: Poll) -> dict[str, Any]:
    """The tally as the API gives it: before closing participation alone, the rest null; `note` says
    `not_imported` while what was counted elsewhere is not entered. Who takes part on an official
    platform nobody knows here; in an election the portal keeps the turnout.

    Raises NotAllowed for the property firm while a poll runs: participation is the organisers' and
    the voters' alone until then.
    """
    if poll.is_counted:
        kept = poll.result or tallies.tally(poll).as_dict()
        return _answer(poll, kept["questions"], kept["passed"])
    if not sees_turnout(user, poll):
        raise NotAllowed(_("Until voting closes only voters and organisers see the turnout."))
    sheet, of = tallies.sheet_of(poll), tallies.roll_weight(poll)
    voted = tallies.participating(poll)
    unknown = {"for": None, "against": None, "abstain": None}
    question = {
        "people": {"total": of.people, "participating": voted and voted.people, **unknown},
        "area": {"total": of.area, "participating": voted and voted.area, **unknown},
        "silent": None,
        "options": None,
        "vetoes": None,
        "quorum_met": None if voted is None else counting.quorum_met(sheet, voted, of),
        "passed": None,
    }
    rows = [{"id": one["id"], **question} for one in poll.questions]
    return _answer(poll, rows, None)


def note(poll: Poll) -> str | None:
    """What the numbers lack: `held_elsewhere` while others vote and count, `not_imported` once voting
    is closed and their result is not entered; None where nothing is lacking.
    """
    if not poll.lacks_result:
        return None
    return "not_imported" if poll.state == PollState.CLOSED else "held_elsewhere"


def _answer(poll: Poll, rows: list[dict[str, Any]], passed: bool | None) -> dict[str, Any]:
    """The first question's numbers stand at the top too, for polls with one."""
    texts = {question["id"]: question["text"] for question in poll.questions}
    first = rows[0]
    return {
        "poll": poll.pk,
        "state": poll.state,
        "rehearsal": poll.rehearsal,
        "provisional": poll.state != PollState.PUBLISHED,
        "note": note(poll),
        "people": first["people"],
        "area": first["area"],
        "silent": first["silent"],
        "quorum_met": first["quorum_met"],
        "passed": passed,
        "rule": poll.sheet,
        "questions": [{**row, "text": texts[row["id"]]} for row in rows],
    }
