"""Reading topics. Every answer costs the same number of statements."""

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Prefetch, Q, QuerySet

from orgs.models import Attachment
from residents.deliberation.enums import TopicAction
from residents.deliberation.models import (
    CoSignature,
    PromiseEntry,
    ResultRating,
    Topic,
    TopicAttachment,
    TopicEntry,
)
from residents.enums import Permission

if TYPE_CHECKING:
    from orgs.models import User
    from orgs.scoping import Person

# Counted, not told one by one.
NOT_SHOWN = frozenset({TopicAction.CO_SIGN, TopicAction.WITHDRAW_SIGNATURE, TopicAction.RATE})


def topics(user: "Person") -> QuerySet[Topic]:
    """The topics in sight, newest first, with how many signed."""
    return with_signed(Topic.objects.visible_to(user)).select_related("unit").order_by("-pk")


def with_signed(rows: QuerySet[Topic]) -> QuerySet[Any]:
    """Topics with `signed`, how many people's signatures stand."""
    return rows.annotate(signed=Count("signatures", filter=Q(signatures__ended_at=None)))


def topic(user: "Person") -> QuerySet[Topic]:
    """The topics in sight, to find one by its key, with all that its page needs."""
    seen = Topic.objects.visible_to(user, one=True)
    return seen.select_related("unit", "rule", "proposer", "person").prefetch_related("sides")


def timeline(row: Topic) -> QuerySet[TopicEntry]:
    """The entries of a topic as its page tells them, the latest first, with photos."""
    attached = TopicAttachment.objects.select_related("attachment").order_by("position")
    rows = row.entries.exclude(action__in=NOT_SHOWN).select_related("by", "side")
    return rows.prefetch_related(Prefetch("attached", attached)).order_by("-pk")


def signatures(row: Topic) -> QuerySet[CoSignature]:
    """Whose signatures stand, in their order."""
    return row.signatures.filter(ended_at=None).select_related("person", "household__building")


def waiting_for(user: "User") -> QuerySet[Topic]:
    """Topics in sight that have not ended."""
    return Topic.objects.visible_to(user).exclude(stage__in=("closed", "rejected"))


def may_see_attachment(user: "Person", attachment: Attachment) -> bool:
    """Whether a photo belongs to a topic, or to what it promised, in sight; paper only at the desk."""
    seen = Topic.objects.visible_to(user, one=True)
    of_topic = TopicEntry.objects.filter(attached__attachment=attachment).values("topic")
    of_promise = PromiseEntry.objects.filter(attached__attachment=attachment).values(
        "promise__topic"
    )
    if seen.filter(Q(pk__in=of_topic) | Q(pk__in=of_promise)).exists():
        return True
    papers: list[CoSignature | ResultRating] = [
        *CoSignature.objects.filter(paper=attachment).select_related("topic__unit"),
        *ResultRating.objects.filter(paper=attachment).select_related("topic__unit"),
    ]
    return any(user.has_perm(Permission.KEEP_ROLL, one.topic.unit) for one in papers)
