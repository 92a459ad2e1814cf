"""The workflow of a topic (五步议事): who may do what with it, from which stage to which."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Avg, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from orgs.calendar.working_time import Span, calendar
from orgs.enums import Role, TimeUnit
from orgs.errors import Refused, WrongState
from orgs.scoping import reach_of
from orgs.units.queries import holders
from orgs.workflow.transitions import SYSTEM, Step, System, Transition, Transitions, Workflow
from residents.deliberation.enums import (
    FINAL_STAGES,
    MEETINGS_DECIDE,
    Decider,
    PromiseState,
    SideKind,
    TopicAction,
    TopicStage,
    TopicWho,
)
from residents.deliberation.models import Topic, TopicEntry, TopicSide
from residents.deliberation.models.topics import MAX_TEXT
from residents.deliberation.topics import decisions, eligibility
from residents.enums import BodyKind
from residents.models import BodyMember
from residents.roll.rights import verified_belongings

if TYPE_CHECKING:
    from typing import TypeAlias

    from orgs.models import User
    from orgs.scoping import Person

    Actor: TypeAlias = Person | System

STREET_ROLES = frozenset({Role.STREET_CADRE, Role.STREET_LEADER})
ROLE_OF: dict[TopicWho, frozenset[Role]] = {
    TopicWho.COMMUNITY: frozenset({Role.COMMUNITY_WORKER}),
    TopicWho.GRID: frozenset({Role.GRID_WORKER}),
    TopicWho.SECRETARY: frozenset({Role.BRANCH_SECRETARY}),
    TopicWho.COMMITTEE: frozenset({Role.OWNERS_COMMITTEE}),
    TopicWho.PROPERTY: frozenset({Role.PROPERTY_STAFF}),
    TopicWho.STREET: STREET_ROLES,
}
# The roles by which somebody can come to be this to a topic; None: anybody, depending on the topic.
ROLES: dict[TopicWho, frozenset[Role] | None] = {
    **ROLE_OF,
    **dict.fromkeys(
        (
            *(TopicWho.PROPOSER, TopicWho.SIGNER, TopicWho.ELIGIBLE),
            *(TopicWho.RESIDENT, TopicWho.COUNCIL, TopicWho.RATER),
        )
    ),
    TopicWho.REVIEWER: frozenset({Role.BRANCH_SECRETARY, Role.COMMUNITY_WORKER}),
    TopicWho.SYSTEM: frozenset(),
}
# For which side somebody speaks; the desk of the community enters what others say.
SIDE_OF: dict[TopicWho, SideKind] = {
    TopicWho.SECRETARY: SideKind.BRANCH,
    TopicWho.COMMITTEE: SideKind.COMMITTEE,
    TopicWho.PROPERTY: SideKind.PROPERTY,
    TopicWho.COUNCIL: SideKind.RESIDENTS,
}


# --- Fine print ----------------------------------------------------------------------------------


def _enough_signatures(topic: Topic, user: Any, now: datetime) -> None:
    missing = eligibility.needed(topic)
    if missing:
        missing -= eligibility.counted(topic, eligibility.counts(topic))
    if missing > 0:
        raise WrongState(
            _("%(missing)d more co-signatures are needed.") % {"missing": missing},
            code="not_enough_signatures",
        )


def _is_petition(topic: Topic, user: Any, now: datetime) -> None:
    if topic.petition_at is None:
        raise WrongState(
            _("The community, the committee or the branch hands it in for review."),
            code="not_a_petition",
        )


def _not_a_petition(topic: Topic, user: Any, now: datetime) -> None:
    """A petition cannot be blocked (物业管理条例, art. 13)."""
    if topic.petition_at is not None:
        raise WrongState(
            _("Enough owners ask for it: the law wants it decided, a review cannot stop it."),
            code="petition_reached",
        )


def _was_studied(topic: Topic, user: Any, now: datetime) -> None:
    """What a residents' meeting decides, the party organisation studies first (organic law, 30)."""
    if topic.decider in MEETINGS_DECIDE and topic.studied_on is None:
        raise WrongState(
            _("First record that the party organisation has studied it (organic law, art. 30)."),
            code="study_required",
        )


