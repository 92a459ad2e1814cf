"""Topics and polls; each noun in a module of its own."""

from residents.deliberation.models.ballots import (
    Ballot,
    BallotBox,
    Checkpoint,
    Dispute,
    PaperBallot,
    Proxy,
    Turnout,
)
from residents.deliberation.models.polls import Poll, PollClause, PollEvent
from residents.deliberation.models.rolls import (
    Delivery,
    PollObjection,
    RollEntry,
    RollPart,
    VoterChoice,
)

__all__ = [
    "Ballot",
    "BallotBox",
    "Checkpoint",
    "Delivery",
    "Dispute",
    "PaperBallot",
    "Poll",
    "PollClause",
    "PollEvent",
    "PollObjection",
    "Proxy",
    "RollEntry",
    "RollPart",
    "Turnout",
    "VoterChoice",
]
