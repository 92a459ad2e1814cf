"""The workflow of a topic (五步议事): who may do what with it, from which stage to which."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.calendar.working_time import Span, calendar
from orgs.enums import TimeUnit
from orgs.errors import Refused
from orgs.workflow.transitions import SYSTEM, Step, System, Transition, Transitions, Workflow
from residents.deliberation.enums import (
    FINAL_STAGES,
    TopicAction,
    TopicStage,
    TopicWho,
)
from residents.deliberation.models import Topic, TopicEntry, TopicSide
from residents.deliberation.models.topics import MAX_TEXT
from residents.deliberation.topics.course import guards, relations
from residents.deliberation.topics.course.relations import SIDE_OF

if TYPE_CHECKING:
    from typing import TypeAlias

    from orgs.scoping import Person as Account
    from residents.models import Person

    Actor: TypeAlias = Account | System

# --- What the timeline adds ----------------------------------------------------------------------


def _side(entry: TopicEntry, *, internal: bool) -> str:
    return entry.side.label if entry.side else ""


def _limit(entry: TopicEntry, *, internal: bool) -> str:
    return limit_sentence(entry.data.get("limit", ""))


def limit_sentence(limit: str) -> str:
    """What a limit that comes or has passed means; "" for none."""
    texts = {
        "review": _("the branch has not answered in time"),
        "review_soon": _("the review is due soon"),
        "convene": _("the committee has not convened the owners in time; the street may order it"),
        "order": _("the committee did not follow the order; the street convenes the owners itself"),
    }
    return texts.get(limit, "")


# --- The table -----------------------------------------------------------------------------------

S, A, W, T = TopicStage, TopicAction, TopicWho, Transition
OPEN = frozenset(S) - FINAL_STAGES
ORGANISERS = frozenset({W.COMMUNITY, W.COMMITTEE})
TRANSITIONS: dict[TopicAction, Transitions] = {
    A.PROPOSE: Transitions(),
    A.CO_SIGN: Transitions(
        T({S.PROPOSED, S.DISCUSSING}, None, {W.ELIGIBLE}, guard=guards.may_sign),
        T({S.PROPOSED, S.DISCUSSING}, None, {W.COMMUNITY, W.GRID}),
    ),
    A.WITHDRAW_SIGNATURE: Transitions(
        T({S.PROPOSED, S.DISCUSSING}, None, {W.SIGNER}),
        T({S.PROPOSED, S.DISCUSSING}, None, {W.COMMUNITY, W.GRID}),
    ),
    A.REVISE: Transitions(
        T({S.PROPOSED, S.DISCUSSING}, None, {W.PROPOSER}, guard=guards.text_is_free)
    ),
    A.DISCUSS: Transitions(
        T(
            {S.PROPOSED},
            S.DISCUSSING,
            {W.COMMUNITY, W.SECRETARY, W.COMMITTEE, W.PROPOSER},
            guard=guards.enough_signatures,
        )
    ),
    A.STATE: Transitions(
        T(
            {S.DISCUSSING, S.REVIEWING},
            None,
            {W.COMMUNITY, *SIDE_OF},
            guard=guards.has_sides,
        ),
        sentence=_side,
    ),
    A.STUDY: Transitions(
        T({S.DISCUSSING, S.REVIEWING}, None, {W.REVIEWER, W.SECRETARY, W.COMMUNITY})
    ),
    A.REVIEW: Transitions(
        T({S.DISCUSSING}, S.REVIEWING, {W.COMMUNITY, W.SECRETARY, W.COMMITTEE}),
        T({S.DISCUSSING}, S.REVIEWING, {W.PROPOSER}, guard=guards.is_petition),
    ),
    A.APPROVE: Transitions(
        T({S.REVIEWING}, S.DECIDING, {W.REVIEWER}, guard=guards.was_studied),
        T({S.REVIEWING}, S.DECIDING, {W.SYSTEM}, guard=guards.petition_overdue),
    ),
    A.REJECT: Transitions(T({S.REVIEWING}, S.REJECTED, {W.REVIEWER}, guard=guards.not_a_petition)),
    A.ORDER: Transitions(
        T(
            {S.PROPOSED, S.DISCUSSING, S.REVIEWING, S.DECIDING},
            None,
            {W.STREET},
            guard=guards.committee_is_late,
        )
    ),
    A.RECORD_DECISION: Transitions(
        T({S.DECIDING}, None, {W.COMMITTEE}, guard=guards.committee_decides)
    ),
    A.ANNOUNCE: Transitions(T({S.DECIDING}, S.PUBLICITY, ORGANISERS, guard=guards.has_passed)),
    A.EXECUTE: Transitions(T({S.PUBLICITY}, S.EXECUTING, ORGANISERS, guard=guards.was_public)),
    A.EVALUATE: Transitions(T({S.EXECUTING}, S.EVALUATING, ORGANISERS, guard=guards.all_done)),
    A.RATE: Transitions(
        T({S.EVALUATING}, None, {W.RATER}, guard=guards.is_rated_now),
        T({S.EVALUATING}, None, {W.COMMUNITY, W.GRID}, guard=guards.can_be_rated),
    ),
    A.FINISH: Transitions(
        T({S.EVALUATING}, S.CLOSED, {*ORGANISERS, W.SYSTEM}, guard=guards.was_evaluated)
    ),
    A.REOPEN: Transitions(
        T({S.CLOSED}, S.DISCUSSING, {W.COMMUNITY, W.SECRETARY}),
        T({S.CLOSED}, S.DISCUSSING, {W.PROPOSER, W.ELIGIBLE}, guard=guards.scored_low),
    ),
    A.LAPSE: Transitions(
        T({S.DECIDING}, S.REJECTED, {*ORGANISERS, W.SYSTEM}, guard=guards.has_failed)
    ),
    A.WITHDRAW: Transitions(
        T({S.PROPOSED}, S.REJECTED, {W.PROPOSER}, guard=guards.nobody_else_signed)
    ),
    A.REACH: Transitions(),
    A.REMIND: Transitions(sentence=_limit),
    A.ESCALATE: Transitions(sentence=_limit),
}


@dataclass
class TopicStep(Step[Topic]):
    """One action under way with a topic; `side`: for which side somebody speaks; `person`: for whom the
    desk enters it.
    """

    side: TopicSide | None = None
    person: "Person | None" = None
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def topic(self) -> Topic:
        return self.row


class TopicWorkflow(Workflow[Topic]):
    """Topics; entering a stage winds the limit of whoever has the next step."""

    model = Topic
    step_class = TopicStep
    states, state = TopicStage, "stage"
    timeline = "entries"
    audit_action = "deliberation.{action}-topic"

    def relations(self, row: Topic, user: "Actor") -> frozenset[TopicWho]:
        return relations.relations(row, user)

    def locked(self, row: Topic) -> Topic:
        rows = Topic.objects.select_for_update(of=("self",))
        return rows.select_related("unit", "rule").get(pk=row.pk)

    @contextmanager
    def step(
        self, action: TopicAction, row: Topic, *, by: "Actor", now: datetime
    ) -> Iterator[TopicStep]:
        with super().step(action, row, by=by, now=now) as step:
            yield step
            if len(step.text) > MAX_TEXT:
                raise Refused(
                    _("At most %(most)d characters.") % {"most": MAX_TEXT}, code="too_long"
                )
            if step.target is not None:
                _enter(step)

    def columns(self, step: TopicStep) -> dict[str, Any]:
        return {
            "who": step.who,
            "round": step.row.round,
            "side": step.side,
            "from_stage": step.source,
            "to_stage": step.row.stage,
            "data": step.data,
        }

    def audited(self, step: TopicStep) -> dict[str, Any]:
        return {
            "topic": step.row.pk,
            **({"side": step.side.label} if step.side else {}),
            **({"paper": True} if step.data.get("paper") else {}),
            **audit.on_behalf_of(step.person),
        }

    def note(self, topic: Topic, action: TopicAction, now: datetime, **data: Any) -> TopicEntry:
        """Puts what the portal does by itself on the timeline of a locked topic."""
        step = TopicStep(topic, action, SYSTEM, now, TopicWho.SYSTEM, source=topic.stage)
        step.data = data
        entry: TopicEntry = self.record(step)
        return entry


WORKFLOW = TopicWorkflow(TRANSITIONS)


def _enter(step: TopicStep) -> None:
    """Lets the topic enter the stage to which the step leads, and winds the limit that runs there."""
    topic = step.row
    if step.target is None:
        return
    topic.moved_at, topic.due_by = step.now, None
    topic.closed_at = step.now if step.target in FINAL_STAGES else None
    if step.target == TopicStage.REVIEWING:
        length = Span(topic.rule.review_days, TimeUnit.WORKING_DAYS)
        topic.due_by = calendar().after(step.now, length)
    elif step.target == TopicStage.PUBLICITY:
        today = timezone.localdate(step.now)
        # The first day is not counted (Civil Code, art. 201).
        topic.public_from = today
        topic.public_until = today + timedelta(days=topic.rule.publicity_days)
    elif step.target == TopicStage.EVALUATING:
        topic.evaluated_until = step.now + timedelta(days=topic.rule.evaluation_days)