def _petition_overdue(topic: Topic, user: Any, now: datetime) -> None:
    _is_petition(topic, user, now)
    if topic.due_by is None or now <= topic.due_by:
        raise WrongState(_("The time of the review still runs."), code="review_running")


def _text_is_free(topic: Topic, user: Any, now: datetime) -> None:
    """Once a petition is reached its text is what the owners asked for."""
    if topic.petition_at is not None:
        raise WrongState(
            _("The petition is reached: its text stays as it was signed."), code="petition_reached"
        )


def _nobody_else_signed(topic: Topic, user: Any, now: datetime) -> None:
    if eligibility.active(topic).exclude(person__account=topic.proposer_id).exists():
        raise WrongState(_("Others have signed it."), code="signed_by_others")


def _may_sign(topic: Topic, user: Any, now: datetime) -> None:
    """Once under each version of the text."""
    if user.pk and eligibility.active(topic, current=True).filter(person__account=user.pk).exists():
        raise WrongState(_("You have signed it already."), code="already_signed")


def _has_sides(topic: Topic, user: Any, now: datetime) -> None:
    if not topic.sides.all():
        raise WrongState(_("This topic is heard without sides."), code="no_sides")


def _committee_is_late(topic: Topic, user: Any, now: datetime) -> None:
    """Only on the committee's default (Hubei, art. 26; 建房〔2009〕274号, art. 51)."""
    if topic.convene_by is None or topic.ordered_at is not None:
        raise WrongState(_("There is nothing to order."), code="nothing_to_order")
    if now <= topic.convene_by:
        raise WrongState(_("The committee's own time still runs."), code="convening_running")
    if decisions.is_convened(topic):
        raise WrongState(_("The owners have been convened."), code="convened")


def _committee_decides(topic: Topic, user: Any, now: datetime) -> None:
    if topic.decider != Decider.COMMITTEE:
        raise WrongState(_("A poll decides this topic."), code="poll_decides")
    if topic.decision_passed is not None:
        raise WrongState(_("The committee's decision is on record."), code="decided")


def _has_passed(topic: Topic, user: Any, now: datetime) -> None:
    if decisions.outcome(topic) is not True:
        raise WrongState(
            _("Nothing that was decided and passed is on record yet."), code="not_decided"
        )


def _has_failed(topic: Topic, user: Any, now: datetime) -> None:
    if decisions.outcome(topic) is not False:
        raise WrongState(_("No decision has failed."), code="not_failed")


def _was_public(topic: Topic, user: Any, now: datetime) -> None:
    if topic.public_until and timezone.localdate(now) <= topic.public_until:
        raise WrongState(
            _("The decision stays public until %(day)s.")
            % {"day": date_format(topic.public_until)},
            code="publicity_running",
        )
    if topic.objections.filter(round=topic.round, answered_at=None).exists():
        raise WrongState(_("Every objection is answered first."), code="objections_open")
    if not topic.promises.filter(round=topic.round).exists():
        raise WrongState(
            _("First say what is done, by whom, for how much and by when."),
            code="promise_required",
        )


def _all_done(topic: Topic, user: Any, now: datetime) -> None:
    if topic.promises.filter(round=topic.round, state=PromiseState.PLANNED).exists():
        raise WrongState(_("Not everything that was promised is done yet."), code="promises_open")


def _is_rated_now(topic: Topic, user: Any, now: datetime) -> None:
    if topic.evaluated_until is None or now > topic.evaluated_until:
        raise WrongState(_("The time to rate it is over."), code="evaluation_over")
    poll = decisions.result_poll(topic)
    mine = Q(person__account=user.pk)
    if poll:
        entry = decisions.entry_of(poll, user)
        mine |= Q(entry=entry) if entry else Q()
    if user.pk and topic.ratings.filter(mine, round=topic.round).exists():
        raise WrongState(_("You have rated it already."), code="rated_already")


def _was_evaluated(topic: Topic, user: Any, now: datetime) -> None:
    if topic.evaluated_until and now <= topic.evaluated_until:
        raise WrongState(_("People can still rate it."), code="evaluation_running")


def _scored_low(topic: Topic, user: Any, now: datetime) -> None:
    score = score_of(topic)
    if score is None or score >= topic.rule.low_score:
        raise WrongState(
            _("Residents take a topic up again where its result was rated low."), code="not_low"
        )


