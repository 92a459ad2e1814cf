"""Who is told of an entry on a task's timeline, by the kind of notice."""

from collections.abc import Iterable

from django.db.models import Q

from orgs.calendar import duty
from orgs.enums import Role
from orgs.models import DutyDay
from orgs.workflow.notifications import Staff
from tasks.enums import (
    COMMUNITY_ROLES,
    GUEST_ROLES,
    HANDLER_ROLES,
    HELPER_ROLES,
    OPEN,
    PRIVATE_RELATIONS,
    STAGE_LIMITS,
    STREET_ROLES,
    WITH_DEPARTMENTS,
    GuestKind,
    LimitStep,
    Status,
    Triage,
    Who,
)
from tasks.models import Event, Follow, Task, VisitGuest

# The kinds of notices.
WORK, URGED, LIMIT, EMERGENCY = "work", "urged", "limit", "emergency"
OFFERED, MINE, RATED, SAID = "offered", "mine", "rated", "said"
VISIT, FOLLOWED = "visit", "followed"

Recipients = dict[str, set[int]]


def reporter(event: Event, staff: Staff) -> Recipients:
    return {MINE: {event.task.reporter_id}} if event.task.reporter_id else {}


def result(event: Event, staff: Staff) -> Recipients:
    """How it came out: its reporter, whoever follows it, and whose report was merged into it."""
    task = event.task
    followers = Follow.objects.filter(Q(task=task) | Q(task__merged_into=task))
    merged = Task.objects.filter(merged_into=task).exclude(reporter=None)
    told = {*followers.values_list("user", flat=True), *merged.values_list("reporter", flat=True)}
    return reporter(event, staff) | {FOLLOWED: told - {task.reporter_id}}


def handlers(event: Event, staff: Staff) -> Recipients:
    """Whoever receives the task; an emergency at once, and whoever has the street's duty too."""
    people = _handlers(event.task, staff)
    if not event.task.is_urgent:
        return {WORK: people}
    called = _called(event, staff, street=True, stand_ins=False)
    return {EMERGENCY: people | called[EMERGENCY]}


def corrected(event: Event, staff: Staff) -> Recipients:
    """Whoever has it in hand; at once where it turns out to be an emergency."""
    people = _workers(event.task, event.to_status, staff)
    if not event.data.get("became_urgent"):
        return {WORK: people}
    called = _called(event, staff, street=True, stand_ins=False)
    return {EMERGENCY: people | called[EMERGENCY]}


def helpers(event: Event, staff: Staff) -> Recipients:
    """Members and volunteers at the task's place."""
    return {OFFERED: staff.at(event.task.unit, HELPER_ROLES)}


def confirmers(event: Event, staff: Staff) -> Recipients:
    """Whoever handed the work out."""
    task = event.task
    if task.worked_from in WITH_DEPARTMENTS or task.status in WITH_DEPARTMENTS:
        return {WORK: staff.at(task.unit, STREET_ROLES)}
    if task.offered_as == Who.SECRETARY:
        return {WORK: staff.at(task.unit, {Role.BRANCH_SECRETARY})}
    return {WORK: _handlers(task, staff)}


def more_time_asked(event: Event, staff: Staff) -> Recipients:
    """Whoever decides: for the community's own work the street."""
    if event.to_status == Status.HANDLING:
        return {WORK: staff.at(event.task.unit, STREET_ROLES)}
    return confirmers(event, staff)


def workers(event: Event, staff: Staff) -> Recipients:
    return {WORK: _workers(event.task, event.to_status, staff)}


def urged(event: Event, staff: Staff) -> Recipients:
    return {URGED: _workers(event.task, event.to_status, staff)}


def rated(event: Event, staff: Staff) -> Recipients:
    return {RATED: _workers(event.task, event.task.worked_from, staff)}


def spoken_to(event: Event, staff: Staff) -> Recipients:
    """Whoever works on it hears private people; the reporter hears the authorities."""
    task = event.task
    if event.who in PRIVATE_RELATIONS and event.to_status in OPEN:
        return {SAID: _workers(task, event.to_status, staff)}
    if not event.internal and task.reporter_id:
        return {SAID: {task.reporter_id}}
    return {}


def street_called(event: Event, staff: Staff) -> Recipients:
    """The street is to dispatch."""
    return _called(event, staff, street=True, stand_ins=False)


def dispatched(event: Event, staff: Staff) -> Recipients:
    """The departments are to report in; the reporter reads who does."""
    called = _called(event, staff, street=False, stand_ins=False)
    return {**called, **reporter(event, staff)}


