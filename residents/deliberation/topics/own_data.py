"""What topics hold of an account, for its copy of its own data."""

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from residents.deliberation.models import (
    Comment,
    CoSignature,
    ResultRating,
    Topic,
    TopicObjection,
)

if TYPE_CHECKING:
    from orgs.models import User


def own_data(user: "User") -> dict[str, Any]:
    """What somebody raised, signed, said, objected to and rated."""
    topics = Topic.objects.filter(_own("proposer", user))
    signed = CoSignature.objects.filter(person__account=user)
    comments = Comment.objects.filter(_own("by", user))
    objections = TopicObjection.objects.filter(_own("by", user))
    ratings = ResultRating.objects.filter(person__account=user)
    rows = {
        "topics": topics.values("title", "text", "stage", "created_at"),
        "topic_signatures": signed.values("topic__title", "version", "at", "ended_at"),
        "topic_comments": comments.values("topic__title", "text", "at", "state", "reason"),
        "topic_objections": objections.values("topic__title", "text", "at", "answer"),
        "topic_ratings": ratings.values("topic__title", "stars", "text", "at"),
    }
    return {name: list(found.order_by("pk")) for name, found in rows.items()}


def _own(column: str, user: "User") -> Q:
    """What somebody said here, or what the desk entered for them; not what they entered for others."""
    return Q(**{column: user}, person=None) | Q(person__account=user)


def own_data_parts() -> dict[str, Any]:
    """How these parts of the copy are called, and of which model they are."""
    return {
        "topics": (_("topics that I raised"), Topic),
        "topic_signatures": (_("topics that I signed"), CoSignature),
        "topic_comments": (_("what I said in discussions"), Comment),
        "topic_objections": (_("my objections to decisions"), TopicObjection),
        "topic_ratings": (_("how I rated results"), ResultRating),
    }
