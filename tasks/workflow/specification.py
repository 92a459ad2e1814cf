"""What pages, the API and jobs know of each action with a task, in the order of the next steps."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orgs.values.text import listed
from orgs.workflow.specification import Specification
from tasks.enums import WITH_DEPARTMENTS, Action, RequestKind, Status
from tasks.models import Task
from tasks.workflow import audiences
from tasks.workflow.api import bodies
from tasks.workflow.forms import dispatch as dispatch_forms
from tasks.workflow.forms import tasks as forms
from tasks.workflow.forms import visits as visit_forms
from tasks.workflow.steps import (
    closing,
    department_work,
    dispatch,
    handing,
    offers,
    triage,
    visits,
)


@dataclass(frozen=True)
class TaskSpecification(Specification):
    """`in_bulk`: done with many at once. `counts`: its day counts differently for the rates.

    `takes_on`: it first takes a report in hand; `is_measure`: it is work on the problem, for the roster;
    `is_public`: its text was written for everybody to read.
    """

    in_bulk: bool = False
    counts: bool = False
    takes_on: bool = False
    is_measure: bool = True
    is_public: bool = False


# --- Texts that depend on the task as it is afterwards ---------------------------------------------


def _in(
    states: Collection[Status], text: str | Promise, otherwise: str | Promise
) -> Callable[[Task], str]:
    """One text for a task in some states, another for every other."""
    return lambda task: str(text if task.status in states else otherwise)


def _confirmed(task: Task) -> str:
    if task.self_confirmed:
        return gettext("Confirmed. As you did it yourself, it is marked so and called back first.")
    if task.status == Status.RATING:
        return gettext("Confirmed; it waits for the reporter's rating.")
    return gettext("Confirmed and closed.")


def _merged(task: Task) -> str:
    number = task.merged_into.number if task.merged_into else ""
    return gettext("Merged; it goes on under %(number)s.") % {"number": number}


def _rated(task: Task) -> str:
    if task.status == Status.CLOSED:
        return gettext("Thank you for your rating: this is finished.")
    return gettext(
        "Taken up again: the community has the words of the rating, deals with it anew and asks for a rating again."
    )


def _transferred(task: Task) -> str:
    return gettext("Passed to %(place)s; you can still read it.") % {"place": task.unit}


def _dispatched(task: Task) -> str:
    names = listed(part.department.short_name for part in task.present_parts)
    return gettext("Dispatched to %(names)s; the time limits run.") % {"names": names}


def _is_granted(task: Task, kind: RequestKind) -> bool:
    """How the last decision on such a request went."""
    decided = [
        request.granted
        for request in task.requests.all()
        if request.kind == kind and request.decided_at
    ]
    return bool(decided and decided[-1])


def _extension_decided(task: Task) -> str:
    if not _is_granted(task, RequestKind.EXTENSION):
        return gettext("More time not granted: the time limit stays as it was.")
    until = timezone.localtime(task.work_by) if task.work_by else None
    day = date_format(until, "DATETIME_FORMAT") if until else ""
    return gettext("More time granted: it is to be done by %(until)s.") % {"until": day}


def _refusal_decided(task: Task) -> str:
    if _is_granted(task, RequestKind.REFUSAL):
        return gettext("Refusal granted: the task is back with the street.")
    return gettext("Refusal not granted: the department keeps the task.")


# --- The table -------------------------------------------------------------------------------------

SPECIFICATIONS: dict[Action, TaskSpecification] = {
    # Decisions that hold others up go first.
    Action.DECIDE_REFUSAL: TaskSpecification(
        dispatch.decide_refusal, dispatch_forms.RefusalDecisionForm, bodies.DecisionBody,
        done=_refusal_decided, audience=audiences.refusal_decided, is_next_step=True,
        counts=True,
    ),
    Action.DECIDE_EXTENSION: TaskSpecification(
        dispatch.decide_extension, dispatch_forms.ExtensionDecisionForm, bodies.DecisionBody,
        done=_extension_decided, audience=audiences.workers, is_next_step=True,
    ),
    Action.SIGN: TaskSpecification(
        dispatch.sign, done=_("Signed; departments can be dispatched now."), is_next_step=True,
        in_bulk=True,
    ),
    Action.DISPATCH: TaskSpecification(
        dispatch.dispatch, dispatch_forms.DispatchForm, bodies.DispatchBody, done=_dispatched,
        audience=audiences.dispatched, is_next_step=True, in_bulk=True, counts=True,
    ),
    Action.REPORT_IN: TaskSpecification(
        department_work.report_in, done=_("Your department has reported in."), is_next_step=True,
    ),
    Action.ACCEPT: TaskSpecification(
        triage.accept, done=_("Accepted: you are handling it now."), audience=audiences.reporter,
        is_next_step=True, in_bulk=True, takes_on=True,
    ),
    Action.OFFER: TaskSpecification(
        offers.offer, forms.OfferForm, bodies.OfferBody,
        done=_("Offered to the members and volunteers of this place."), audience=audiences.helpers,
        in_bulk=True, takes_on=True,
    ),
    Action.DECLINE: TaskSpecification(
        triage.decline, forms.DeclineForm, bodies.DeclineBody,
        question=_("Decline this report? The reporter will read your reason."),
        done=_("Declined; the reporter can read why."), audience=audiences.result, in_bulk=True,
        takes_on=True, is_public=True,
    ),
    Action.TAKE: TaskSpecification(
        offers.take, done=_("It is yours now. Report it as done when you have finished."),
        is_next_step=True,
    ),
    Action.CONFIRM: TaskSpecification(
        department_work.confirm, audience=audiences.result, is_next_step=True, in_bulk=True, counts=True,
        done=_confirmed,
    ),
    Action.RESOLVE: TaskSpecification(
        department_work.resolve, forms.ResolveForm, bodies.ResolveBody,
        done=_("Reported as done; it waits for confirmation."), audience=audiences.confirmers,
        is_next_step=True, is_public=True,
    ),
    Action.FINISH: TaskSpecification(
        department_work.finish, forms.FinishForm, bodies.TextBody,
        done=_("Your department's part is finished."), is_next_step=True,
    ),
    Action.RATE: TaskSpecification(
        closing.rate, forms.RateForm, bodies.RateBody,
        done=_rated, audience=audiences.rated,
        is_next_step=True, counts=True, is_measure=False,
    ),
    Action.WHISTLE: TaskSpecification(
        triage.whistle, dispatch_forms.WhistleForm, bodies.WhistleBody,
        done=_("Whistled; it waits for the street's dispatch."), audience=audiences.street_called,
        takes_on=True,
    ),
    Action.MERGE: TaskSpecification(
        triage.merge, forms.MergeForm, bodies.MergeBody,
        question=_("Close this report and go on under the other number?"), done=_merged,
        audience=audiences.reporter, counts=True, takes_on=True,
    ),
    Action.TRANSFER: TaskSpecification(
        triage.transfer, forms.TransferForm, bodies.TransferBody,
        question=_("Pass this report on? You will only be able to read it."), done=_transferred,
        audience=audiences.handlers,
    ),
    Action.CORRECT: TaskSpecification(
        triage.correct, forms.CorrectForm, bodies.CorrectBody,
        done=_("Corrected; what stood there before is on the timeline."),
        audience=audiences.corrected, counts=True, is_measure=False,
    ),
    Action.RECALL: TaskSpecification(
        offers.recall,
        question=_in(
            WITH_DEPARTMENTS,
            _("Take the task back? The work of all departments ends and is dispatched anew."),
            _("Take the task back? Whoever took it loses it."),
        ),
        done=_in(
            {Status.WHISTLED},
            _("Taken back from the departments; dispatch it anew."),
            _("Taken back: you are handling it again."),
        ),
    ),
    Action.RETURN: TaskSpecification(
        dispatch.return_to_community, forms.ReasonForm, bodies.ReasonBody,
        done=_("Returned to the community."), audience=audiences.handlers,
    ),
    Action.DROP: TaskSpecification(
        offers.drop, forms.ReasonForm, bodies.ReasonBody, done=_("Given back; others can take it."),
        audience=audiences.helpers,
    ),
    Action.CONTACT: TaskSpecification(
        department_work.contact, forms.ContactForm, bodies.TextBody,
        done=_("The contact with the reporter is noted."),
    ),
    Action.REFUSE: TaskSpecification(
        department_work.refuse, forms.ReasonForm, bodies.ReasonBody,
        question=_("Refuse this task for your department?"), audience=audiences.refused,
        done=_in(
            {Status.WHISTLED}, _("Refused; it is back with the street."), _("Your refusal is noted."),
        ),
        counts=True,
    ),
    Action.REWORK: TaskSpecification(
        department_work.rework, forms.ReasonForm, bodies.ReasonBody,
        done=_("Sent back for rework."), audience=audiences.workers,
    ),
    Action.REQUEST_EXTENSION: TaskSpecification(
        department_work.request_extension, forms.ExtensionForm, bodies.ExtensionBody,
        done=_in(
            {Status.TAKEN}, _("You asked for more time; whoever handed it out decides."),
            _("You asked for more time; the street decides."),
        ),
        audience=audiences.more_time_asked,
    ),
    Action.REOPEN: TaskSpecification(
        closing.reopen, forms.ReopenForm, bodies.ReopenBody,
        done=_("Reopened; the community takes it up again."), audience=audiences.handlers,
    ),
    Action.WITHDRAW: TaskSpecification(
        closing.withdraw, forms.WithdrawForm, bodies.WithdrawBody,
        question=_("Withdraw this report? Nobody will work on it any more."),
        done=_("The report is withdrawn."), audience=audiences.handlers,
    ),
    Action.ASSIGN: TaskSpecification(
        handing.assign, dispatch_forms.AssignForm, bodies.AssignBody,
        done=_("Handed on: your colleague is told. The limits stay as they are."),
        audience=audiences.handed, in_bulk=True, is_measure=False,
    ),
    Action.HAND_BACK: TaskSpecification(
        handing.hand_back, forms.ReasonForm, bodies.ReasonBody,
        done=_("Handed back to your office."), audience=audiences.handed, is_measure=False,
    ),
    Action.ARRANGE_VISIT: TaskSpecification(
        visits.arrange, visit_forms.ArrangeVisitForm, bodies.ArrangeVisitBody,
        done=_("Arranged; those invited are told, and reminded the day before."),
        audience=audiences.invited,
    ),
    Action.RECORD_VISIT: TaskSpecification(
        visits.record, visit_forms.RecordVisitForm, bodies.RecordVisitBody,
        done=_("Who came and what was agreed stands on the timeline."),
        audience=audiences.visit_recorded,
    ),
    Action.CANCEL_VISIT: TaskSpecification(
        visits.cancel, forms.ReasonForm, bodies.ReasonBody,
        done=_("Cancelled; those invited are told."), audience=audiences.invited,
        is_measure=False,
    ),
    Action.URGE: TaskSpecification(
        closing.urge, forms.UrgeForm, bodies.UrgeBody, done=_("Urged; it stands on the timeline."),
        audience=audiences.urged, in_bulk=True, is_measure=False,
    ),
    Action.COMMENT: TaskSpecification(
        closing.comment, forms.CommentForm, bodies.CommentBody,
        done=_("Your remark is on the timeline."), audience=audiences.spoken_to, in_bulk=True,
        is_measure=False,
    ),
    # What the portal does by itself.
    Action.REPORT: TaskSpecification(audience=audiences.handlers, counts=True, is_measure=False),
    Action.EXPIRE: TaskSpecification(audience=audiences.reporter, counts=True, is_measure=False),
    Action.REMIND: TaskSpecification(audience=audiences.reminded, is_measure=False),
    Action.ESCALATE: TaskSpecification(audience=audiences.escalated, is_measure=False),
}  # fmt: skip


def those(has: Callable[[TaskSpecification], bool]) -> list[Action]:
    """The actions whose specification has something, in the order of the table."""
    return [action for action, specification in SPECIFICATIONS.items() if has(specification)]