def refused(event: Event, staff: Staff) -> Recipients:
    """The street dispatches anew, or the district decides."""
    if event.to_status == Status.WHISTLED:
        return street_called(event, staff)
    if event.data.get("asks"):
        return {WORK: staff.at(event.task.unit, {Role.DISTRICT_OFFICE})}
    return {}


def refusal_decided(event: Event, staff: Staff) -> Recipients:
    """The street dispatches anew, or the department goes on."""
    if event.to_status == Status.WHISTLED:
        return street_called(event, staff)
    return workers(event, staff)


def handed(event: Event, staff: Staff) -> Recipients:
    """To whom it was handed, or who had handed it on."""
    return {WORK: {event.data["to"]}} if event.data.get("to") else {}


def invited(event: Event, staff: Staff) -> Recipients:
    """Whoever is invited to a joint visit, by an office or a department."""
    guests = VisitGuest.objects.filter(visit=event.data["visit"]).select_related("unit")
    return {VISIT: guest_people(guests, staff)}


def visit_recorded(event: Event, staff: Staff) -> Recipients:
    """Whoever works on the task reads what was agreed."""
    return {SAID: _workers(event.task, event.to_status, staff)}


def guest_people(guests: Iterable[VisitGuest], staff: Staff) -> set[int]:
    """The people behind the guests of a visit; those from outside have no account."""
    people: set[int] = set()
    for guest in guests:
        if guest.department_id:
            people |= staff.of([guest.department_id])
        elif guest.unit:
            people |= staff.at(guest.unit, GUEST_ROLES[GuestKind(guest.kind)])
    return people


def reminded(event: Event, staff: Staff) -> Recipients:
    if event.data["limit"] in STAGE_LIMITS:
        return {LIMIT: _in_hand(event, staff)}
    return {LIMIT: staff.of(_departments(event.task, lead_only=True))}


def escalated(event: Event, staff: Staff) -> Recipients:
    """Whoever stands one step higher; of an emergency also whoever has the duty."""
    task, of_stage = event.task, event.data["limit"] in STAGE_LIMITS
    match event.data["step"]:
        case LimitStep.COMMUNITY if of_stage:
            people = _in_hand(event, staff)
        case LimitStep.COMMUNITY:
            lead = staff.of(_departments(task, lead_only=True))
            people = staff.at(task.unit, COMMUNITY_ROLES) | lead
        case LimitStep.STREET:
            people = staff.at(task.unit, STREET_ROLES)
        case _:
            people = staff.at(task.unit, {Role.DISTRICT_OFFICE})
    if task.is_urgent:
        called = _called(event, staff, street=of_stage, stand_ins=True)
        return {EMERGENCY: people | called[EMERGENCY]}
    return {LIMIT: people}


# --- Who that is -----------------------------------------------------------------------------------


def _handlers(task: Task, staff: Staff) -> set[int]:
    """Community and grid, or the street in their place."""
    return staff.at(task.unit, STREET_ROLES if task.triage == Triage.STREET else HANDLER_ROLES)


def _departments(task: Task, *, lead_only: bool = False) -> set[int]:
    """The departments of the present dispatch."""
    called = task.present_parts
    return {part.department_id for part in called if part.role == "lead" or not lead_only}


def _workers(task: Task, status: str, staff: Staff) -> set[int]:
    """Whoever had the task in hand in a state."""
    if status in WITH_DEPARTMENTS:
        return staff.of(_departments(task, lead_only=True))
    if status == Status.TAKEN:
        return {task.taker_id} if task.taker_id else set()
    if status == Status.WHISTLED:
        return staff.at(task.unit, STREET_ROLES)
    return _handlers(task, staff)


def _in_hand(event: Event, staff: Staff) -> set[int]:
    """Whoever is to act before departments do: community and grid, who took it, or the street."""
    people = _workers(event.task, event.to_status, staff)
    if event.to_status == Status.TAKEN:
        return people | _handlers(event.task, staff)
    return people


def _called(event: Event, staff: Staff, *, street: bool, stand_ins: bool) -> Recipients:
    """Whom a step calls. An emergency wakes whoever has the duty; the others read it by day.

    Where nobody has the duty (or who has it holds the office no more) it wakes all.
    """
    task = event.task
    places = [task.unit.get_root().pk] if street else _departments(task)
    holders = {
        place: staff.at(task.unit, STREET_ROLES) if street else staff.of([place])
        for place in places
    }
    everybody = set().union(*holders.values())
    if not task.is_urgent:
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
