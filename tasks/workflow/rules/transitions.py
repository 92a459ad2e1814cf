"""The transitions of a task as one table, and the fine print beside role and state."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from orgs.errors import NotAllowed, WrongState
from orgs.values import phones
from orgs.workflow.transitions import Transition, Transitions
from tasks.enums import (
    ACTIVE_ASSIGNMENT,
    IN_OWN_HANDS,
    OPEN,
    WITH_DEPARTMENTS,
    Action,
    AssignmentRole,
    AssignmentStatus,
    Channel,
    Ending,
    RequestKind,
    Status,
    Who,
)
from tasks.models import Assignment, Event, Task
from tasks.workflow.rules import sentences
from tasks.workflow.rules.relations import parts_of

if TYPE_CHECKING:
    from tasks.workflow.rules.relations import Actor


@dataclass(frozen=True)
class PartTransition(Transition):
    """A department's transition: its own part has to be in one of these states."""

    parts: Set[AssignmentStatus] = frozenset()

    def own_part(self, task: Task, user: "Actor") -> Assignment:
        """The part with which the transition is made; raises WrongState where there is none."""
        role = AssignmentRole.LEAD if Who.LEAD in self.who else AssignmentRole.ASSIST
        mine = [part for part in parts_of(task, user) if part.role == role]
        fitting = next((part for part in mine if part.status in self.parts), None)
        if fitting:
            return fitting
        if any(part.status == AssignmentStatus.DISPATCHED for part in mine):
            raise WrongState(_("Your department has to report in first."), code="not_reported_in")
        if any(part.status == AssignmentStatus.REPORTED_IN for part in mine):
            raise WrongState(_("Your department has reported in already."))
        raise WrongState(_("Your department's part has ended."))

    def permit(self, row: Task, user: "Actor", now: datetime) -> None:
        """The own part first, then what else has to be right."""
        self.own_part(row, user)
        super().permit(row, user, now)


# --- Fine print --------------------------------------------------------------------------------

# How long a closed task can be taken up again.
REOPENED_WITHIN = timedelta(days=15)


def _is_signed(task: Task, user: "Actor", now: datetime) -> None:
    if task.whistle_rule and task.whistle_rule.needs_signature and task.signed_at is None:
        raise WrongState(
            _("The street's leadership has to sign this whistle first."), code="signature_required"
        )


def _is_to_be_signed(task: Task, user: "Actor", now: datetime) -> None:
    if task.whistle_rule is None or not task.whistle_rule.needs_signature:
        raise WrongState(_("This kind of whistle needs no signature."), code="no_signature_needed")
    if task.signed_at:
        raise WrongState(_("This whistle is signed already."), code="signed_already")


def _may_refuse(task: Task, user: "Actor", now: datetime) -> None:
    if task.undecided(RequestKind.REFUSAL):
        raise WrongState(_("Your refusal waits for the district's decision."), code="pending")
    leading = {
        part.department_id for part in parts_of(task, user) if part.role == AssignmentRole.LEAD
    }
    if any(
        request.kind == RequestKind.REFUSAL
        and request.granted is False
        and request.decided_by_id
        and request.department_id in leading
        for request in task.requests.all()
    ):
        raise WrongState(_("The district did not grant your refusal."), code="refusal_denied")


def _refusal_waits(task: Task, user: "Actor", now: datetime) -> None:
    if not task.undecided(RequestKind.REFUSAL):
        raise WrongState(_("No refusal waits for a decision."), code="nothing_pending")


def _extension_waits(task: Task, user: "Actor", now: datetime) -> None:
    if not task.undecided(RequestKind.EXTENSION):
        raise WrongState(
            _("No request for more time waits for a decision."), code="nothing_pending"
        )
    if any(one.asked_by_id == user.pk for one in task.undecided(RequestKind.EXTENSION)):
        raise NotAllowed(_("Somebody else decides on what you asked for."))


def _may_extend(task: Task, user: "Actor", now: datetime) -> None:
    if task.work_by is None:
        raise WrongState(_("No limit runs yet."), code="no_limit")
    if task.undecided(RequestKind.EXTENSION):
        raise WrongState(_("A request for more time waits for a decision."), code="pending")


def _is_not_ones_own_turn(task: Task, user: "Actor", now: datetime) -> None:
    if task.status == Status.RATING:
        raise WrongState(_("It is done and waits for your rating."), code="rating_awaited")


