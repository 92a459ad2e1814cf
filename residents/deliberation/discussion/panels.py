"""The discussion on a topic's page."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from orgs.web.panels import Panel
from residents.deliberation.discussion import queries
from residents.deliberation.enums import FINAL_STAGES
from residents.deliberation.topics.course import paper
from residents.deliberation.topics.names import speaks_as

if TYPE_CHECKING:
    from orgs.models import User
    from residents.deliberation.models import Topic


@dataclass(frozen=True)
class Discussion:
    """The threads, and whether the reader may speak."""

    topic: "Topic"
    threads: list[queries.Reading]
    may_speak: bool
    may_enter: bool
    now: datetime


def panel(*, topic: "Topic", user: "User", now: datetime) -> Panel:
    """What was said about a topic, in threads."""
    is_open = topic.stage not in FINAL_STAGES
    values = Discussion(
        topic,
        queries.threads(topic, user),
        is_open and bool(speaks_as(topic, user)),
        is_open and paper.enters(user, topic.unit),
        now,
    )
    return Panel("deliberation/discussion/panel.html", values, place=50)
