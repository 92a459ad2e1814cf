"""Which limit of a task runs now, and when its steps are due."""

from dataclasses import dataclass
from datetime import datetime

from orgs.calendar.working_time import Calendar, Span, calendar
from orgs.enums import TimeUnit
from tasks.catalogue.stage_rules import rules_in_force
from tasks.enums import STAGES, WITH_DEPARTMENTS, LimitKind, StageUrgency, Status
from tasks.models import StageRule, Task, WhistleRule

# So much of a limit passes before the reminder: a quarter is left.
QUARTERS = 3


def limits(rule: WhistleRule, now: datetime) -> dict[str, datetime]:
    """The limits of a dispatch made now; the later ones never end before the earlier."""
    days = calendar()
    report_in_by = days.after(now, rule.span(LimitKind.REPORT_IN))
    respond_by = max(report_in_by, days.after(now, rule.span(LimitKind.CONTACT)))
    resolve_by = max(respond_by, days.after(now, rule.span(LimitKind.RESOLVE)))
    return {"report_in_by": report_in_by, "respond_by": respond_by, "resolve_by": resolve_by}


def work_limit(task: Task) -> datetime | None:
    """Until when the work is to be done, granted extensions included; None where no dispatch holds.

    A dispatch holds while departments work, and after they did the work until it is taken up again.
    """
    done = task.resolved_at is not None and task.worked_from in WITH_DEPARTMENTS
    lead = task.lead_part if done or task.status in WITH_DEPARTMENTS else None
    if lead is None:
        return None
    granted = (
        request.until
        for request in task.requests.all()
        if request.granted and request.round == lead.round
    )
    return max((limit for limit in (lead.resolve_by, *granted) if limit), default=task.resolve_by)


@dataclass(frozen=True)
class Running:
    """The limit that runs: which, until when, since when, and by which rule."""

    kind: LimitKind
    at: datetime
    since: datetime
    rule: WhistleRule | StageRule


def running(task: Task) -> Running | None:
    """The limit that runs now; None where nobody has to act by a day.

    Accepting, handling and dispatching first; then report in, contact and resolve of the dispatch.
    """
    if task.status in STAGES and task.stage_rule and task.stage_from:
        return _stage(task, task.stage_rule, task.stage_from)
    lead = task.lead_part if task.status in WITH_DEPARTMENTS else None
    if lead is None:
        return None
    if lead.reported_in_at is None:
        kind, limit = LimitKind.REPORT_IN, lead.report_in_by
    elif lead.contacted_at is None:
        kind, limit = LimitKind.CONTACT, lead.respond_by
    else:
        kind, limit = LimitKind.RESOLVE, task.resolve_by
    assert limit is not None, "the limits of a dispatch under way are known"
    assert task.whistle_rule is not None, "the database keeps a rule with every dispatch"
    return Running(kind, limit, lead.dispatched_at, task.whistle_rule)


def _stage(task: Task, rule: StageRule, since: datetime) -> Running:
    """The limit of a stage, with the more time that was granted while it was handled."""
    kind = STAGES[Status(task.status)]
    limit = calendar().after(since, rule.span(kind))
    if kind == LimitKind.HANDLE and (task.has_requests or task.dispatch_round):
        asked = (request for request in task.requests.all() if request.asked_at >= since)
        granted = (request.until for request in asked if request.granted and request.until)
        limit = max([limit, *granted])
    return Running(kind, limit, since, rule)


def begin(task: Task, now: datetime, *, moved: bool) -> None:
    """Notes with which rule the stage of a task runs, and since when.

    Accepting and dispatching begin anew whenever the task comes there; handling goes on while the
    task is offered and taken back. A task that turns out to be an emergency has the emergency's
    limit from that moment. One that was there before stages had limits is in its stage since it came
    there.
    """
    kind = STAGES.get(Status(task.status))
    if kind is None:
        task.stage_rule = task.stage_from = None
        return
    rule = task.stage_rule
    urgency = StageUrgency.EMERGENCY if task.is_urgent else StageUrgency.ORDINARY
    goes_on = task.limit_kind == kind and not (moved and kind != LimitKind.HANDLE)
    if not goes_on or rule is None:
        task.stage_rule = rules_in_force()[urgency]
        task.stage_from = now if moved or rule else task.moved_at
    elif rule.kind != urgency:
        task.stage_rule = rules_in_force()[urgency]
        task.stage_from = now if task.is_urgent else task.stage_from


def wind(task: Task) -> None:
    """Notes the limits that run now with the moments of their steps; another limit begins anew.

    Needs the assignments and the requests.
    """
    task.resolve_by = work_limit(task)
    now_runs = running(task)
    if (now_runs and (now_runs.kind, now_runs.at)) == (
        task.limit_at and (task.limit_kind, task.limit_at)
    ):
        return
    task.limit_step = 0
    if now_runs is None:
        task.limit_kind = ""
        task.limit_at = task.remind_at = task.street_at = task.district_at = None
        task.next_step_at = None
        return
    task.limit_kind, task.limit_at = now_runs.kind, now_runs.at
    rule, days = now_runs.rule, calendar()
    unit = rule.span(now_runs.kind).unit
    task.remind_at = days.part_of(now_runs.since, now_runs.at, unit, QUARTERS)
    task.street_at = _later(days, now_runs.at, rule.street_after, unit)
    task.district_at = _later(days, now_runs.at, rule.district_after, unit)
    task.next_step_at = task.remind_at


def _later(days: Calendar, limit: datetime, minutes: int, unit: TimeUnit) -> datetime:
    """So long after a limit, in the time in which it ran."""
    if unit != TimeUnit.MINUTES:
        unit = TimeUnit.OFFICE_MINUTES
    return days.after(limit, Span(minutes, unit))
