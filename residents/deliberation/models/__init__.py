"""Topics and polls; each noun in a module of its own."""

from residents.deliberation.models.comments import Comment
from residents.deliberation.models.meetings import Attendance, JointMeeting
from residents.deliberation.models.promises import (
    Objection,
    Promise,
    PromiseAttachment,
    PromiseEntry,
    PromisePart,
    ResultRating,
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
    "CoSignature",
    "Comment",
    "JointMeeting",
    "Objection",
    "Promise",
    "PromiseAttachment",
    "PromiseEntry",
    "PromisePart",
    "ResultRating",
    "Topic",
    "TopicAttachment",
    "TopicEntry",
    "TopicRule",
    "TopicSide",
    "TopicText",
]
