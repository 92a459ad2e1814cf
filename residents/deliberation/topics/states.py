"""What each viewer reads of a topic in each stage, and how far along it is: one table."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.templatetags.portal import Step
from orgs.workflow.specification import text_for
from residents.deliberation.enums import Decider, TopicAction, TopicStage
from residents.deliberation.models import Topic, TopicEntry
from residents.deliberation.topics import decisions

if TYPE_CHECKING:
    from orgs.workflow.specification import Text


@dataclass(frozen=True)
class State:
    """`sentence` and `next_step` are for everybody; `holder` has the next step; `step` is its number."""

    sentence: "Text"
    next_step: "Text"
    holder: Callable[[Topic], str]
    step: int


def _nobody(topic: Topic) -> str:
    return ""


def _community(topic: Topic) -> str:
    return _("the community")


def _committee(topic: Topic) -> str:
    if topic.decider in (Decider.OWNERS, Decider.REPRESENTATIVES, Decider.COMMITTEE):
        return _("the owners' committee")
    return _("the residents' committee")


def _to_be_decided(topic: Topic) -> str:
    if topic.order_by and not decisions.is_convened(topic):
        return _("The street has ordered the committee to call the owners together")
    return _("To be decided by: %(body)s") % {"body": topic.get_decider_display()}


def _why_ended(topic: Topic) -> str:
    return _("The reason stands on the timeline.")


def _until(topic: Topic) -> str:
    if topic.public_until is None:
        return ""
    return _("Whoever objects says so before %(day)s ends; every objection is answered.") % {
        "day": date_format(topic.public_until)
    }


STATES: dict[TopicStage, State] = {
    TopicStage.PROPOSED: State(
        gettext_lazy("Looking for co-signers"),
        gettext_lazy("When enough have signed, the discussion opens."),
        _nobody,
        1,
    ),
    TopicStage.DISCUSSING: State(
        gettext_lazy("Under discussion; the sides say what they think"),
        gettext_lazy("Then the party branch reviews it."),
        _community,
        2,
    ),
    TopicStage.REVIEWING: State(
        gettext_lazy("The party branch checks whether it is lawful and fit to be decided"),
        gettext_lazy("Its answer has a reason and a time limit."),
        lambda topic: _("the party branch"),
        3,
    ),
    TopicStage.DECIDING: State(
        _to_be_decided, gettext_lazy("The result is made public."), _committee, 4
    ),
    TopicStage.PUBLICITY: State(
        gettext_lazy("Decided; the decision is public"), _until, _committee, 5
    ),
    TopicStage.EXECUTING: State(
        gettext_lazy("Being carried out"),
        gettext_lazy("When everything is done, you are asked how well."),
        _committee,
        6,
    ),
    TopicStage.EVALUATING: State(
        gettext_lazy("Done; everybody who could decide rates the result"),
        gettext_lazy("A low score lets residents take it up again."),
        _nobody,
        7,
    ),
    TopicStage.CLOSED: State(gettext_lazy("Closed and judged"), "", _nobody, 8),
    TopicStage.REJECTED: State(gettext_lazy("Not taken up"), _why_ended, _nobody, 0),
}

# The steps that a page pictures, each begun by an action: 提 商 审 决 公示 办 评.
STEPS: tuple[tuple[TopicAction, "Text"], ...] = (
    (TopicAction.PROPOSE, gettext_lazy("Raise")),
    (TopicAction.DISCUSS, gettext_lazy("Discuss")),
    (TopicAction.REVIEW, gettext_lazy("Review")),
    (TopicAction.APPROVE, gettext_lazy("Decide")),
    (TopicAction.ANNOUNCE, gettext_lazy("Make public")),
    (TopicAction.EXECUTE, gettext_lazy("Do")),
    (TopicAction.EVALUATE, gettext_lazy("Judge")),
)


def sentence(topic: Topic) -> str:
    """Where a topic stands, as people say it."""
    return text_for(STATES[TopicStage(topic.stage)].sentence, topic)


def next_step(topic: Topic) -> str:
    """What comes next; "" where nothing does."""
    return text_for(STATES[TopicStage(topic.stage)].next_step, topic)


def holder(topic: Topic) -> str:
    """Who has the next step; "" where nobody has."""
    return STATES[TopicStage(topic.stage)].holder(topic)


def process(topic: Topic, entries: Iterable[TopicEntry]) -> list[Step]:
    """The steps of this round, done, under way and to come."""
    began: dict[str, datetime] = {}
    reached = 0
    numbers = {action: number for number, (action, _label) in enumerate(STEPS, 1)}
    for entry in entries:
        number = numbers.get(TopicAction(entry.action), 0)
        if entry.round == topic.round or number == 1:
            began[entry.action] = entry.at
            reached = max(reached, number)
    now = STATES[TopicStage(topic.stage)].step or reached
    return [
        Step(
            str(label),
            "done" if number < now else "now" if number == now else "todo",
            began.get(action) if number <= now else None,
        )
        for number, (action, label) in enumerate(STEPS, 1)
    ]
