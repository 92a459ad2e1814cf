"""Reading promises, objections and ratings."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Prefetch, QuerySet

from orgs.values import phones
from residents.deliberation.models import (
    Promise,
    PromiseAttachment,
    PromiseEntry,
    ResultRating,
    Topic,
    TopicObjection,
)
from residents.deliberation.models.topics import authors
from residents.deliberation.promises.promises import KEEP
from residents.deliberation.topics.course.guards import score_of

if TYPE_CHECKING:
    from orgs.models import User


def promises(topic: Topic) -> QuerySet[Promise]:
    """What this round of a topic promises, with parts and progress."""
    attached = PromiseAttachment.objects.select_related("attachment").order_by("position")
    entries = PromiseEntry.objects.select_related("by").prefetch_related(
        Prefetch("attached", attached)
    )
    rows = Promise.objects.filter(topic=topic, round=topic.round)
    return rows.prefetch_related("parts", Prefetch("entries", entries.order_by("pk")))


def objections(topic: Topic) -> QuerySet[TopicObjection]:
    """The objections of this round."""
    rows = TopicObjection.objects.filter(topic=topic, round=topic.round)
    return rows.select_related("by", "person", "answered_by", "topic__unit")


def objector(row: TopicObjection, reader: "User") -> str:
    """The real name for who answers and for oneself, 王** for others."""
    name = row.person.name if row.person else row.by.name
    if reader.pk in authors(row) or reader.has_perm(KEEP, row.topic):
        return name
    return phones.mask_name(name)


@dataclass(frozen=True)
class Ratings:
    """How this round's result was rated: how many gave how many stars, and the average."""

    count: int
    average: int  # hundredths of a star
    stars: list[tuple[int, int]]
    texts: list[str]


def ratings(topic: Topic) -> Ratings | None:
    """The ratings without names; None before any."""
    rows = ResultRating.objects.filter(topic=topic, round=topic.round)
    by_stars = dict(
        rows.order_by()
        .values_list("stars")
        .annotate(count=Count("pk"))
        .values_list("stars", "count")
    )
    average = score_of(topic)
    if average is None:
        return None
    texts = list(rows.exclude(text="").order_by("-pk").values_list("text", flat=True)[:50])
    pairs = [(stars, by_stars.get(stars, 0)) for stars in (5, 4, 3, 2, 1)]
    return Ratings(sum(by_stars.values()), average, pairs, texts)