def _has_rater(task: Task, user: "Actor", now: datetime) -> None:
    if not task.has_rater:
        raise WrongState(str(Ending.NOBODY_TO_RATE.label), code="nobody_to_rate")


def _was_a_departments(task: Task, user: "Actor", now: datetime) -> None:
    if task.worked_from not in WITH_DEPARTMENTS:
        raise WrongState(_("Your own work is confirmed, not sent back."), code="own_work")


def _was_a_members(task: Task, user: "Actor", now: datetime) -> None:
    if task.worked_from != Status.TAKEN:
        raise WrongState(_("Your own work is confirmed, not sent back."), code="own_work")


def _may_reopen(task: Task, user: "Actor", now: datetime) -> None:
    if task.merged_into_id:
        raise WrongState(_("A merged report goes on under the other number."), code="merged")
    if task.closed_at and now > task.closed_at + REOPENED_WITHIN:
        raise WrongState(
            _("This was closed more than %(days)d days ago: report it anew.")
            % {"days": REOPENED_WITHIN.days},
            code="too_late",
        )


def _was_told_just_now(task: Task, user: "Actor", now: datetime) -> None:
    """Call-back staff reopen with the very rating they enter, in the reporter's words; never later."""
    if (
        task.ending != Ending.RATED
        or task.closed_at != now
        or not task.ratings.filter(at=now, by=user.pk).exists()
    ):
        raise NotAllowed(_("The reporter decides whether to reopen this."))


def _may_reopen_for_others(task: Task, user: "Actor", now: datetime) -> None:
    if task.reporter_id and task.reporter_id != user.pk:
        raise NotAllowed(_("The reporter decides whether to reopen this."))
    _may_reopen(task, user, now)


def _took_no_action(task: Task, user: "Actor", now: datetime) -> None:
    if Event.objects.filter(task=task, by=user.pk).exists():
        raise NotAllowed(_("Only staff who took no part in this task may enter a call-back."))


def _said_at_desk(task: Task, user: "Actor", now: datetime) -> None:
    """What staff entered for somebody without an account, who has no mobile that takes the code, is
    taken back at the desk, too; the hotline's own tickets are the hotline's.
    """
    for_somebody = task.channel == Channel.PHONE and task.reporter_id is None
    if not for_somebody or phones.is_mobile(task.contact_phone):
        raise NotAllowed(_("The reporter withdraws this."))
    _took_no_action(task, user, now)


def _own_was_handed(task: Task, user: "Actor", now: datetime) -> None:
    if user.pk is None or task.handed_to_id != user.pk:
        raise NotAllowed(_("It was not handed to you."))


def _part_was_handed(task: Task, user: "Actor", now: datetime) -> None:
    if not any(part.person_id == user.pk for part in parts_of(task, user) if part.is_active):
        raise NotAllowed(_("It was not handed to you."))


def _no_visit_waits(task: Task, user: "Actor", now: datetime) -> None:
    if task.pending_visit:
        raise WrongState(
            _("A joint visit is arranged already: record or cancel it first."), code="pending"
        )


def _visit_waits(task: Task, user: "Actor", now: datetime) -> None:
    if not task.pending_visit:
        raise WrongState(_("No joint visit is arranged."), code="nothing_pending")


def _visit_has_begun(task: Task, user: "Actor", now: datetime) -> None:
    _visit_waits(task, user, now)
    visit = task.pending_visit
    if visit and not visit.is_due(now):
        raise WrongState(_("The joint visit has not begun yet."), code="not_yet")


def _took_it(task: Task, user: "Actor", now: datetime) -> None:
    if task.taker_id != user.pk:
        raise NotAllowed(_("Somebody else took this task."))


# --- The table ---------------------------------------------------------------------------------

S, A, W, T, P = Status, Action, Who, Transition, PartTransition
_CALLED = frozenset({AssignmentStatus.DISPATCHED})
_REPORTED_IN = frozenset({AssignmentStatus.REPORTED_IN})
# The states in which several sides may have to meet on the spot.
_TO_VISIT = frozenset({S.HANDLING, S.WHISTLED, *WITH_DEPARTMENTS})
# Before a department works on it.
_TO_WITHDRAW = frozenset({S.SUBMITTED, S.HANDLING, S.OFFERED, S.WHISTLED})
# Those in which a department leads, or has led the work.
_LED = frozenset({*WITH_DEPARTMENTS, S.RESOLVED, S.RATING})

