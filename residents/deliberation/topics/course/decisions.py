"""What was decided about a topic, and by whom: the committee's own record, or a poll's result."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from residents.deliberation.enums import (
    MEETINGS_DECIDE,
    Decider,
    Electorate,
    PollMode,
    PollState,
    Rule,
)
from residents.deliberation.models import Poll, RollEntry, Topic
from residents.deliberation.polls.roll import rolls

if TYPE_CHECKING:
    from orgs.models import User

# Who votes where this body decides.
ELECTORATES: dict[str, frozenset[Electorate]] = {
    Decider.OWNERS: frozenset({Electorate.OWNERS}),
    Decider.REPRESENTATIVES: frozenset({Electorate.REPRESENTATIVES}),
    Decider.COMMITTEE: frozenset(),
    Decider.RESIDENTS: frozenset({Electorate.RESIDENTS, Electorate.HOUSEHOLDS}),
    Decider.RESIDENT_REPRESENTATIVES: frozenset({Electorate.REPRESENTATIVES}),
}


def is_convened(topic: Topic) -> bool:
    """Whether those who decide were called together in this round: a poll was announced."""
    polls = deciding_polls(topic).exclude(state=PollState.DRAFT)
    return polls.exists()


def deciding_polls(topic: Topic) -> QuerySet[Poll]:
    """The polls that can decide a topic, the newest first; never a rehearsal.

    One of the nine matters, and what a meeting decides by law, no advisory poll can; a count without
    thresholds neither passes nor fails, and decides a small review alone.
    """
    polls = Poll.objects.filter(
        topic=topic, rehearsal=False, electorate__in=ELECTORATES[topic.decider]
    )
    # The polls of an earlier round decided that one.
    polls = polls.filter(created_at__gte=round_began(topic))
    if topic.matter:
        polls = polls.filter(Q(matter=topic.matter) | Q(rule=Rule.LIFT))
    if topic.matter or topic.decider in MEETINGS_DECIDE:
        polls = polls.exclude(mode=PollMode.ADVISORY)
    if not topic.is_micro:
        polls = polls.exclude(rule=Rule.OPINION)
    return polls.order_by("-pk")


def round_began(topic: Topic) -> datetime:
    """When this round began: with the proposal, or when the topic was last taken up again."""
    if topic.round == 1:
        return topic.created_at
    reopened = topic.entries.filter(action="reopen").order_by("-pk").first()
    return reopened.at if reopened else topic.created_at


def result_poll(topic: Topic) -> Poll | None:
    """The latest poll that can decide the topic and whose result is published."""
    return deciding_polls(topic).filter(state=PollState.PUBLISHED).first()


def outcome(topic: Topic) -> bool | None:
    """Whether what was decided passed; None while nothing is."""
    if topic.decider == Decider.COMMITTEE:
        return topic.decision_passed
    poll = result_poll(topic)
    return bool(poll.result["passed"]) if poll and poll.result else None


def entry_of(poll: Poll, user: "User") -> RollEntry | None:
    """The entry of a frozen roll for which somebody speaks: as its voter, or as an owner of its parts."""
    if not user.pk:
        return None
    return rolls.mine(user, poll).order_by("pk").first()
