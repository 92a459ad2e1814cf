"""A topic's way after it was proposed: discussed, reviewed, decided, made public, done, judged."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.attachments.attachments import own_attachments
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Attachment
from orgs.workflow.transitions import SYSTEM
from residents.deliberation.enums import PollState, SideKind, TopicAction, TopicStage, TopicWho
from residents.deliberation.models import Poll, ResultRating, RollEntry, Topic, TopicSide
from residents.deliberation.models.rules import ORDERED_DAYS
from residents.deliberation.polls.roll import rolls
from residents.deliberation.topics.course import decisions, eligibility
from residents.deliberation.topics.course import paper as paper_desk
from residents.deliberation.topics.course.guards import score_of
from residents.deliberation.topics.course.relations import SIDE_OF
from residents.deliberation.topics.course.workflow import WORKFLOW, TopicStep

if TYPE_CHECKING:
    from orgs.models import User
    from orgs.workflow.transitions import System
    from residents.models import Person

LARGEST_COMMITTEE = 99


def discuss(*, topic: Topic, by: "User", now: datetime) -> Topic:
    """Opens the discussion of what enough people signed."""
    with WORKFLOW.step(TopicAction.DISCUSS, topic, by=by, now=now) as step:
        pass
    return step.row


# --- Consultation and review ---------------------------------------------------------------------


def state(
    *,
    topic: Topic,
    text: str,
    by: "User",
    now: datetime,
    side: str = "",
    attachments: Sequence[Attachment] = (),
) -> Topic:
    """A side of the consultation says what it thinks; the desk enters what another side says.

    `side` is a kind of side or its name; one's own where nothing is said. A later statement takes
    the place of an earlier one, which stays on the timeline. Raises Refused (`unknown_side`).
    """
    with WORKFLOW.step(TopicAction.STATE, topic, by=by, now=now) as step:
        row = _side_of(step, side)
        row.statement, row.stated_by, row.stated_at = text.strip(), by, now
        row.save(update_fields=["statement", "stated_by", "stated_at"])
        step.side, step.text, step.attachments = row, text, attachments
    return step.row


def _side_of(step: TopicStep, wanted: str) -> TopicSide:
    relations = WORKFLOW.relations(step.row, step.by)
    own = {SIDE_OF[who] for who in relations & SIDE_OF.keys()}
    sides = list(step.row.sides.all())
    if not wanted:
        mine = [side for side in sides if side.kind in own]
        if len(mine) != 1:
            raise Refused(_("Say for which side."), code="unknown_side", field="side")
        return mine[0]
    found = next(
        (
            side
            for side in sides
            if side.name == wanted or (side.kind == wanted and wanted != SideKind.OTHER)
        ),
        None,
    )
    if found is None:
        raise Refused(
            _("This topic is not heard with such a side."), code="unknown_side", field="side"
        )
    if found.kind not in own and TopicWho.COMMUNITY not in relations:
        raise NotAllowed(_("You do not speak for this side."))
    return found


def study(
    *,
    topic: Topic,
    on: date,
    text: str,
    by: "User",
    now: datetime,
    attachments: Sequence[Attachment] = (),
) -> Topic:
    """Records that the party organisation studied the matter first (organic law, art. 30)."""
    with WORKFLOW.step(TopicAction.STUDY, topic, by=by, now=now) as step:
        if on > timezone.localdate(now):
            raise Refused(_("This day lies ahead."), field="on")
        step.row.studied_on, step.row.study = on, text.strip()
        step.text, step.data, step.attachments = text, {"on": on.isoformat()}, attachments
    return step.row


def review(*, topic: Topic, by: "User", now: datetime, text: str = "") -> Topic:
    """Hands the topic in for review; the limit of the party organisation begins."""
    with WORKFLOW.step(TopicAction.REVIEW, topic, by=by, now=now) as step:
        step.text = text
    return step.row


def approve(*, topic: Topic, reason: str, by: "User | System", now: datetime) -> Topic:
    """The party organisation finds the topic lawful and fit to be decided; with its reason."""
    with WORKFLOW.step(TopicAction.APPROVE, topic, by=by, now=now) as step:
        step.text = reason
    return step.row


def reject(*, topic: Topic, reason: str, by: "User", now: datetime) -> Topic:
    """Does not take the topic up; the reason is public. Never where a petition is reached."""
    with WORKFLOW.step(TopicAction.REJECT, topic, by=by, now=now) as step:
        step.text = reason
    return step.row


def order(*, topic: Topic, text: str, by: "User", now: datetime) -> Topic:
    """The street orders the committee to convene within thirty days (Hubei, art. 26).

    After that the street convenes the owners itself.
    """
    with WORKFLOW.step(TopicAction.ORDER, topic, by=by, now=now) as step:
        row = step.row
        row.ordered_at, row.order_by = now, now + timedelta(days=ORDERED_DAYS)
        step.text, step.data = text, {"until": row.order_by.isoformat()}
        # A poll that the committee has prepared runs under the same order.
        until = timezone.localdate(row.order_by)
        row.polls.filter(state=PollState.DRAFT).update(ordered_until=until)
    return step.row


# --- Decision and publicity ----------------------------------------------------------------------


def record_decision(
    *,
    topic: Topic,
    on: date,
    members: int,
    present: int,
    in_favour: int,
    text: str,
    by: "User",
    now: datetime,
    attachments: Sequence[Attachment] = (),
) -> Topic:
    """The committee writes down what its meeting decided.

    More than half of the members are present, and at least half of all agree (建房〔2009〕274号,
    art. 38). Raises Refused (`no_quorum`) for a meeting that could not decide.
    """
    with WORKFLOW.step(TopicAction.RECORD_DECISION, topic, by=by, now=now) as step:
        if on > timezone.localdate(now):
            raise Refused(_("This day lies ahead."), field="on")
        if not 0 <= in_favour <= present <= members <= LARGEST_COMMITTEE:
            raise Refused(_("These numbers do not fit together."), field="present")
        if not 2 * present > members:
            raise Refused(
                _("More than half of the members have to be present."),
                code="no_quorum",
                field="present",
            )
        row = step.row
        row.decided_on, row.decision = on, text.strip()
        row.decision_passed = 2 * in_favour >= members
        step.text, step.attachments = text, attachments
        step.data = {"members": members, "present": present, "in_favour": in_favour}
    return step.row


def poll_published(poll: Poll, passed: bool, *, by: "User", now: datetime) -> None:
    """The result of a poll is published: one that failed ends the topic that it was to decide."""
    topic = poll.topic
    if topic is None or topic.stage != TopicStage.DECIDING:
        return
    deciding = decisions.result_poll(topic)
    if deciding is not None and deciding.pk == poll.pk and not passed:
        lapse(topic=topic, by=SYSTEM, now=now)


def lapse(*, topic: Topic, by: "User | System", now: datetime, text: str = "") -> Topic:
    """What was decided failed: the topic ends."""
    with WORKFLOW.step(TopicAction.LAPSE, topic, by=by, now=now) as step:
        step.text = text
    return step.row


def announce(
    *,
    topic: Topic,
    text: str,
    by: "User",
    now: datetime,
    attachments: Sequence[Attachment] = (),
) -> Topic:
    """Makes public what was decided, for at least fifteen days (organic law, art. 34)."""
    with WORKFLOW.step(TopicAction.ANNOUNCE, topic, by=by, now=now) as step:
        step.row.decision = text.strip()
        step.text, step.attachments = text, attachments
    return step.row


def execute(*, topic: Topic, by: "User", now: datetime, text: str = "") -> Topic:
    """After the days of publicity the decision is carried out; it promises at least one thing."""
    with WORKFLOW.step(TopicAction.EXECUTE, topic, by=by, now=now) as step:
        step.text = text
    return step.row


# --- Judging -------------------------------------------------------------------------------------


def evaluate(*, topic: Topic, by: "User", now: datetime, text: str = "") -> Topic:
    """Everything is done: those who could decide judge the result."""
    with WORKFLOW.step(TopicAction.EVALUATE, topic, by=by, now=now) as step:
        step.text = text
    return step.row


def rate(
    *,
    topic: Topic,
    stars: int,
    by: "User",
    now: datetime,
    text: str = "",
    household: str = "",
    name: str = "",
    paper: Attachment | None = None,
) -> Topic:
    """Judges the result, once for each entry of the roll that decided.

    Whose rating it is nobody reads; the average and the words stand. The desk enters what `name` of a
    `household` without an account says on paper, with a photo of it. Raises WrongState (`rated_already`,
    `has_account`), Refused (`not_on_roll`, `no_paper`).
    """
    with WORKFLOW.step(TopicAction.RATE, topic, by=by, now=now) as step:
        row, poll = step.row, decisions.result_poll(step.row)
        at_desk = step.who != TopicWho.RATER or bool(household or name)
        photos: Sequence[Attachment] = ()
        if at_desk:
            person = _rater_on_paper(row, household, name, by)
            entry = _paper_entry(poll, person)
            if paper is None:
                message = _("Add a photo of the signed paper.")
                raise Refused(message, code="no_paper", field="paper")
            photos = own_attachments([paper], by.pk)
            step.data, step.person = {"paper": True}, person
        else:
            person, entry = by.person, decisions.entry_of(poll, by) if poll else None
        mine = Q(person=person) | (Q(entry=entry) if entry else Q())
        if row.ratings.filter(mine, round=row.round).exists():
            raise WrongState(_("This person has rated it already."), code="rated_already")
        ResultRating.objects.create(
            topic=row, round=row.round, person=person, entry=entry, stars=stars,
            text=text.strip(), entered_by=by if at_desk else None,
            paper=photos[0] if photos else None, at=now,
        )  # fmt: skip
    return step.row


def _rater_on_paper(topic: Topic, household: str, name: str, by: "User") -> "Person":
    """Who judges on paper. Raises as the desk does, WrongState for who judges with their account."""
    owners = eligibility.for_owners(topic.decider)
    home = paper_desk.home_of(unit=topic.unit, household=household, name=name, owners=owners, by=by)
    if home.person.account_id is not None:
        message = _("This person has an account and does this there.")
        raise WrongState(message, code="has_account")
    return home.person


def _paper_entry(poll: Poll | None, person: "Person") -> RollEntry | None:
    """The entry of the roll that decided for which somebody speaks. Raises Refused without one."""
    if poll is None:
        return None
    entry = rolls.of_person(person, poll).order_by("pk").first()
    if entry is None:
        raise Refused(
            _("This person does not stand on the roll that decided."),
            code="not_on_roll",
            field="name",
        )
    return entry


def finish(*, topic: Topic, by: "User | System", now: datetime, text: str = "") -> Topic:
    """Closes a topic whose result was judged."""
    with WORKFLOW.step(TopicAction.FINISH, topic, by=by, now=now) as step:
        step.text, step.data = text, {"score": score_of(step.row)}
    return step.row


def reopen(*, topic: Topic, reason: str, by: "User", now: datetime) -> Topic:
    """Takes a closed topic up again: a new round, with new statements, signatures and decision."""
    with WORKFLOW.step(TopicAction.REOPEN, topic, by=by, now=now) as step:
        row = step.row
        row.round += 1
        row.petition_at = row.convene_by = row.ordered_at = row.order_by = None
        row.studied_on = row.decided_on = row.decision_passed = None
        row.public_from = row.public_until = row.evaluated_until = None
        row.study = row.decision = ""
        eligibility.active(row).update(ended_at=now)
        row.sides.update(statement="", stated_by=None, stated_at=None)
        step.text = reason
    return step.row
