"""The workflow of a poll: who may do what with it, from which state to which."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from orgs.calendar.working_time import Span, calendar
from orgs.enums import Role, TimeUnit
from orgs.errors import WrongState
from orgs.models import Unit
from orgs.scoping import reach_of
from orgs.values.text import listed
from orgs.workflow.transitions import Step, System, Transition, Transitions, Workflow
from residents.deliberation.enums import (
    Electorate,
    PollAction,
    PollMode,
    PollObjectionKind,
    PollObjectionState,
    PollState,
    PollWho,
    Rule,
)
from residents.deliberation.models import Dispute, PaperBallot, Poll
from residents.deliberation.models.polls import ORGANISERS
from residents.deliberation.polls import poll_settings

if TYPE_CHECKING:
    from orgs.models import User

COMMITTEE = frozenset({Role.OWNERS_COMMITTEE})
CONVENERS = frozenset({Role.COMMUNITY_WORKER})
STREET = frozenset({Role.STREET_CADRE, Role.STREET_LEADER})
WATCHERS = frozenset({Role.SUPERVISOR})
# After the street's order the committee has so many days (湖北省物业服务和管理条例 26).
ORDER_DAYS = 30


def may_draft(user: "User", unit: Unit) -> bool:
    """Whether somebody prepares polls of a place."""
    return bool(reach_of(user).roles_at(unit) & ORGANISERS)


def conveners(poll: Poll) -> frozenset[Role]:
    """The roles that announce, open and close a poll.

    A statutory owners' vote: the owners' committee alone; on its default, once the street's order
    has run out, the residents' committee under the street's guidance, and the street (湖北省物业服务和管理条例
    26; 274号 51). The branch and the property firm never.
    """
    if poll.mode == PollMode.ADVISORY:
        return ORGANISERS
    if poll.electorate != Electorate.OWNERS:
        return CONVENERS
    if poll.rule == Rule.LIFT:
        return COMMITTEE | CONVENERS
    if poll.ordered_until and poll.ordered_until < timezone.localdate():
        return COMMITTEE | CONVENERS | STREET
    return COMMITTEE


def first_day(poll: Poll, announced_at: datetime) -> date:
    """The first day on which voting can open. The day of the announcement is not counted (民法典 201)."""
    days = poll_settings.of(poll).notice_days
    return timezone.localdate(announced_at) + timedelta(days=days)


def opens_from(poll: Poll, announced_at: datetime) -> datetime:
    """From when on voting can open: as asked for, or once the notice has run, whichever is later."""
    if poll.rehearsal:
        return poll.opens_at
    has_run = datetime.combine(first_day(poll, announced_at), time.min)
    return max(poll.opens_at, timezone.make_aware(has_run))


# 咸宁市既有住宅加装电梯条例 12; 孝感市 13: a lift is posted for at least ten working days.
LIFT_POSTED = Span(10, TimeUnit.WORKING_DAYS)


def posted_until(poll: Poll, published_at: datetime) -> date:
    """The last day on which a result is posted; the day of its publication is not counted."""
    days = poll_settings.of(poll).publication_days
    last = timezone.localdate(published_at) + timedelta(days=days)
    if poll.rule != Rule.LIFT:
        return last
    return max(last, timezone.localdate(calendar().after(published_at, LIFT_POSTED)))


def disputable_until(poll: Poll) -> date | None:
    """The last day on which households say that a ballot was not theirs; the result is out after it.

    It is counted from the closing, or from the last paper that came into the box since; that day is
    not counted (民法典 201). None where nobody waits: nothing was cast here, or nothing is decided.
    """
    if poll.rehearsal or poll.is_held_elsewhere or poll.closed_at is None:
        return None
    days = poll_settings.of(poll).dispute_window_days
    last = poll.ballots.order_by("-i").values_list("at", flat=True).first() if days else None
    if last is None:
        return None
    return timezone.localdate(max(poll.closed_at, last)) + timedelta(days=days)


def notice_too_short(poll: Poll, first: date) -> WrongState:
    """What says from when on voting can open."""
    days = poll_settings.of(poll).notice_days
    return WrongState(
        _("The notice of %(days)d days has not run yet: voting can open from %(day)s on.")
        % {"days": days, "day": date_format(first)},
        code="notice_too_short",
        extra={"opens_from": first.isoformat()},
    )


def roll_unclear(numbers: Sequence[int]) -> WrongState:
    """What says which entries of a statutory roll wait for a decision."""
    sentence = _("Decide about the unclear entries of the roll first: %(numbers)s.")
    shown = listed([str(number) for number in numbers[:20]])
    return WrongState(sentence % {"numbers": shown}, code="roll_unclear")


def _ends_after_notice(poll: Poll, user: Any, now: datetime) -> None:
    """Nothing is announced that nobody could vote on."""
    if poll.closes_at <= now:
        raise WrongState(
            _("Voting would be over before it is announced: change the draft."), code="closed"
        )
    opens = opens_from(poll, now)
    if opens < poll.closes_at:
        return
    first = first_day(poll, now)
    message = _(
        "The notice runs until %(day)s, when voting would be over already. Change the draft: let "
        "voting end later."
    ) % {"day": date_format(first)}
    if poll.mode == PollMode.ADVISORY:
        message += " " + _("Only an opinion is asked for: its notice may be shorter.")
    extra = {"opens_from": first.isoformat()}
    raise WrongState(message, code="notice_too_short", extra=extra)


def _may_be_opened(poll: Poll, user: Any, now: datetime) -> None:
    """Once the notice has run, and what people said of the roll is answered; a rehearsal waits for neither."""
    _notice_has_run(poll, now)
    if poll.closes_at <= now:
        raise WrongState(_("The time announced for voting is over."), code="closed")
    said = poll.objections.filter(
        kind=PollObjectionKind.ROLL, state=PollObjectionState.WAITING, entry__is_void=False
    )
    numbers = said.order_by("entry__number").values_list("entry__number", flat=True)
    if not poll.rehearsal and (contested := list(numbers[:20])):
        raise WrongState(
            _("Somebody says that the roll is wrong: answer that first. Entries: %(numbers)s.")
            % {"numbers": listed([str(number) for number in contested])},
            code="roll_contested",
        )
    if poll.is_statutory:
        unclear = poll.entries.filter(is_void=False, decision="").exclude(doubt="")
        if waiting := list(unclear.order_by("number").values_list("number", flat=True)[:20]):
            raise roll_unclear(waiting)


def _notice_has_run(poll: Poll, now: datetime) -> None:
    """物业管理条例 14; 居民委员会组织法 26."""
    if poll.rehearsal:
        return
    assert poll.announced_at is not None, "only announced polls are opened"
    first = first_day(poll, poll.announced_at)
    if timezone.localdate(now) < first:
        raise notice_too_short(poll, first)
    if now < poll.opens_at:
        raise WrongState(
            _("It was announced that voting opens later: at %(at)s.")
            % {"at": date_format(timezone.localtime(poll.opens_at), "DATETIME_FORMAT")},
            code="too_early",
        )


def _time_is_up(poll: Poll, user: Any, now: datetime) -> None:
    """What was announced holds: nobody closes early, whatever the votes say."""
    if not poll.rehearsal and now < poll.closes_at:
        raise WrongState(
            _("It was announced that people can vote until %(at)s.")
            % {"at": date_format(timezone.localtime(poll.closes_at), "DATETIME_FORMAT")},
            code="too_early",
        )


def _is_held_elsewhere(poll: Poll, user: Any, now: datetime) -> None:
    """What was cast on this portal is counted here."""
    if not poll.is_held_elsewhere:
        raise WrongState(_("This poll is counted here."), code="counted_here")


def _may_be_published(poll: Poll, user: Any, now: datetime) -> None:
    """With its result and all its ballots, and after everybody could say what is not theirs (decision
    0049).
    """
    if poll.lacks_result:
        raise WrongState(_("Enter the official result first."), code="no_result")
    if poll.papers.filter(state__in=PaperBallot.WAITING).exists():
        raise WrongState(
            _("A paper ballot waits for its second entry or for a third person: finish it first."),
            code="papers_waiting",
        )
    disputed = Dispute.objects.filter(ballot__poll=poll, counts=None, decide_by__gt=now)
    if decide_by := disputed.order_by("-decide_by").values_list("decide_by", flat=True).first():
        raise WrongState(
            _("A ballot is in dispute: it is decided by %(day)s at the latest.")
            % {"day": date_format(timezone.localdate(decide_by))},
            code="in_dispute",
        )
    last = disputable_until(poll)
    if last is not None and timezone.localdate(now) <= last:
        first = last + timedelta(days=1)
        raise WrongState(
            _("Until %(last)s households can say that a ballot was not theirs: "
              "the result is published from %(first)s on.")
            % {"last": date_format(last), "first": date_format(first)},
            code="dispute_window_open",
            extra={"publish_from": first.isoformat()},
        )  # fmt: skip


def _posting_is_over(poll: Poll, user: Any, now: datetime) -> None:
    """It ends by itself after its last day, once every objection is answered or left on record."""
    last = poll.posted_until
    if poll.posting_ended_at or last is None or timezone.localdate(now) <= last:
        raise WrongState(_("The result is still posted, or no longer."), code="posted")
    waiting = poll.objections.filter(state=PollObjectionState.WAITING)
    if waiting.exclude(kind=PollObjectionKind.ROLL).exists():
        raise WrongState(_("An objection waits for its answer."), code="objections_waiting")


T, S, A, W = Transition, PollState, PollAction, PollWho
TRANSITIONS: dict[PollAction, Transitions] = {
    A.CREATE: Transitions(),
    A.EDIT: Transitions(T({S.DRAFT}, None, {W.DRAFTER})),
    A.ANNOUNCE: Transitions(T({S.DRAFT}, S.ANNOUNCED, {W.ORGANISER}, guard=_ends_after_notice)),
    A.ORDER: Transitions(T({S.DRAFT}, None, {W.STREET})),
    A.REBUILD_ROLL: Transitions(T({S.ANNOUNCED}, None, {W.ORGANISER})),
    A.OPEN: Transitions(T({S.ANNOUNCED}, S.OPEN, {W.ORGANISER}, guard=_may_be_opened)),
    A.CLOSE: Transitions(T({S.OPEN}, S.CLOSED, {W.ORGANISER, W.SYSTEM}, guard=_time_is_up)),
    A.IMPORT_RESULT: Transitions(T({S.CLOSED}, None, {W.ORGANISER}, guard=_is_held_elsewhere)),
    A.PUBLISH: Transitions(T({S.CLOSED}, S.PUBLISHED, {W.ORGANISER}, guard=_may_be_published)),
    A.END_POSTING: Transitions(T({S.PUBLISHED}, None, {W.SYSTEM}, guard=_posting_is_over)),
}


@dataclass
class PollStep(Step[Poll]):
    """One action under way with a poll."""

    data: dict[str, Any] = field(default_factory=dict)


class PollWorkflow(Workflow[Poll]):
    """Polls from draft to published result."""

    model = Poll
    step_class = PollStep
    states, state = PollState, "state"
    timeline = "events"
    audit_action = "deliberation.{action}-poll"

    def relations(self, row: Poll, user: Any) -> frozenset[PollWho]:
        if isinstance(user, System):
            return frozenset({PollWho.SYSTEM})
        roles = reach_of(user).roles_at(row.unit)
        relations = set()
        if roles & ORGANISERS:
            relations.add(PollWho.DRAFTER)
        if roles & conveners(row):
            relations.add(PollWho.ORGANISER)
        if roles & STREET:
            relations.add(PollWho.STREET)
        return frozenset(relations)

    def locked(self, row: Poll) -> Poll:
        rows = Poll.objects.select_for_update(of=("self",), no_key=True)
        return rows.select_related("unit").get(pk=row.pk)

    def columns(self, step: PollStep) -> dict[str, Any]:
        return {"data": step.data}

    def audited(self, step: PollStep) -> dict[str, Any]:
        return step.data


WORKFLOW = PollWorkflow(TRANSITIONS)
