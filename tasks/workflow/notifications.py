"""Who is told of what happens to a task: read from the timeline, so that no step has to wait for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.calendar import duty
from orgs.enums import NoticeWay, Role
from orgs.models import DutyDay
from orgs.notifications import notifications
from orgs.notifications.notifications import NoticeKind, Telling
from orgs.units.queries import holders, officers
from tasks.enums import (
    COMMUNITY_ROLES,
    HANDLER_ROLES,
    HELPER_ROLES,
    OPEN,
    PRIVATE_STANDINGS,
    STREET_ROLES,
    WITH_DEPARTMENTS,
    Action,
    LimitKind,
    LimitStep,
    Status,
    Triage,
    WhistleKind,
    Who,
)
from tasks.event_reader import read_events
from tasks.feedback import feedback
from tasks.models import Assignment, Event, Task

BOOKMARK = "tasks.events"
AT_ONCE = 500
# Older news is none: after a long stop nobody is told of last month.
STALE_AFTER = timedelta(days=2)

WORK, URGED, LIMIT, EMERGENCY, OFFERED, MINE, RATED, SAID = (
    "work",
    "urged",
    "limit",
    "emergency",
    "offered",
    "mine",
    "rated",
    "said",
)


def _text(data: Mapping[str, Any]) -> str:
    return _("%(what)s: %(title)s (%(number)s, %(place)s)") % {
        "what": _what(data),
        "title": data["title"],
        "number": data["number"],
        "place": data["place"],
    }


def _invitation(data: Mapping[str, Any]) -> str:
    until = date_format(date.fromisoformat(data["until"]))
    return _("%(street)s asks you to rate departments until %(until)s.") % {**data, "until": until}


def _what(data: Mapping[str, Any]) -> str:
    """What happened: for a limit which one, and whether it comes or has passed."""
    match data["action"]:
        case Action.REMIND if "limit" in data:
            return _("%(limit)s nearly due") % {"limit": LimitKind(data["limit"]).label}
        case Action.ESCALATE if "limit" in data:
            return _("%(limit)s overdue") % {"limit": LimitKind(data["limit"]).label}
        case action:
            return str(Action(action).label)


KINDS = (
    NoticeKind(EMERGENCY, gettext_lazy("emergency"), _text, urgent=True),
    NoticeKind(WORK, gettext_lazy("a task is yours to act on"), _text),
    NoticeKind(URGED, gettext_lazy("somebody urges you"), _text),
    NoticeKind(LIMIT, gettext_lazy("a limit comes or has passed"), _text),
    NoticeKind(SAID, gettext_lazy("a remark on your task"), _text, NoticeWay.PORTAL),
    NoticeKind(RATED, gettext_lazy("your work was rated"), _text, NoticeWay.PORTAL),
    NoticeKind(OFFERED, gettext_lazy("a task near you is open to take"), _text, NoticeWay.PORTAL),
    NoticeKind(MINE, gettext_lazy("your own report"), _text),
    NoticeKind(feedback.INVITED, gettext_lazy("you are asked to rate departments"), _invitation),
)

# What the reporter is told of.
_FOR_REPORTER = frozenset(
    {
        Action.ACCEPT,
        Action.DECLINE,
        Action.MERGE,
        Action.DISPATCH,
        Action.CONFIRM,
        Action.EXPIRE,
    }
)
_FOR_HANDLERS = frozenset(
    {Action.REPORT, Action.TRANSFER, Action.RETURN, Action.REOPEN, Action.WITHDRAW}
)


@dataclass
class _Staff:
    """Who holds what where, each asked for once."""

    today: date
    _held: dict[Any, set[int]] = field(default_factory=dict)

    def at(self, task: Task, roles: Iterable[Role]) -> set[int]:
        key = (task.unit_id, frozenset(roles))
        if key not in self._held:
            self._held[key] = holders(task.unit, roles, self.today)
        return self._held[key]

    def of(self, departments: Iterable[int]) -> set[int]:
        key = frozenset(departments)
        if key not in self._held:
            self._held[key] = officers(key, self.today) if key else set()
        return self._held[key]

    def handlers(self, task: Task) -> set[int]:
        """Whoever receives the task: community and grid, or the street in their place."""
        return self.at(task, STREET_ROLES if task.triage == Triage.STREET else HANDLER_ROLES)


def _called(task: Task, *, lead_only: bool = False) -> set[int]:
    """The departments of the present dispatch."""
    called = task.present_parts
    return {part.department_id for part in called if part.role == "lead" or not lead_only}


def _workers(task: Task, status: str, staff: _Staff) -> set[int]:
    """Whoever had the task in hand in a state."""
    if status in WITH_DEPARTMENTS:
        return staff.of(_called(task, lead_only=True))
    if status == Status.TAKEN:
        return {task.taker_id} if task.taker_id else set()
    if status == Status.WHISTLED:
        return staff.at(task, STREET_ROLES)
    return staff.handlers(task)


def _confirmers(task: Task, staff: _Staff) -> set[int]:
    if task.worked_from in WITH_DEPARTMENTS or task.status in WITH_DEPARTMENTS:
        return staff.at(task, STREET_ROLES)
    if task.offered_as == Who.SECRETARY:
        return staff.at(task, {Role.BRANCH_SECRETARY})
    return staff.handlers(task)


def _calls(
    task: Task, event: Event, staff: _Staff, *, street: bool, stand_ins: bool
) -> dict[str, set[int]]:
    """Whom a step calls. An emergency wakes whoever has the duty; the others read it by day.

    Where nobody has the duty (or who has it holds the office no more) it wakes all.
    """
    places = [task.unit.get_root().pk] if street else _called(task)
    holders = {
        place: staff.at(task, STREET_ROLES) if street else staff.of([place]) for place in places
    }
    everybody = set().union(*holders.values())
    if task.whistle_kind != WhistleKind.EMERGENCY:
        return {WORK: everybody}
    named = {"streets" if street else "departments": places}
    turns = {
        day.street_id if street else day.department_id: day
        for day in duty.on_duty(**named, now=event.at)
    }
    woken: set[int] = set()
    for place, people in holders.items():
        woken |= _on_turn(turns.get(place), people, stand_ins=stand_ins) or people
    return {EMERGENCY: woken, WORK: everybody - woken}


def _on_turn(turn: DutyDay | None, people: set[int], *, stand_ins: bool) -> set[int]:
    """Whoever has the duty, or else the stand-in; both where stand-ins are wanted."""
    named = [turn.person_id, turn.stand_in_id] if turn else []
    present = [person for person in named if person in people]
    return set(present if stand_ins else present[:1])


def audience(event: Event, staff: _Staff) -> dict[str, set[int]]:
    """Who is told of an entry, by the kind of notice."""
    task, told = event.task, {}
    match event.action:
        case action if action in _FOR_HANDLERS:
            told[WORK] = staff.handlers(task)
        case Action.WHISTLE:
            told |= _calls(task, event, staff, street=True, stand_ins=False)
        case Action.OFFER | Action.DROP:
            told[OFFERED] = staff.at(task, HELPER_ROLES)
        case Action.DISPATCH:
            told |= _calls(task, event, staff, street=False, stand_ins=False)
        case Action.REFUSE | Action.DECIDE_REFUSAL if event.to_status == Status.WHISTLED:
            told |= _calls(task, event, staff, street=True, stand_ins=False)
        case Action.REFUSE if event.data.get("asks"):
            told[WORK] = staff.at(task, {Role.DISTRICT_OFFICE})
        case Action.REQUEST_EXTENSION | Action.RESOLVE:
            told[WORK] = _confirmers(task, staff)
        case Action.DECIDE_EXTENSION | Action.DECIDE_REFUSAL | Action.REWORK:
            told[WORK] = _workers(task, event.to_status, staff)
        case Action.RATE:
            told[RATED] = _workers(task, task.worked_from, staff)
        case Action.URGE:
            told[URGED] = _workers(task, event.to_status, staff)
        case Action.COMMENT if event.who in PRIVATE_STANDINGS and event.to_status in OPEN:
            told[SAID] = _workers(task, event.to_status, staff)
        case Action.COMMENT if not event.internal and task.reporter_id:
            told[SAID] = {task.reporter_id}
        case Action.REMIND:
            told[LIMIT] = staff.of(_called(task, lead_only=True))
        case Action.ESCALATE:
            told |= _escalated(event, staff)
    if event.action in _FOR_REPORTER and task.reporter_id:
        told[MINE] = {task.reporter_id}
    return told


def _escalated(event: Event, staff: _Staff) -> dict[str, set[int]]:
    task = event.task
    match event.data["step"]:
        case LimitStep.COMMUNITY:
            told = staff.at(task, COMMUNITY_ROLES) | staff.of(_called(task, lead_only=True))
        case LimitStep.STREET:
            told = staff.at(task, STREET_ROLES)
        case _:
            told = staff.at(task, {Role.DISTRICT_OFFICE})
    if task.whistle_kind == WhistleKind.EMERGENCY:
        called = _calls(task, event, staff, street=False, stand_ins=True)
        return {EMERGENCY: told | called[EMERGENCY]}
    return {LIMIT: told}


def tell_of_events(now: datetime) -> int:
    """Tells people of what stands on the timelines since the last time; answers how many notices.

    Whoever was told already is not told again.
    """
    parts = Prefetch("task__assignments", Assignment.objects.order_by("round", "-role", "pk"))
    events = Event.objects.select_related("task__unit").prefetch_related(parts)
    told: list[int] = []

    def tell(found: list[Event]) -> None:
        told.append(notifications.notify(_tellings(found, now), now=now))

    read_events(BOOKMARK, tell, events=events, now=now, at_once=AT_ONCE, oldest=STALE_AFTER)
    return sum(told)


def _tellings(events: Iterable[Event], now: datetime) -> Iterable[Telling]:
    staff = _Staff(timezone.localdate(now))
    for event in events:
        if event.at < now - STALE_AFTER:
            continue
        for kind, people in audience(event, staff).items():
            for person in people - {event.by_id}:
                yield Telling(
                    kind,
                    f"task-event:{event.pk}",
                    person,
                    reverse("tasks:task", args=[event.task.number]),
                    {
                        "action": event.action,
                        "number": event.task.number,
                        "title": event.task.title,
                        "place": event.task.unit.path_name,
                    }
                    | ({"limit": event.data["limit"]} if "limit" in event.data else {}),
                )
