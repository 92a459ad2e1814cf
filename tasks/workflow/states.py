"""What each viewer is told of a task in each state: one table.

For the reporter a sentence, what comes next and how far along it is; for those who work on it who has
it now and which step of the process is under way.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.templatetags.portal import Step
from orgs.values.text import listed
from orgs.workflow.specification import text_for
from tasks.catalogue.catalogue import rule_in_force
from tasks.enums import WITH_DEPARTMENTS, Action, Ending, LimitKind, Status, Triage, WhistleKind
from tasks.models import Event, Task

if TYPE_CHECKING:
    from orgs.workflow.specification import Text


@dataclass(frozen=True, kw_only=True)
class State:
    """`sentence` and `next_step` are the reporter's; `reached`: how many of the reporter's five
    steps lie behind. `holder` has the task now. `whistled` and `handled` are the numbers of the
    steps under way in the process with departments and in the one without (None: not on that way).
    """

    sentence: "Text"
    next_step: "Text"
    holder: Callable[[Task], str]
    reached: int
    whistled: int | None = None
    handled: int | None = None


def _lead(task: Task) -> str:
    lead = task.lead_part
    return lead.department.short_name if lead else ""


def _received(task: Task) -> str:
    if task.triage == Triage.STREET:
        return _("Received, waiting for the street to accept it")
    return _("Received, waiting for the community to accept it")


def _who_decides(task: Task) -> str:
    if task.triage == Triage.STREET:
        return _("The street decides who handles it.")
    return _("The community decides who handles it.")


def _sent(task: Task) -> str:
    return _("Sent to %(department)s, waiting for it to report in") % {"department": _lead(task)}


def _worked_on(task: Task) -> str:
    return _("%(department)s has reported in and is working on it") % {"department": _lead(task)}


def _asked_to_rate(task: Task) -> str:
    if not task.has_rater:
        return ""
    return _("Say whether you were contacted and whether it is solved.")


def _closed(task: Task) -> str:
    match task.ending:
        case Ending.MERGED:
            return _("Joined to another report of the same problem")
        case Ending.RATED:
            return _("Solved and rated")
    return _("Done")


def _street(task: Task) -> str:
    return task.unit.path_name.split(" ")[0]


def receiver(task: Task) -> str:
    """The community, or the street in its place."""
    names = task.unit.path_name.split(" ")
    return names[0] if task.triage == Triage.STREET or len(names) == 1 else names[1]


def _departments(task: Task) -> str:
    return listed(part.department.short_name for part in task.present_parts)


def _confirmer(task: Task) -> str:
    return _street(task) if task.worked_from in WITH_DEPARTMENTS else receiver(task)


def _nobody(task: Task) -> str:
    return ""


_RATED_WHEN_DONE = gettext_lazy("You are asked to rate it when it is done.")

STATES: dict[Status, State] = {
    Status.SUBMITTED: State(
        sentence=_received, next_step=_who_decides, holder=receiver, reached=1, handled=1,
    ),
    Status.HANDLING: State(
        sentence=gettext_lazy("The community is working on it"), next_step=_RATED_WHEN_DONE,
        holder=receiver, reached=2, handled=2,
    ),
    Status.OFFERED: State(
        sentence=gettext_lazy("Party members and volunteers nearby are asked to help"),
        next_step=gettext_lazy("Work begins as soon as somebody takes it."),
        holder=lambda task: _("open to members"), reached=2, handled=2,
    ),
    Status.TAKEN: State(
        sentence=gettext_lazy("A party member or volunteer has taken it on"),
        next_step=_RATED_WHEN_DONE, holder=lambda task: _("taken by a member"), reached=2,
        handled=2,
    ),
    Status.WHISTLED: State(
        sentence=gettext_lazy("The community whistled, waiting for the street to call departments"),
        next_step=gettext_lazy("The street names the department in charge."), holder=_street,
        reached=2, whistled=2,
    ),
    Status.DISPATCHED: State(
        sentence=_sent,
        next_step=gettext_lazy("The department reports in and gets in touch with you."),
        holder=_departments, reached=2, whistled=3,
    ),
    Status.REPORTED_IN: State(
        sentence=_worked_on, next_step=_RATED_WHEN_DONE, holder=_departments, reached=2, whistled=4,
    ),
    Status.RESOLVED: State(
        sentence=gettext_lazy("Reported as done, the result is being checked"),
        next_step=gettext_lazy("Then you are asked whether it is solved."), holder=_confirmer,
        reached=3, whistled=4, handled=3,
    ),
    Status.RATING: State(
        sentence=gettext_lazy("Done, waiting for your rating"), next_step=_asked_to_rate,
        holder=lambda task: _("the reporter"), reached=4, whistled=5, handled=4,
    ),
    Status.CLOSED: State(
        sentence=_closed, next_step="", holder=_nobody, reached=5, whistled=6, handled=5,
    ),
    Status.DECLINED: State(
        sentence=gettext_lazy("Not taken up"),
        next_step=gettext_lazy("You can read why, and have it taken up again."), holder=_nobody,
        reached=5,
    ),
    Status.WITHDRAWN: State(
        sentence=gettext_lazy("Withdrawn"), next_step="", holder=_nobody, reached=5,
    ),
}  # fmt: skip


def sentence(task: Task) -> str:
    """The state as a sentence. Needs the assignments (`queries.rows` or `whole`)."""
    return text_for(STATES[Status(task.status)].sentence, task)


def next_step(task: Task) -> str:
    """What happens next, as a sentence; "" where nothing does."""
    return text_for(STATES[Status(task.status)].next_step, task)


def holder(task: Task) -> str:
    """Who has a task now, in a few words; assignments and unit must be loaded."""
    return STATES[Status(task.status)].holder(task)


def reporter_steps(task: Task) -> list[Step]:
    """The way from report to rating, as far as it was gone."""
    match task.status:
        case Status.DECLINED:
            return _cut_short(task, _("Not taken up"))
        case Status.WITHDRAWN:
            return _cut_short(task, _("Withdrawn"))
        case Status.CLOSED if task.ending == Ending.MERGED:
            return _cut_short(task, _("Joined to another report"))
    is_rated = not task.closed_at or task.ending == Ending.RATED
    names = [
        (_("Reported"), task.created_at),
        (_("Accepted"), None),
        (_("Being handled"), None),
        (_("Done"), task.resolved_at),
        (_("Rated") if is_rated else _("Closed"), task.closed_at),
    ]
    return _steps(names, STATES[Status(task.status)].reached)


def promise(task: Task) -> str:
    """By when departments act, once they are called: the limits in force, as a sentence."""
    rule = rule_in_force(WhistleKind.EMERGENCY if task.is_urgent else WhistleKind.PUBLIC)
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


def process(task: Task, events: Iterable[Event]) -> list[Step]:
    """For those who work on it: the steps done, under way and to come, with the times of those done."""
    if task.status in (Status.DECLINED, Status.WITHDRAWN) or task.merged_into_id:
        ending = _("Merged") if task.merged_into_id else task.get_status_display()
        return _cut_short(task, ending[:1].upper() + ending[1:])
    last = {event.action: event.at for event in events}
    state = STATES[Status(task.status)]
    unrated = task.ending in (Ending.NOT_RATED, Ending.NOBODY_TO_RATE)
    rated = (_("Closed") if unrated else _("Rated"), last.get(Action.RATE) or task.closed_at)
    if state.whistled and (state.handled is None or task.worked_from in WITH_DEPARTMENTS):
        done = _("Done, to be confirmed") if task.status == Status.RESOLVED else _("Resolved")
        names = [
            (_("Reported"), task.created_at),
            (_("Whistled"), last.get(Action.WHISTLE)),
            (_("Dispatched"), last.get(Action.DISPATCH)),
            (_("Reported in"), last.get(Action.REPORT_IN)),
            (done, last.get(Action.RESOLVE)),
            rated,
        ]
        return _steps(names, state.whistled)
    names = [
        (_("Reported"), task.created_at),
        (_("Accepted"), last.get(Action.ACCEPT)),
        (_("Handled"), last.get(Action.RESOLVE)),
        (_("Confirmed"), last.get(Action.CONFIRM)),
        rated,
    ]
    return _steps(names, state.handled or len(names))


def _cut_short(task: Task, ending: str) -> list[Step]:
    return [Step(_("Reported"), "done", task.created_at), Step(ending, "done", task.closed_at)]


def _steps(names: list[tuple[str, datetime | None]], now: int) -> list[Step]:
    return [
        Step(
            name,
            "done" if number < now else "now" if number == now else "todo",
            at if number < now else None,
        )
        for number, (name, at) in enumerate(names)
    ]
