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
from residents.deliberation.models.comments import Comment
from residents.deliberation.models.meetings import Attendance, JointMeeting
from residents.deliberation.models.papers import BallotRun, BallotSheet, ResultFile
from residents.deliberation.models.polls import Poll, PollClause, PollEvent
from residents.deliberation.models.promises import (
    Promise,
    PromiseAttachment,
    PromiseEntry,
    PromisePart,
    ResultRating,
    TopicObjection,
)
from residents.deliberation.models.rolls import (
    Delivery,
    PollObjection,
    RollEntry,
    RollPart,
    VoterChoice,
)
from residents.deliberation.models.rules import TopicRule
from residents.deliberation.models.topics import (
    CoSignature,
    Topic,
    TopicAttachment,
    TopicEntry,
    TopicSide,
    TopicText,
)

__all__ = [
    "Attendance",
    "Ballot",
    "BallotBox",
    "BallotRun",
    "BallotSheet",
    "Checkpoint",
    "CoSignature",
    "Comment",
    "Delivery",
    "Dispute",
    "JointMeeting",
    "PaperBallot",
    "Poll",
    "PollClause",
    "PollEvent",
    "PollObjection",
    "Promise",
    "PromiseAttachment",
    "PromiseEntry",
    "PromisePart",
    "Proxy",
    "ResultFile",
    "ResultRating",
    "RollEntry",
    "RollPart",
    "Topic",
    "TopicAttachment",
    "TopicEntry",
    "TopicObjection",
    "TopicRule",
    "TopicSide",
    "TopicText",
    "Turnout",
    "VoterChoice",
]
