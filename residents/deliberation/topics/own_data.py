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
from residents.models import Person

if TYPE_CHECKING:
    from orgs.models import User


def own_data(user: "User") -> dict[str, Any]:
    """What somebody raised, signed, said, objected to and rated; not what they entered for others."""
    own = Q(person__account=user)
    return _parts(own, own | Q(proposer=user, person=None), own | Q(by=user, person=None))


def own_data_of_person(person: Person) -> dict[str, Any]:
    """The same of a person of the roll, for whom the desk entered it."""
    own = Q(person=person)
    return _parts(own, own, own)


def _parts(own: Q, raised: Q, said: Q) -> dict[str, Any]:
    topics = Topic.objects.filter(raised)
    signed = CoSignature.objects.filter(own)
    comments = Comment.objects.filter(said)
    objections = TopicObjection.objects.filter(said)
    ratings = ResultRating.objects.filter(own)
    rows = {
        "topics": topics.values("title", "text", "stage", "created_at"),
        "topic_signatures": signed.values("topic__title", "version", "at", "ended_at"),
        "topic_comments": comments.values("topic__title", "text", "at", "state", "reason"),
        "topic_objections": objections.values("topic__title", "text", "at", "answer"),
        "topic_ratings": ratings.values("topic__title", "stars", "text", "at"),
    }
    return {name: list(found.order_by("pk")) for name, found in rows.items()}


def own_data_parts() -> dict[str, Any]:
    """How these parts of the copy are called, and of which model they are."""
    return {
        "topics": (_("topics that I raised"), Topic),
        "topic_signatures": (_("topics that I signed"), CoSignature),
        "topic_comments": (_("what I said in discussions"), Comment),
        "topic_objections": (_("my objections to decisions"), TopicObjection),
        "topic_ratings": (_("how I rated results"), ResultRating),
    }
