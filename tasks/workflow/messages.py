"""What the pages say of steps: what happened, what is asked before, who has a task now."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from tasks.enums import Action, RequestKind, Status, Triage
from tasks.models import Task

# How satisfied a reporter is.
STARS = (
    (5, gettext_lazy("★★★★★ very satisfied")),
    (4, gettext_lazy("★★★★ satisfied")),
    (3, gettext_lazy("★★★ so-so")),
    (2, gettext_lazy("★★ dissatisfied")),
    (1, gettext_lazy("★ very dissatisfied")),
)

# What whoever did an action is told.
HAPPENED = {
    Action.ACCEPT: gettext_lazy("Accepted: you are handling it now."),
    Action.DECLINE: gettext_lazy("Declined; the reporter can read why."),
    Action.OFFER: gettext_lazy("Offered to the members and volunteers of this place."),
    Action.RECALL: gettext_lazy("Taken back: you are handling it again."),
    Action.WHISTLE: gettext_lazy("Whistled; it waits for the street's dispatch."),
    Action.MERGE: gettext_lazy("Merged; it goes on under %(number)s."),
    Action.TRANSFER: gettext_lazy("Passed to %(place)s; you can still read it."),
    Action.WITHDRAW: gettext_lazy("Your report is withdrawn."),
    Action.RATE: gettext_lazy("Thank you: the rating is noted and the task is closed."),
    Action.REOPEN: gettext_lazy("Reopened; the community takes it up again."),
    Action.TAKE: gettext_lazy("It is yours now. Report it as done when you have finished."),
    Action.DROP: gettext_lazy("Given back; others can take it."),
    Action.RETURN: gettext_lazy("Returned to the community."),
    Action.SIGN: gettext_lazy("Signed; departments can be dispatched now."),
    Action.DISPATCH: gettext_lazy("Dispatched to %(names)s; the time limits run."),
    Action.REPORT_IN: gettext_lazy("Your department has reported in."),
    Action.CONTACT: gettext_lazy("The contact with the reporter is noted."),
    Action.REFUSE: gettext_lazy("Your refusal is noted."),
    Action.FINISH: gettext_lazy("Your department's part is finished."),
    Action.RESOLVE: gettext_lazy("Reported as done; it waits for confirmation."),
    Action.CONFIRM: gettext_lazy("Confirmed and closed."),
    Action.REWORK: gettext_lazy("Sent back for rework."),
    Action.COMMENT: gettext_lazy("Your remark is on the timeline."),
    Action.URGE: gettext_lazy("Urged; it stands on the timeline."),
    Action.REQUEST_EXTENSION: gettext_lazy("You asked for more time; the street decides."),
}
# Where the state that follows makes it another sentence.
HAPPENED_IN = {
    (Action.RECALL, Status.WHISTLED): gettext_lazy(
        "Taken back from the departments; dispatch it anew."
    ),
    (Action.REFUSE, Status.WHISTLED): gettext_lazy("Refused; it is back with the street."),
    (Action.CONFIRM, Status.RATING): gettext_lazy("Confirmed; it waits for the reporter's rating."),
}
# What was decided: granted, or not.
DECIDED = {
    Action.DECIDE_REFUSAL: (
        RequestKind.REFUSAL,
        gettext_lazy("Refusal granted: the task is back with the street."),
        gettext_lazy("Refusal not granted: the department keeps the task."),
    ),
    Action.DECIDE_EXTENSION: (
        RequestKind.EXTENSION,
        gettext_lazy("More time granted: it is to be done by %(until)s."),
        gettext_lazy("More time not granted: the time limit stays as it was."),
    ),
}


def happened(action: Action, task: Task) -> str:
    """A sentence for whoever did it; `task` is as it is afterwards."""
    said = (
        _decided(action, task)
        or HAPPENED_IN.get((action, Status(task.status)))
        or HAPPENED.get(action, action.label)
    )
    until = timezone.localtime(task.resolve_by) if task.resolve_by else None
    return str(said) % {
        "until": date_format(until, "DATETIME_FORMAT") if until else "",
        "number": task.merged_into.number if task.merged_into else "",
        "place": task.unit,
        "names": listed(_departments(task)) if action == Action.DISPATCH else "",
    }


def _decided(action: Action, task: Task) -> str:
    """What was decided last; "" after any other step."""
    if action not in DECIDED:
        return ""
    kind, granted, denied = DECIDED[action]
    answers = [one.granted for one in task.requests.all() if one.kind == kind and one.decided_at]
    return str(granted if answers and answers[-1] else denied)


def listed(names: Iterable[str]) -> str:
    """Names one after the other, as the language separates them."""
    # Translators: what stands between the names of a list.
    return pgettext("between the names of a list", ", ").join(names)


def question(action: Action, task: Task) -> str:
    """What is asked before a step that cannot be undone; "" for the others."""
    match action:
        case Action.DECLINE:
            return _("Decline this report? The reporter will read your reason.")
        case Action.MERGE:
            return _("Close this report and go on under the other number?")
        case Action.TRANSFER:
            return _("Pass this report on? You will only be able to read it.")
        case Action.WITHDRAW:
            return _("Withdraw this report? Nobody will work on it any more.")
        case Action.REFUSE:
            return _("Refuse this task for your department?")
        case Action.RECALL if task.status in (Status.DISPATCHED, Status.REPORTED_IN):
            return _("Take the task back? The work of all departments ends and is dispatched anew.")
        case Action.RECALL:
            return _("Take the task back? Whoever took it loses it.")
        case _:
            return ""


def _departments(task: Task) -> list[str]:
    """The lead first, then those who assist, in the present dispatch."""
    return [one.department.short_name for one in task.present_parts]


def holder(task: Task) -> str:
    """Who has a task now, in a few words; assignments and unit must be loaded."""
    names = task.unit.path_name.split(" ")
    street = names[0]
    community = names[1] if len(names) > 1 else street
    receiver = street if task.triage == Triage.STREET else community
    match task.status:
        case Status.DISPATCHED | Status.REPORTED_IN:
            return listed(_departments(task))
        case Status.WHISTLED:
            return street
        case Status.OFFERED:
            return _("open to members")
        case Status.TAKEN:
            return _("taken by a member")
        case Status.RESOLVED if task.worked_from in (Status.DISPATCHED, Status.REPORTED_IN):
            return street
        case Status.RATING:
            return _("the reporter")
        case Status.CLOSED | Status.DECLINED | Status.WITHDRAWN:
            return ""
        case _:
            return receiver
