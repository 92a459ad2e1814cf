"""Which limit of a task runs now, and when its steps are due."""

from datetime import datetime

from orgs.calendar.working_time import Calendar, Span, calendar
from orgs.enums import TimeUnit
from tasks.enums import WITH_DEPARTMENTS, LimitKind
from tasks.models import Task, WhistleRule

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


def running(task: Task) -> tuple[LimitKind, datetime] | None:
    """The limit that runs: report in, then contact, then resolve; None once it is done."""
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
    return kind, limit


def wind(task: Task) -> None:
    """Notes the limits that run now with the moments of their steps; another limit begins anew.

    Needs the assignments and the requests.
    """
    task.resolve_by = work_limit(task)
    limit = running(task)
    if limit == (task.limit_kind, task.limit_at):
        return
    task.limit_step = 0
    if limit is None:
        task.limit_kind = ""
        task.limit_at = task.remind_at = task.street_at = task.district_at = None
        task.next_step_at = None
        return
    task.limit_kind, task.limit_at = limit
    rule, lead = task.whistle_rule, task.lead_part
    assert rule is not None, "the database keeps a rule with every dispatch"
    assert lead is not None, "what runs is the limit of a lead"
    days, unit = calendar(), rule.span(limit[0]).unit
    task.remind_at = days.part_of(lead.dispatched_at, limit[1], unit, QUARTERS)
    task.street_at = _later(days, limit[1], rule.street_after, unit)
    task.district_at = _later(days, limit[1], rule.district_after, unit)
    task.next_step_at = task.remind_at


def _later(days: Calendar, limit: datetime, minutes: int, unit: TimeUnit) -> datetime:
    """So long after a limit, in the time in which it ran."""
    if unit != TimeUnit.MINUTES:
        unit = TimeUnit.OFFICE_MINUTES
    return days.after(limit, Span(minutes, unit))
