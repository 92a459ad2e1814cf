"""What a topic's page shows of its decision: publicity with objections, promises, ratings."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from orgs.web.panels import Panel
from residents.deliberation.enums import TopicStage, TopicWho
from residents.deliberation.promises import notice, queries, rating_groups
from residents.deliberation.promises.promises import KEEP, PROMISING
from residents.deliberation.topics.course import decisions, paper
from residents.deliberation.topics.course.relations import SIDE_OF
from residents.deliberation.topics.course.workflow import WORKFLOW

if TYPE_CHECKING:
    from orgs.models import User
    from residents.deliberation.models import Topic


@dataclass(frozen=True)
class Publicity:
    """A decision made public, with the objections and their answers."""

    topic: "Topic"
    objections: list[tuple[Any, str]]
    digest: str
    may_object: bool
    may_enter: bool
    may_answer: bool
    is_public: bool
    now: datetime


def publicity_panel(*, topic: "Topic", user: "User", now: datetime) -> Panel | None:
    """The decision and what was said against it; nothing before it is public."""
    if topic.public_from is None or topic.public_until is None:
        return None
    is_public = (
        topic.stage == TopicStage.PUBLICITY and timezone.localdate(now) <= topic.public_until
    )
    rows = [(one, queries.objector(one, user)) for one in queries.objections(topic)]
    values = Publicity(
        topic,
        rows,
        notice.digest(topic),
        is_public and TopicWho.RESIDENT in WORKFLOW.relations(topic, user),
        is_public and paper.enters(user, topic.unit),
        user.has_perm(KEEP, topic),
        is_public,
        now,
    )
    return Panel("deliberation/promises/publicity.html", values, place=10)


@dataclass(frozen=True)
class Promises:
    """What is promised, each with its light, and what the reader may do with it."""

    topic: "Topic"
    promises: list[tuple[Any, str]]
    may_promise: bool
    keeps: bool
    speaks: bool
    now: datetime


def promises_panel(*, topic: "Topic", user: "User", now: datetime) -> Panel | None:
    """What the decision promises; nothing before there can be a promise."""
    keeps = user.has_perm(KEEP, topic)
    may_promise = keeps and topic.stage in PROMISING
    found = list(queries.promises(topic).order_by("pk"))
    if not found and not may_promise:
        return None
    today = timezone.localdate(now)
    rows = [(one, one.light(today)) for one in found]
    speaks = bool(WORKFLOW.relations(topic, user) & SIDE_OF.keys())
    values = Promises(topic, rows, may_promise, keeps, speaks or keeps, now)
    return Panel("deliberation/promises/panel.html", values, place=15)


@dataclass(frozen=True)
class Judged:
    """How the result was rated, and (of a named poll) by those who were for and against it."""

    topic: "Topic"
    ratings: queries.Ratings | None
    groups: list[rating_groups.Group]
    is_running: bool


def ratings_panel(*, topic: "Topic", user: "User", now: datetime) -> Panel | None:
    """The ratings, once people can rate; the average only after they have."""
    if topic.evaluated_until is None:
        return None
    running = topic.stage == TopicStage.EVALUATING
    poll = decisions.result_poll(topic)
    groups = rating_groups.groups(topic, poll) if poll and not running else []
    values = Judged(topic, None if running else queries.ratings(topic), groups, running)
    return Panel("deliberation/promises/ratings.html", values, place=20)