def score_of(topic: Topic) -> int | None:
    """The average of this round's ratings in hundredths of a star, cut off; None without any."""
    found = topic.ratings.filter(round=topic.round).aggregate(stars=Avg("stars"))["stars"]
    return None if found is None else int(found * 100)


def _side(entry: TopicEntry, *, internal: bool) -> str:
    return entry.side.label if entry.side else ""


def _limit(entry: TopicEntry, *, internal: bool) -> str:
    texts = {
        "review": _("the branch has not answered in time"),
        "review_soon": _("the review is due soon"),
        "convene": _("the committee has not convened the owners in time; the street may order it"),
        "order": _("the committee did not follow the order; the street convenes the owners itself"),
    }
    return texts.get(entry.data.get("limit", ""), "")


# --- The table -----------------------------------------------------------------------------------

S, A, W, T = TopicStage, TopicAction, TopicWho, Transition
OPEN = frozenset(S) - FINAL_STAGES
ORGANISERS = frozenset({W.COMMUNITY, W.COMMITTEE})
TRANSITIONS: dict[TopicAction, Transitions] = {
    A.PROPOSE: Transitions(),
    A.CO_SIGN: Transitions(
        T({S.PROPOSED, S.DISCUSSING}, None, {W.ELIGIBLE}, guard=_may_sign),
        T({S.PROPOSED, S.DISCUSSING}, None, {W.COMMUNITY, W.GRID}),
    ),
    A.WITHDRAW_SIGNATURE: Transitions(T({S.PROPOSED, S.DISCUSSING}, None, {W.SIGNER})),
    A.REVISE: Transitions(T({S.PROPOSED, S.DISCUSSING}, None, {W.PROPOSER}, guard=_text_is_free)),
    A.DISCUSS: Transitions(
        T(
            {S.PROPOSED},
            S.DISCUSSING,
            {W.COMMUNITY, W.SECRETARY, W.COMMITTEE, W.PROPOSER},
            guard=_enough_signatures,
        )
    ),
    A.STATE: Transitions(
        T(
            {S.DISCUSSING, S.REVIEWING},
            None,
            {W.COMMUNITY, *SIDE_OF},
            guard=_has_sides,
        ),
        sentence=_side,
    ),
    A.STUDY: Transitions(
        T({S.DISCUSSING, S.REVIEWING}, None, {W.REVIEWER, W.SECRETARY, W.COMMUNITY})
    ),
    A.REVIEW: Transitions(
        T({S.DISCUSSING}, S.REVIEWING, {W.COMMUNITY, W.SECRETARY, W.COMMITTEE}),
        T({S.DISCUSSING}, S.REVIEWING, {W.PROPOSER}, guard=_is_petition),
    ),
    A.APPROVE: Transitions(
        T({S.REVIEWING}, S.DECIDING, {W.REVIEWER}, guard=_was_studied),
        T({S.REVIEWING}, S.DECIDING, {W.SYSTEM}, guard=_petition_overdue),
    ),
    A.REJECT: Transitions(T({S.REVIEWING}, S.REJECTED, {W.REVIEWER}, guard=_not_a_petition)),
    A.ORDER: Transitions(
        T(
            {S.PROPOSED, S.DISCUSSING, S.REVIEWING, S.DECIDING},
            None,
            {W.STREET},
            guard=_committee_is_late,
        )
    ),
    A.RECORD_DECISION: Transitions(T({S.DECIDING}, None, {W.COMMITTEE}, guard=_committee_decides)),
    A.ANNOUNCE: Transitions(T({S.DECIDING}, S.PUBLICITY, ORGANISERS, guard=_has_passed)),
    A.EXECUTE: Transitions(T({S.PUBLICITY}, S.EXECUTING, ORGANISERS, guard=_was_public)),
    A.EVALUATE: Transitions(T({S.EXECUTING}, S.EVALUATING, ORGANISERS, guard=_all_done)),
    A.RATE: Transitions(T({S.EVALUATING}, None, {W.RATER}, guard=_is_rated_now)),
    A.FINISH: Transitions(
        T({S.EVALUATING}, S.CLOSED, {*ORGANISERS, W.SYSTEM}, guard=_was_evaluated)
    ),
    A.REOPEN: Transitions(
        T({S.CLOSED}, S.DISCUSSING, {W.COMMUNITY, W.SECRETARY}),
        T({S.CLOSED}, S.DISCUSSING, {W.PROPOSER, W.ELIGIBLE}, guard=_scored_low),
    ),
    A.LAPSE: Transitions(T({S.DECIDING}, S.REJECTED, {*ORGANISERS, W.SYSTEM}, guard=_has_failed)),
    A.WITHDRAW: Transitions(T({S.PROPOSED}, S.REJECTED, {W.PROPOSER}, guard=_nobody_else_signed)),
    A.REACH: Transitions(),
    A.REMIND: Transitions(sentence=_limit),
    A.ESCALATE: Transitions(sentence=_limit),
}


