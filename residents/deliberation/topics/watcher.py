"""Limits of topics: reminders, what is late, petitions that nobody may hold up, evaluations that end.

What is due stands in the rows; a job that runs twice, or in two workers, does each thing once: the
topic is locked, and each step of a limit is on the timeline once.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from orgs.errors import DomainError
from orgs.workflow.transitions import SYSTEM
from residents.deliberation.enums import FINAL_STAGES, TopicAction, TopicStage
from residents.deliberation.models import Topic, TopicEntry
from residents.deliberation.topics import decisions, steps
from residents.deliberation.topics.workflow import WORKFLOW

REVIEW, REVIEW_SOON, CONVENE, ORDER = "review", "review_soon", "convene", "order"
# Before a limit passes, so long ahead somebody is reminded.
AHEAD = timedelta(days=2)


def watch(now: datetime) -> int:
    """Takes every step that is due; answers how many."""
    taken = 0
    for key in list(_due(now).order_by("pk").values_list("pk", flat=True)):
        taken += sum(1 for _step in _watch_one(key, now))
    return taken


def _due(now: datetime) -> QuerySet[Topic]:
    """The topics of which some limit is near or has passed."""
    return Topic.objects.exclude(stage__in=FINAL_STAGES).filter(
        Q(due_by__lte=now + AHEAD)
        | Q(convene_by__lte=now, ordered_at=None)
        | Q(order_by__lte=now)
        | Q(stage=TopicStage.EVALUATING, evaluated_until__lt=now)
    )


def _watch_one(key: int, now: datetime) -> Iterator[str]:
    with transaction.atomic():
        rows = Topic.objects.select_for_update(of=("self",)).select_related("unit", "rule")
        topic = rows.exclude(stage__in=FINAL_STAGES).filter(pk=key).first()
        if topic is None:
            return
        yield from _review(topic, now)
        yield from _petition(topic, now)
    if topic.stage == TopicStage.EVALUATING:
        yield from _finish(topic, now)


def _review(topic: Topic, now: datetime) -> Iterator[str]:
    if topic.stage != TopicStage.REVIEWING or topic.due_by is None:
        return
    if now <= topic.due_by:
        if now >= topic.due_by - AHEAD:
            yield from _once(topic, TopicAction.REMIND, REVIEW_SOON, topic.due_by, now)
        return
    yield from _once(topic, TopicAction.ESCALATE, REVIEW, topic.due_by, now)
    if topic.petition_at is not None:
        # A petition is never held up by a review (物业管理条例, art. 13).
        try:
            steps.approve(topic=topic, reason="", by=SYSTEM, now=now)
        except DomainError:
            return
        yield "approved"


def _petition(topic: Topic, now: datetime) -> Iterator[str]:
    if topic.convene_by is None or decisions.is_convened(topic):
        return
    if topic.order_by is not None:
        if now > topic.order_by:
            yield from _once(topic, TopicAction.ESCALATE, ORDER, topic.order_by, now)
    elif now > topic.convene_by:
        yield from _once(topic, TopicAction.ESCALATE, CONVENE, topic.convene_by, now)


def _finish(topic: Topic, now: datetime) -> Iterator[str]:
    try:
        steps.finish(topic=topic, by=SYSTEM, now=now)
    except DomainError:
        return
    yield "finished"


def _once(
    topic: Topic, action: TopicAction, limit: str, due: datetime, now: datetime
) -> Iterator[str]:
    data = {"limit": limit, "due": due.isoformat()}
    if TopicEntry.objects.filter(topic=topic, action=action, data=data).exists():
        return
    WORKFLOW.note(topic, action, now, **data)
    yield limit


def convener(topic: Topic, now: datetime) -> str:
    """Who calls the owners together for a topic: "committee", or on its default "street".

    Hubei, art. 26: the street orders the committee to within thirty days, then does it itself.
    """
    late = topic.order_by is not None and now > topic.order_by
    return "street" if late and not decisions.is_convened(topic) else "committee"
