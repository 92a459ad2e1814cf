"""Ratings by how people voted: those who were for the decision and those who were against it."""

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from residents.deliberation.enums import BallotKind, Choice
from residents.deliberation.models import Ballot, ResultRating, Topic

if TYPE_CHECKING:
    from residents.deliberation.models import Poll

# Fewer ratings than these would tell who gave them.
FEWEST = 3


@dataclass(frozen=True)
class Group:
    """One way to vote: how many of those rated, and their average in hundredths (None: too few)."""

    choice: Choice
    count: int
    average: int | None


def groups(topic: Topic, poll: "Poll") -> list[Group]:
    """The groups of a named poll's first yes-or-no question; none of a secret poll. Two statements."""
    question = next((one["id"] for one in poll.questions if one["kind"] == "yes_no"), None)
    if poll.ballot != BallotKind.NAMED or question is None:
        return []
    stars = dict(
        ResultRating.objects.filter(
            topic=topic, round=topic.round, entry__isnull=False
        ).values_list("entry", "stars")
    )
    ballots = Ballot.objects.filter(poll=poll, state="live", entry__in=stars)
    found: dict[str, list[int]] = defaultdict(list)
    for entry, choices in ballots.values_list("entry", "choices"):
        found[json.loads(choices).get(question, "")].append(stars[entry])
    sides = {choice: found[choice] for choice in (Choice.FOR, Choice.AGAINST)}
    # With the average of all ratings and that of one side, the few of the other could be worked out.
    hidden = any(0 < len(rated) < FEWEST for rated in sides.values())
    return [
        Group(choice, len(rated), None if hidden or not rated else sum(rated) * 100 // len(rated))
        for choice, rated in sides.items()
    ]
