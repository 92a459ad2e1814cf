"""Which limit of a task runs now, and when its steps are due."""

from datetime import datetime

from orgs.calendar.working_time import Calendar, Span, calendar
from orgs.enums import TimeUnit
from tasks.enums import WITH_DEPARTMENTS, LimitKind
from tasks.models import Task, WhistleRule

# So much of a limit passes before the reminder: a quarter is left.
QUARTERS = 3


def start(task: Task, rule: WhistleRule, now: datetime) -> None:
    """Sets the limits of a dispatch; the later ones never end before the earlier."""
    days = calendar()
    task.dispatched_at = now
    task.report_in_by = days.after(now, rule.span(LimitKind.REPORT_IN))
    task.respond_by = max(task.report_in_by, days.after(now, rule.span(LimitKind.CONTACT)))
    task.resolve_by = max(task.respond_by, days.after(now, rule.span(LimitKind.RESOLVE)))


def running(task: Task) -> tuple[LimitKind, datetime] | None:
    """The limit that runs: report in, then contact, then resolve; None once it is done.

    Needs the assignments.
    """
    if task.status not in WITH_DEPARTMENTS:
        return None
    lead = task.lead_part
    if lead is None or lead.reported_in_at is None:
        kind, limit = LimitKind.REPORT_IN, task.report_in_by
    elif lead.contacted_at is None:
        kind, limit = LimitKind.CONTACT, task.respond_by
    else:
        kind, limit = LimitKind.RESOLVE, task.resolve_by
    assert limit is not None, "the database keeps the limits with every dispatch"
    return kind, limit


def wind(task: Task) -> None:
    """Notes the limit that runs now with the moments of its steps; another limit begins anew."""
    found = running(task)
    if found == (task.limit_kind, task.limit_at):
        return
    task.limit_step = 0
    if found is None:
        task.limit_kind = ""
        task.limit_at = task.remind_at = task.street_at = task.district_at = None
        task.next_step_at = None
        return
    task.limit_kind, task.limit_at = found
    rule, began = task.whistle_rule, task.dispatched_at
    assert rule is not None, "the database keeps a rule with every dispatch"
    assert began is not None, "the database keeps a moment with every dispatch"
    days, unit = calendar(), rule.span(found[0]).unit
    task.remind_at = days.part_of(began, found[1], unit, QUARTERS)
    task.street_at = _later(days, found[1], rule.street_after, unit)
    task.district_at = _later(days, found[1], rule.district_after, unit)
    task.next_step_at = task.remind_at


def _later(days: Calendar, limit: datetime, minutes: int, unit: TimeUnit) -> datetime:
    """So long after a limit, in the time in which it ran."""
    if unit != TimeUnit.MINUTES:
        unit = TimeUnit.OFFICE_MINUTES
    return days.after(limit, Span(minutes, unit))