TRANSITIONS: dict[Action, Transitions] = {
    A.REPORT: Transitions(),
    A.ACCEPT: Transitions(T({S.SUBMITTED}, S.HANDLING, {W.HANDLER})),
    A.DECLINE: Transitions(T({S.SUBMITTED}, S.DECLINED, {W.HANDLER}), sentence=sentences.declined),
    A.OFFER: Transitions(T({S.SUBMITTED, S.HANDLING}, S.OFFERED, {W.HANDLER, W.SECRETARY})),
    A.WHISTLE: Transitions(
        T({S.SUBMITTED, S.HANDLING}, S.WHISTLED, {W.HANDLER}), sentence=sentences.whistled
    ),
    A.TRANSFER: Transitions(
        T({S.SUBMITTED}, S.SUBMITTED, {W.HANDLER}), sentence=sentences.transferred
    ),
    A.CORRECT: Transitions(T(OPEN, None, {W.HANDLER, W.STREET}), sentence=sentences.corrected),
    A.MERGE: Transitions(
        T({S.SUBMITTED, S.HANDLING}, S.CLOSED, {W.HANDLER}), sentence=sentences.merged
    ),
    A.TAKE: Transitions(T({S.OFFERED}, S.TAKEN, {W.HELPER})),
    A.DROP: Transitions(T({S.TAKEN}, S.OFFERED, {W.HELPER, W.TAKER}, guard=_took_it)),
    A.RECALL: Transitions(
        T({S.OFFERED, S.TAKEN}, S.HANDLING, {W.HANDLER}),
        T(WITH_DEPARTMENTS, S.WHISTLED, {W.STREET}),
    ),
    A.SIGN: Transitions(T({S.WHISTLED}, None, {W.LEADER}, guard=_is_to_be_signed)),
    A.DISPATCH: Transitions(
        T({S.WHISTLED}, S.DISPATCHED, {W.STREET}, guard=_is_signed), sentence=sentences.dispatched
    ),
    A.RETURN: Transitions(T({S.WHISTLED}, S.HANDLING, {W.STREET})),
    A.REPORT_IN: Transitions(
        P({S.DISPATCHED}, S.REPORTED_IN, {W.LEAD}, parts=_CALLED),
        P(WITH_DEPARTMENTS, None, {W.ASSIST}, parts=_CALLED),
    ),
    A.CONTACT: Transitions(
        P(WITH_DEPARTMENTS, None, {W.LEAD}, parts=_REPORTED_IN),
        P(WITH_DEPARTMENTS, None, {W.ASSIST}, parts=_REPORTED_IN),
    ),
    A.FINISH: Transitions(P(WITH_DEPARTMENTS, None, {W.ASSIST}, parts=_REPORTED_IN)),
    A.REFUSE: Transitions(
        P({S.DISPATCHED}, S.WHISTLED, {W.LEAD}, guard=_may_refuse, parts=_CALLED),
        P(WITH_DEPARTMENTS, None, {W.ASSIST}, parts=ACTIVE_ASSIGNMENT),
        sentence=sentences.refused,
    ),
    A.DECIDE_REFUSAL: Transitions(
        T({S.DISPATCHED}, S.WHISTLED, {W.DISTRICT}, guard=_refusal_waits),
        sentence=sentences.refusal_decided,
    ),
    A.RESOLVE: Transitions(
        T({S.HANDLING}, S.RESOLVED, {W.HANDLER}),
        T({S.TAKEN}, S.RESOLVED, {W.TAKER}),
        P({S.REPORTED_IN}, S.RESOLVED, {W.LEAD}, parts=_REPORTED_IN),
        sentence=sentences.resolved,
    ),
    A.CONFIRM: Transitions(
        T({S.RESOLVED}, S.RATING, {W.CONFIRMER}, guard=_has_rater),
        T({S.RESOLVED}, S.CLOSED, {W.CONFIRMER}),
        sentence=sentences.confirmed,
    ),
    A.REWORK: Transitions(
        T({S.RESOLVED}, S.REPORTED_IN, {W.CONFIRMER}, guard=_was_a_departments),
        T({S.RESOLVED}, S.TAKEN, {W.CONFIRMER}, guard=_was_a_members),
    ),
    A.RATE: Transitions(
        T({S.RATING}, S.CLOSED, {W.REPORTER}),
        T({S.RATING}, S.CLOSED, {W.CALL_BACK}, guard=_took_no_action),
        sentence=sentences.rated,
    ),
    A.EXPIRE: Transitions(T({S.RATING}, S.CLOSED, {W.SYSTEM})),
    A.WITHDRAW: Transitions(
        T(_TO_WITHDRAW, S.WITHDRAWN, {W.REPORTER}),
        T(_TO_WITHDRAW, S.WITHDRAWN, {W.CALL_BACK}, guard=_said_at_desk),
    ),
    A.REOPEN: Transitions(
        T({S.CLOSED, S.DECLINED}, S.HANDLING, {W.REPORTER}, guard=_may_reopen),
        T({S.CLOSED, S.DECLINED}, S.HANDLING, {W.STREET}, guard=_may_reopen_for_others),
        T({S.CLOSED}, S.HANDLING, {W.CALL_BACK}, guard=_was_told_just_now),
    ),
    # Inside one office: limits and rates stay the office's.
    A.ASSIGN: Transitions(
        T(IN_OWN_HANDS, None, {W.HANDLER}),
        P(WITH_DEPARTMENTS, None, {W.LEAD}, parts=ACTIVE_ASSIGNMENT),
        P(WITH_DEPARTMENTS, None, {W.ASSIST}, parts=ACTIVE_ASSIGNMENT),
        sentence=sentences.assigned,
    ),
    A.HAND_BACK: Transitions(
        T(IN_OWN_HANDS, None, {W.HANDLER}, guard=_own_was_handed),
        P(WITH_DEPARTMENTS, None, {W.LEAD}, guard=_part_was_handed, parts=ACTIVE_ASSIGNMENT),
        P(WITH_DEPARTMENTS, None, {W.ASSIST}, guard=_part_was_handed, parts=ACTIVE_ASSIGNMENT),
    ),
    A.ARRANGE_VISIT: Transitions(
        T(_TO_VISIT, None, {W.HANDLER, W.STREET}, guard=_no_visit_waits),
        T(WITH_DEPARTMENTS, None, {W.LEAD}, guard=_no_visit_waits),
        sentence=sentences.visit_arranged,
    ),
    A.RECORD_VISIT: Transitions(
        T(OPEN, None, {W.HANDLER, W.STREET}, guard=_visit_has_begun),
        # One that took place is written down after the task was closed, too.
        T({S.CLOSED}, None, {W.HANDLER, W.STREET}, guard=_visit_has_begun),
        T(_LED, None, {W.LEAD}, guard=_visit_has_begun),
        sentence=sentences.visit_recorded,
    ),
    A.CANCEL_VISIT: Transitions(
        T(OPEN, None, {W.HANDLER, W.STREET}, guard=_visit_waits),
        T(_LED, None, {W.LEAD}, guard=_visit_waits),
    ),
    # As what one comments decides how one's name is shown: the reporter's may be kept hidden.
    A.COMMENT: Transitions(
        T(OPEN, None, frozenset(Who) - {W.HELPER, W.CONFIRMER, W.CALL_BACK, W.SYSTEM})
    ),
    A.URGE: Transitions(
        T(OPEN, None, {W.REPORTER}, guard=_is_not_ones_own_turn),
        T(OPEN, None, {W.COMMUNITY, W.STREET, W.DISTRICT}),
    ),
    A.REQUEST_EXTENSION: Transitions(
        T({S.HANDLING}, None, {W.HANDLER}, guard=_may_extend),
        T({S.TAKEN}, None, {W.TAKER}, guard=_may_extend),
        T(WITH_DEPARTMENTS, None, {W.LEAD}, guard=_may_extend),
    ),
    A.DECIDE_EXTENSION: Transitions(
        T(OPEN, None, {W.CONFIRMER}, guard=_extension_waits),
        # The community's own work: a colleague, or the street.
        T({S.HANDLING}, None, {W.STREET}, guard=_extension_waits),
        sentence=sentences.decided,
    ),
    A.REMIND: Transitions(sentence=sentences.limit_step),
    A.ESCALATE: Transitions(sentence=sentences.limit_step),
}
