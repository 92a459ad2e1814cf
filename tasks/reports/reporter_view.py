"""What is told of a task: a sentence, what comes next, and the steps of the way as pictures.

The reporter's picture is `steps`; the one for those who work on it is `process`.
"""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.templatetags.portal import Step
from tasks.catalogue.catalogue import rule_in_force
from tasks.enums import (
    WITH_DEPARTMENTS,
    Action,
    Ending,
    LimitKind,
    Status,
    Triage,
    WhistleKind,
)
from tasks.models import Event, Task

SENTENCES = {
    Status.SUBMITTED: gettext_lazy("Received, waiting for the community to accept it"),
    Status.HANDLING: gettext_lazy("The community is working on it"),
    Status.OFFERED: gettext_lazy("Party members and volunteers nearby are asked to help"),
    Status.TAKEN: gettext_lazy("A party member or volunteer has taken it on"),
    Status.WHISTLED: gettext_lazy(
        "The community whistled, waiting for the street to call departments"
    ),
    Status.RESOLVED: gettext_lazy("Reported as done, the result is being checked"),
    Status.RATING: gettext_lazy("Done, waiting for your rating"),
    Status.DECLINED: gettext_lazy("Not taken up"),
    Status.WITHDRAWN: gettext_lazy("Withdrawn"),
}
NEXT_STEPS = {
    Status.SUBMITTED: gettext_lazy("The community decides who handles it."),
    Status.HANDLING: gettext_lazy("You are asked to rate it when it is done."),
    Status.OFFERED: gettext_lazy("Work begins as soon as somebody takes it."),
    Status.TAKEN: gettext_lazy("You are asked to rate it when it is done."),
    Status.WHISTLED: gettext_lazy("The street names the department in charge."),
    Status.DISPATCHED: gettext_lazy("The department reports in and gets in touch with you."),
    Status.REPORTED_IN: gettext_lazy("You are asked to rate it when it is done."),
    Status.RESOLVED: gettext_lazy("Then you are asked whether it is solved."),
    Status.RATING: gettext_lazy("Say whether you were contacted and whether it is solved."),
    Status.DECLINED: gettext_lazy("You can read why, and have it taken up again."),
}
# How far along the five steps each open state is.
REACHED = {Status.SUBMITTED: 1, Status.RESOLVED: 3, Status.RATING: 4}


def lead_of(task: Task) -> str:
    """The name of the department that leads in the present dispatch; "" for none."""
    lead = task.lead_part
    return lead.department.short_name if lead else ""


def sentence(task: Task) -> str:
    """The state as a sentence. Needs the assignments (`queries.rows` or `whole`)."""
    match task.status:
        case Status.DISPATCHED:
            return _("Sent to %(department)s, waiting for it to report in") % {
                "department": lead_of(task)
            }
        case Status.REPORTED_IN:
            return _("%(department)s has reported in and is working on it") % {
                "department": lead_of(task)
            }
        case Status.CLOSED if task.ending == Ending.MERGED:
            return _("Joined to another report of the same problem")
        case Status.CLOSED if task.ending == Ending.RATED:
            return _("Solved and rated")
        case Status.CLOSED:
            return _("Done")
        case Status.SUBMITTED if task.triage == Triage.STREET:
            return _("Received, waiting for the street to accept it")
    return str(SENTENCES[Status(task.status)])


def next_step(task: Task) -> str:
    """What happens next, as a sentence; "" where nothing does."""
    if task.status == Status.SUBMITTED and task.triage == Triage.STREET:
        return _("The street decides who handles it.")
    if task.status == Status.RATING and not task.has_rater:
        return ""
    return str(NEXT_STEPS.get(Status(task.status), ""))


def steps(task: Task) -> list[Step]:
    """The way from report to rating, as far as it was gone."""
    reported = Step(_("Reported"), "done", task.created_at)
    match task.status:
        case Status.DECLINED:
            return [reported, Step(_("Not taken up"), "done", task.closed_at)]
        case Status.WITHDRAWN:
            return [reported, Step(_("Withdrawn"), "done", task.closed_at)]
        case Status.CLOSED if task.ending == Ending.MERGED:
            return [reported, Step(_("Joined to another report"), "done", task.closed_at)]
    last = (
        Step(_("Rated"), "done", task.closed_at)
        if task.ending == Ending.RATED
        else Step(_("Closed"), "done", task.closed_at)
    )
    way: list[tuple[str, datetime | None]] = [
        (reported.label, task.created_at),
        (_("Accepted"), None),
        (_("Being handled"), None),
        (_("Done"), task.resolved_at),
        (last.label if task.closed_at else _("Rated"), task.closed_at),
    ]
    reached = len(way) if not task.is_open else REACHED.get(Status(task.status), 2)
    return _states(way, reached)


