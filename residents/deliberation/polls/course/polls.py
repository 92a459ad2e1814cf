"""The course of a poll: set up, announced, opened, closed, published."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import registry
from orgs.attachments.attachments import own_attachments
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import Attachment, Unit, User
from orgs.workflow.transitions import SYSTEM
from residents.deliberation.enums import (
    BallotKind,
    Electorate,
    Matter,
    PollAction,
    PollMode,
    PollState,
    PollWho,
    Rule,
    Silence,
    TopicStage,
)
from residents.deliberation.models import BallotBox, Poll, PollClause, Topic
from residents.deliberation.polls import poll_settings
from residents.deliberation.polls import questions as question_list
from residents.deliberation.polls.box import chain, disputes
from residents.deliberation.polls.count import official_result, tallies
from residents.deliberation.polls.count.rule_sheets import (
    Sheet,
    owners_representatives,
    sheet_for,
)
from residents.deliberation.polls.course import checks
from residents.deliberation.polls.course.workflow import (
    ORDER_DAYS,
    WORKFLOW,
    PollStep,
    disputable_until,
    may_draft,
    opens_from,
    posted_until,
    roll_unclear,
)
from residents.deliberation.polls.roll import building

_OF_RESIDENTS = frozenset({Rule.RESIDENTS_MEETING, Rule.REPRESENTATIVES_MEETING})
# A topic that a petition carries may have to be decided before its review is over.
_BEFORE_DECISION = frozenset(
    {TopicStage.PROPOSED, TopicStage.DISCUSSING, TopicStage.REVIEWING, TopicStage.DECIDING}
)


def create(
    *,
    unit: Unit,
    title: str,
    questions: Any,
    electorate: Electorate,
    mode: PollMode,
    rule: Rule,
    opens_at: datetime,
    closes_at: datetime,
    by: User,
    now: datetime,
    ballot: BallotKind = BallotKind.NAMED,
    matter: Matter | None = None,
    buildings: Sequence[Unit] = (),
    entrance: str = "",
    rehearsal: bool = False,
    settings: Mapping[str, Any] | None = None,
    topic: Topic | None = None,
) -> Poll:
    """Sets a poll up as a draft, perhaps to decide a topic.

    Raises NotAllowed for who prepares no polls of the place, Refused for what cannot be voted on or
    (`wrong_topic`) a topic that waits for no decision here.
    """
    if not may_draft(by, unit):
        raise NotAllowed(_("You may not prepare polls of this place."))
    poll = Poll(unit=unit, created_by=by, created_at=now, topic=topic)
    if topic is not None:
        _take_topic(poll, topic, by, matter)
    values = {
        "title": title, "questions": questions, "electorate": electorate, "mode": mode,
        "rule": rule, "opens_at": opens_at, "closes_at": closes_at, "ballot": ballot,
        "matter": matter, "entrance": entrance, "rehearsal": rehearsal, "settings": settings or {},
    }  # fmt: skip
    fill(poll, buildings=buildings, **values)
    with transaction.atomic():
        poll.save(force_insert=True)
        poll.buildings.set(buildings)
        WORKFLOW.record(PollStep(poll, PollAction.CREATE, by, now, PollWho.DRAFTER))
    return poll


def _take_topic(poll: Poll, topic: Topic, by: User, matter: Matter | None) -> None:
    """Lets a poll decide a topic; the street's order for the topic is one for the poll."""
    waits = topic.stage in _BEFORE_DECISION and topic.unit_id == poll.unit_id
    if not waits or not Topic.objects.sees(by, topic):
        raise Refused(
            _("Choose a topic of this place that is still to be decided."),
            code="wrong_topic",
            field="topic",
        )
    if topic.matter and matter and topic.matter != matter:
        raise Refused(_("The topic is about another matter of article 278."), field="matter")
    if topic.order_by:
        poll.ordered_until = timezone.localdate(topic.order_by)