@dataclass
class TopicStep(Step[Topic]):
    """One action under way with a topic; `side`: for which side somebody speaks."""

    side: TopicSide | None = None
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
        if isinstance(user, System):
            return frozenset({TopicWho.SYSTEM})
        if not user.is_authenticated:
            return frozenset()
        held = reach_of(user).roles_at(row.unit)
        relations = {who for who, roles in ROLE_OF.items() if held & roles}
        relations |= _at_home(row, user)
        if _reviews(row, relations):
            relations.add(TopicWho.REVIEWER)
        return frozenset(relations)

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
        return {"topic": step.row.pk, **({"side": step.side.label} if step.side else {})}

    def note(self, topic: Topic, action: TopicAction, now: datetime, **data: Any) -> TopicEntry:
        """Puts what the portal does by itself on the timeline of a locked topic."""
        step = TopicStep(topic, action, SYSTEM, now, TopicWho.SYSTEM, source=topic.stage)
        step.data = data
        entry: TopicEntry = self.record(step)
        return entry


WORKFLOW = TopicWorkflow(TRANSITIONS)


def _at_home(topic: Topic, user: "User") -> set[TopicWho]:
    """What somebody is to a topic by the own home, hand or seat."""
    relations = set()
    if topic.proposer_id == user.pk:
        relations.add(TopicWho.PROPOSER)
    if topic.stage == TopicStage.EVALUATING and _could_decide(topic, user):
        relations.add(TopicWho.RATER)
    if not verified_belongings(user).exists():
        return relations
    if eligibility.home_of(user, topic.unit, owners=False):
        relations.add(TopicWho.RESIDENT)
        owners = eligibility.for_owners(topic.decider)
        if not owners or eligibility.home_of(user, topic.unit, owners=True):
            relations.add(TopicWho.ELIGIBLE)
    if eligibility.active(topic).filter(person__account=user.pk).exists():
        relations.add(TopicWho.SIGNER)
    if _sits_in_council(topic, user):
        relations.add(TopicWho.COUNCIL)
    return relations


def _could_decide(topic: Topic, user: "User") -> bool:
    """Whether somebody stands on the roll of the poll that decided; without one, is affected."""
    poll = decisions.result_poll(topic)
    if poll is not None:
        return decisions.entry_of(poll, user) is not None
    owners = eligibility.for_owners(topic.decider)
    return eligibility.home_of(user, topic.unit, owners=owners) is not None


def _sits_in_council(topic: Topic, user: "User") -> bool:
    """Whether somebody speaks for the residents: a member of the council of the place today."""
    today = timezone.localdate()
    places = [topic.unit_id, *([topic.unit.parent_id] if topic.unit.parent_id else [])]
    seats = BodyMember.objects.filter(
        term__body__unit__in=places,
        term__body__kind=BodyKind.RESIDENTS_COUNCIL,
        term__starts__lte=today,
        term__ends__gte=today,
        ends=None,
        person__account=user.pk,
    )
    return seats.exists()


def _reviews(topic: Topic, relations: set[TopicWho]) -> bool:
    """The branch of the place reviews; where it has no secretary, the community's party committee."""
    if TopicWho.SECRETARY in relations:
        return True
    if TopicWho.COMMUNITY not in relations:
        return False
    return not holders(topic.unit, {Role.BRANCH_SECRETARY}, timezone.localdate())


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