def promise() -> str:
    """By when departments act, once they are called: the limits in force, as a sentence."""
    rule = rule_in_force(WhistleKind.PUBLIC)
    limits = {
        "report_in": rule.span(LimitKind.REPORT_IN).words(),
        "contact": rule.span(LimitKind.CONTACT).words(),
        "resolve": rule.span(LimitKind.RESOLVE).words(),
    }
    return (
        _(
            "Where departments are needed, they report in within %(report_in)s, get in touch"
            " with you within %(contact)s and finish within %(resolve)s."
        )
        % limits
    )


# --- The process, for those who work on it ---------------------------------------------------------

# Which step is under way in which state, with a whistle and without.
_WHISTLE_NOW = {
    Status.WHISTLED: 2,
    Status.DISPATCHED: 3,
    Status.REPORTED_IN: 4,
    Status.RESOLVED: 4,
    Status.RATING: 5,
}
_PLAIN_NOW = {
    Status.SUBMITTED: 1,
    Status.HANDLING: 2,
    Status.OFFERED: 2,
    Status.TAKEN: 2,
    Status.RESOLVED: 3,
    Status.RATING: 4,
}


def process(task: Task, events: Iterable[Event]) -> list[Step]:
    """The steps done, under way and to come, with the times of those done."""
    last = {event.action: event.at for event in events}
    if task.status in (Status.DECLINED, Status.WITHDRAWN) or task.merged_into_id:
        ending = _("Merged") if task.merged_into_id else task.get_status_display()
        return [
            Step(_("Reported"), "done", task.created_at),
            Step(ending[:1].upper() + ending[1:], "done", task.closed_at),
        ]
    if _went_to_departments(task):
        return _whistled(task, last)
    return _handled(task, last)


def _went_to_departments(task: Task) -> bool:
    return (
        task.status in _WHISTLE_NOW
        and (
            task.status in (Status.WHISTLED, *WITH_DEPARTMENTS)
            or task.worked_from in WITH_DEPARTMENTS
        )
    ) or (task.status == Status.CLOSED and task.worked_from in WITH_DEPARTMENTS)


def _whistled(task: Task, last: dict[str, datetime]) -> list[Step]:
    done = _("Done, to be confirmed") if task.status == Status.RESOLVED else _("Resolved")
    names = [
        (_("Reported"), task.created_at),
        (_("Whistled"), last.get(Action.WHISTLE)),
        (_("Dispatched"), last.get(Action.DISPATCH)),
        (_("Reported in"), last.get(Action.REPORT_IN)),
        (done, last.get(Action.RESOLVE)),
        (_rating_word(task), last.get(Action.RATE) or task.closed_at),
    ]
    return _states(names, _WHISTLE_NOW.get(Status(task.status), len(names)))


def _handled(task: Task, last: dict[str, datetime]) -> list[Step]:
    names = [
        (_("Reported"), task.created_at),
        (_("Accepted"), last.get(Action.ACCEPT)),
        (_("Handled"), last.get(Action.RESOLVE)),
        (_("Confirmed"), last.get(Action.CONFIRM)),
        (_rating_word(task), last.get(Action.RATE) or task.closed_at),
    ]
    return _states(names, _PLAIN_NOW.get(Status(task.status), len(names)))


def _rating_word(task: Task) -> str:
    if task.ending in (Ending.NOT_RATED, Ending.NOBODY_TO_RATE):
        return _("Closed")
    return _("Rated")


def _states(names: list[tuple[str, datetime | None]], now: int) -> list[Step]:
    return [
        Step(
            name,
            "done" if number < now else "now" if number == now else "todo",
            at if number < now else None,
        )
        for number, (name, at) in enumerate(names)
    ]