def edit(
    *,
    poll: Poll,
    by: User,
    now: datetime,
    title: str | None = None,
    questions: Any = None,
    electorate: Electorate | None = None,
    mode: PollMode | None = None,
    rule: Rule | None = None,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    ballot: BallotKind | None = None,
    matter: Matter | None = None,
    buildings: Sequence[Unit] | None = None,
    entrance: str | None = None,
    rehearsal: bool | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Poll:
    """Changes a draft; what is left out (None) stays."""
    given = {
        "title": title, "questions": questions, "electorate": electorate, "mode": mode,
        "rule": rule, "opens_at": opens_at, "closes_at": closes_at, "ballot": ballot,
        "matter": matter, "entrance": entrance, "rehearsal": rehearsal, "settings": settings,
    }  # fmt: skip
    with WORKFLOW.step(PollAction.EDIT, poll, by=by, now=now) as step:
        row = step.row
        values: dict[str, Any] = {
            name: getattr(row, name) if value is None else value for name, value in given.items()
        }
        if buildings is None:
            buildings = list(row.buildings.all())
        fill(row, buildings=buildings, **values)
        row.buildings.set(buildings)
    return step.row


def fill(
    poll: Poll,
    *,
    buildings: Sequence[Unit],
    questions: Any,
    electorate: Electorate,
    mode: PollMode,
    rule: Rule,
    matter: Matter | None,
    ballot: BallotKind,
    settings: Mapping[str, Any],
    **values: Any,
) -> None:
    """Puts checked values into a draft. Raises Refused."""
    for name, value in values.items():
        setattr(poll, name, value)
    poll.title = poll.title.strip()
    if not poll.title:
        raise Refused(_("Give the poll a title."), field="title")
    if poll.closes_at <= poll.opens_at:
        raise Refused(_("Voting closes after it opens."), code="bad_dates", field="closes_at")
    checks.place(poll.unit, buildings, poll.entrance, rule)
    checks.representatives(poll.unit, mode, rule)
    if (rule == Rule.CIVIL_CODE_278) != (matter is not None):
        if rule == Rule.CIVIL_CODE_278:
            raise Refused(_("Pick the matter of article 278."), field="matter")
        matter = None
    checks.rule(electorate, mode, rule, ballot)
    poll.questions = question_list.read(questions, mode=mode)
    read = poll_settings.read(settings, rule=rule, mode=mode, electorate=electorate)
    poll.settings = read.as_dict()
    poll.electorate, poll.mode, poll.rule = electorate, mode, rule
    poll.matter, poll.ballot = matter, ballot


# --- Announcing ------------------------------------------------------------------------------------


def announced_text(poll: Poll) -> str:
    """The canonical JSON of everything that is announced; its hash is posted with it."""
    return chain.canonical(
        {
            "poll": poll.pk,
            "title": poll.title,
            "unit": poll.unit.code,
            "buildings": sorted(place.code for place in poll.buildings.all()),
            "entrance": poll.entrance,
            "electorate": poll.electorate,
            "mode": poll.mode,
            "ballot": poll.ballot,
            "rule": poll.rule,
            "matter": poll.matter,
            "questions": poll.questions,
            "opens_at": timezone.localtime(poll.opens_at).isoformat(),
            "closes_at": timezone.localtime(poll.closes_at).isoformat(),
            "rehearsal": poll.rehearsal,
            "settings": poll.settings,
            "sheet": poll.sheet,
        }
    )


def announce(*, poll: Poll, by: User, now: datetime, clause: Sequence[Attachment] = ()) -> Poll:
    """Announces a poll: its text is hashed and frozen, its roll drawn up to be checked.

    Raises NotAllowed for who may not convene it; Refused where silence is to count and no clause of
    the compound's rules is attached, or a residents' meeting lacks the prior study (组织法 30);
    WrongState `notice_too_short` where voting would be over before the notice has run. Where it
    would only open too early, it is announced to open once the notice has run.
    """
    with WORKFLOW.step(PollAction.ANNOUNCE, poll, by=by, now=now) as step:
        row = step.row
        settings = poll_settings.of(row)
        checks.candidates(row, settings)
        row.opens_at = opens_from(row, now)
        photos = own_attachments(clause, by.pk)
        if settings.silence != Silence.NO_PARTICIPATION and not photos:
            raise Refused(
                _("Silence counts only by the compound's own rules: attach a photo of the clause."),
                code="clause_required",
                field="clause",
            )
        if row.rule in _OF_RESIDENTS and row.is_statutory and not settings.prior_study.strip():
            raise Refused(
                _("The party organisation studies important matters first: put it on record."),
                code="prior_study_required",
                field="settings",
            )
        PollClause.objects.bulk_create(PollClause(poll=row, attachment=one) for one in photos)
        row.sheet, row.settings = _sheet(row).as_dict(), settings.as_dict()
        row.text = announced_text(row)
        row.text_sha256 = chain.sha256(row.text)
        row.announced_at = now
        step.data = {"text_sha256": row.text_sha256, "opens_at": row.opens_at.isoformat()}
        building.rebuild(row)
    return step.row


def _sheet(poll: Poll) -> Sheet:
    """How a poll is counted, by the law as it is today."""
    rule = Rule(poll.rule)
    if checks.is_of_owners(poll.unit, rule):
        return owners_representatives()
    matter = Matter(poll.matter) if poll.matter else None
    return sheet_for(rule, matter, Electorate(poll.electorate))


def order(*, poll: Poll, reason: str, by: User, now: datetime) -> Poll:
    """The street orders the owners' committee to convene within 30 days; after that others may.

    湖北省物业服务和管理条例, art. 26; 274号, art. 51.
    """
    with WORKFLOW.step(PollAction.ORDER, poll, by=by, now=now) as step:
        row = step.row
        if row.electorate != Electorate.OWNERS or row.mode == PollMode.ADVISORY:
            raise WrongState(_("Only a statutory owners' vote is ordered."))
        if row.ordered_until is not None:
            raise WrongState(_("This was ordered already."), code="already_ordered")
        row.ordered_until = timezone.localdate(now) + timedelta(days=ORDER_DAYS)
        step.text, step.data = reason, {"until": row.ordered_until.isoformat()}
    return step.row


def rebuild_roll(*, poll: Poll, by: User, now: datetime) -> Poll:
    """Draws the roll up anew from the households as they are now; decisions taken stay."""
    with WORKFLOW.step(PollAction.REBUILD_ROLL, poll, by=by, now=now) as step:
        building.rebuild(step.row)
    return step.row


# --- Opening, closing, publishing ------------------------------------------------------------------


def open_poll(*, poll: Poll, by: User, now: datetime) -> Poll:
    """Opens voting: freezes the roll and posts its hash.

    Raises WrongState `notice_too_short` before the notice has run, `roll_contested` while what somebody
    said of the roll is not answered (a rehearsal may both), `roll_unclear` while entries of a statutory
    roll wait for a decision, `roll_empty` for nobody, `too_few_representatives` (组织法 28).
    """
    with WORKFLOW.step(PollAction.OPEN, poll, by=by, now=now) as step:
        row = step.row
        roll = building.freeze(row)
        if not roll.people:
            raise WrongState(_("Nobody is on the roll."), code="roll_empty")
        if roll.unclear and row.is_statutory:
            # Drawn up anew, it may have other doubts than the guard read.
            raise roll_unclear(roll.unclear)
        if row.is_statutory and building.has_too_few_delegates(row):
            raise WrongState(
                _(
                    "At least four fifths of the meeting are residents' representatives: enter them."
                ),
                code="too_few_representatives",
            )
        row.opened_at = now
        row.roll_sha256, row.roll_people, row.roll_area = roll.sha256, roll.people, roll.area
        BallotBox.objects.create(poll=row, closes_at=row.closes_at, head=chain.GENESIS)
        step.data = {"roll_sha256": roll.sha256, "people": roll.people, "area": roll.area}
    return step.row


def close(*, poll: Poll, by: User | Any, now: datetime) -> Poll:
    """Closes voting. The box is locked first: a ballot comes before the closing or not at all.

    Raises WrongState `too_early` before the announced end (a rehearsal may end early).
    """
    with transaction.atomic():
        box = chain.locked_box(poll)
        with WORKFLOW.step(PollAction.CLOSE, poll, by=by, now=now) as step:
            step.row.closed_at = now
            step.data = {"ballots": box.length, "head": box.head}
            if last := disputable_until(step.row):
                step.data["disputable_until"] = last.isoformat()
            box.is_open = False
            box.save(update_fields=["is_open"])
            chain.checkpoint(box, now)
    return step.row


def close_due(now: datetime) -> int:
    """Closes every poll whose time is over; answers how many."""
    due = Poll.objects.filter(state=PollState.OPEN, closes_at__lte=now).order_by("closes_at")
    closed = 0
    for poll in due.select_related("unit"):
        try:
            close(poll=poll, by=SYSTEM, now=now)
            closed += 1
        except WrongState:  # somebody was faster
            continue
    return closed


def import_result(*, poll: Poll, official: list[dict[str, Any]], by: User, now: datetime) -> Poll:
    """Keeps what the official platform counted, or what the tellers of an election read out.

    A row a question: `[people, area]` that took part, for, against, abstained; an election's row has
    `votes` by candidate. Raises Refused for numbers that cannot be.
    """
    with WORKFLOW.step(PollAction.IMPORT_RESULT, poll, by=by, now=now) as step:
        official = official_result.read(step.row, official)
        if step.row.official is not None:
            raise WrongState(_("The official result was entered already."))
        step.row.official = official
        step.data = {"sha256": chain.sha256(chain.canonical(official))}
    return step.row


def publish(*, poll: Poll, by: User, now: datetime) -> Poll:
    """Publishes the result; from then on it is kept as it is.

    Since voting closed it was posted as provisional (274号 30: at once). Raises WrongState
    `dispute_window_open` before everybody could say that a ballot was not theirs, `in_dispute` while
    one is looked into, `papers_waiting`, `no_result`.
    """
    with transaction.atomic():
        # The box first, as everybody who casts, disputes or settles: the count stands still.
        box = chain.locked_box(poll)
        with WORKFLOW.step(PollAction.PUBLISH, poll, by=by, now=now) as step:
            row = step.row
            disputes.end_before_publication(row, now)
            row.result = tallies.tally(row).as_dict()
            row.published_at = now
            row.posted_until = posted_until(row, now)
            step.data = {"passed": row.result["passed"], "until": row.posted_until.isoformat()}
            files = list(row.result_files.values_list("sha256", flat=True))
            step.data |= {"files": files} if files else {}
            # Paper may have come into the box since voting closed.
            chain.checkpoint(box, now)
    if not poll.rehearsal:
        registry.call(
            registry.Name.POLL_PUBLISHED, step.row, step.row.result["passed"], by=by, now=now
        )
    return step.row
