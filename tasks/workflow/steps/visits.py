"""A joint visit on the spot (联合到场): arranged, written down, or cancelled."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from orgs.enums import UnitKind
from orgs.errors import Refused
from orgs.models import Department, Unit
from tasks.enums import GUEST_PLACES, MOST_GUESTS, Action, GuestKind
from tasks.models import JointVisit, Task, VisitGuest
from tasks.workflow.rules.visits import close, told
from tasks.workflow.rules.workflow import WORKFLOW
from tasks.workflow.steps.dispatch import refuse_strangers

if TYPE_CHECKING:
    from tasks.workflow.rules.relations import Actor

# Whoever is invited is reminded so long before, the first that still lies ahead.
REMIND_BEFORE = (timedelta(days=1), timedelta(hours=1))
# No appointment lies further ahead.
FURTHEST = timedelta(days=180)
# Of somebody from outside.
LONGEST_NAME = 60


def arrange(
    *,
    task: Task,
    starts_at: datetime,
    by: "Actor",
    now: datetime,
    place: str = "",
    subject: str = "",
    departments: Sequence[Department] = (),
    guests: Sequence[GuestKind] = (),
    others: Sequence[str] = (),
) -> Task:
    """Invites departments, offices at the task's place (`guests`) and people from outside by name.

    Place and subject are what those invited read; by default the place on record and the kind of
    problem, never a word of the report. Raises Refused for a time that has passed or lies too far
    ahead, for nobody or too many, and for whom nobody can invite here.
    """
    with WORKFLOW.step(Action.ARRANGE_VISIT, task, by=by, now=now) as move:
        row = move.task
        if not now < starts_at <= now + FURTHEST:
            raise Refused(_("Choose a time within the next half year."), field="starts_at")
        refuse_strangers(departments, row.unit)
        invited = [*_departments(departments), *_offices(guests, row.unit), *_others(others)]
        if not 0 < len(invited) <= MOST_GUESTS:
            raise Refused(
                _("Invite 1 to %(most)d sides.") % {"most": MOST_GUESTS}, code="bad_guests"
            )
        visit = JointVisit.objects.create(
            task=row,
            starts_at=starts_at,
            place=place or row.unit.path_name[:200],
            subject=subject or row.category.name,
            arranged_by_id=by.pk,  # type: ignore[misc]  # whoever acts has a key
            arranged_at=now,
            remind_at=_reminder(starts_at, now),
        )
        for guest in invited:
            guest.visit = visit
        VisitGuest.objects.bulk_create(invited)
        row.has_visits, move.internal = True, True
        move.data = told(visit) | {"guests": _named(invited)}
        return row


def record(
    *,
    task: Task,
    minutes: str,
    by: "Actor",
    now: datetime,
    came: Sequence[VisitGuest] = (),
    others: Sequence[str] = (),
) -> Task:
    """Writes down who came, of those invited and besides, and what was agreed.

    Raises Refused for somebody who is no guest of this visit, WrongState before it has begun.
    """
    with WORKFLOW.step(Action.RECORD_VISIT, task, by=by, now=now) as move:
        visit = _pending(move.task)
        invited = list(visit.guests.all())
        there = {guest.pk for guest in came}
        if not there <= {guest.pk for guest in invited}:
            raise Refused(_("Choose among those invited."), code="bad_guests", field="came")
        known = {guest.name for guest in invited if guest.kind == GuestKind.OTHER}
        besides = [guest for guest in _others(others) if guest.name not in known]
        if len(invited) + len(besides) > 2 * MOST_GUESTS:
            raise Refused(_("These are too many."), code="bad_guests", field="others")
        for guest in besides:
            guest.visit, guest.came = visit, True
        VisitGuest.objects.bulk_create(besides)
        visit.guests.filter(pk__in=there).update(came=True)
        visit.guests.filter(came=None).update(came=False)
        close(visit, minutes=minutes, recorded_by_id=by.pk, recorded_at=now)
        present = [guest for guest in invited if guest.pk in there]
        move.text, move.internal = minutes, True
        move.data = {
            "visit": visit.pk,
            "came": _named([*present, *besides]),
            "missing": _named(guest for guest in invited if guest.pk not in there),
        }
        return move.task


def cancel(*, task: Task, reason: str, by: "Actor", now: datetime) -> Task:
    """Calls a joint visit off; those invited are told, without the reason."""
    with WORKFLOW.step(Action.CANCEL_VISIT, task, by=by, now=now) as move:
        visit = _pending(move.task)
        close(visit, cancelled_by_id=by.pk, cancelled_at=now)
        move.text, move.internal, move.data = reason, True, told(visit)
        return move.task


def invited_place(kind: GuestKind, unit: Unit) -> Unit | None:
    """At which unit a guest of a kind is invited to a task at `unit`; None where there is none."""
    level = GUEST_PLACES[kind]
    if level is None:
        return unit if unit.kind in (UnitKind.COMPOUND, UnitKind.BUILDING) else None
    return unit.get_ancestors(include_self=True).filter(kind=level).first()


def _pending(task: Task) -> JointVisit:
    visit = task.pending_visit
    assert visit is not None, "the table asks for one"
    return visit


def _reminder(starts_at: datetime, now: datetime) -> datetime | None:
    return next((starts_at - ahead for ahead in REMIND_BEFORE if starts_at - ahead > now), None)


def _departments(departments: Sequence[Department]) -> list[VisitGuest]:
    called = Counter(one.short_name for one in departments)
    return [
        VisitGuest(
            kind=GuestKind.DEPARTMENT,
            department=one,
            # A district's and a street's office may be called alike.
            name=one.short_name
            if called[one.short_name] == 1
            else f"{one.short_name} {one.code}"[:60],
        )
        for one in departments
    ]


def _offices(kinds: Sequence[GuestKind], unit: Unit) -> list[VisitGuest]:
    offices = []
    for kind in dict.fromkeys(kinds):
        place = invited_place(kind, unit) if kind in GUEST_PLACES else None
        if place is None:
            message = _("%(guest)s cannot be invited here.") % {"guest": GuestKind(kind).label}
            raise Refused(message, code="bad_guests", field="guests")
        offices.append(VisitGuest(kind=kind, unit=place, name=_called(kind, place)))
    return offices


def _called(kind: GuestKind, place: Unit) -> str:
    """The name of an office that has one of its own; "" for the others, which are called by kind."""
    return place.short_name[:60] if kind in (GuestKind.STREET, GuestKind.COMMUNITY) else ""


def _others(names: Sequence[str]) -> list[VisitGuest]:
    shown = dict.fromkeys(name.strip() for name in names if name.strip())
    if any(len(name) > LONGEST_NAME for name in shown):
        message = _("At most %(most)d characters.") % {"most": LONGEST_NAME}
        raise Refused(message, code="too_long", field="others")
    return [VisitGuest(kind=GuestKind.OTHER, name=name) for name in shown]


def _named(guests: Iterable[VisitGuest]) -> list[list[str]]:
    """Guests as the timeline keeps them, to be called in the language of whoever reads it."""
    return [[guest.kind, guest.name] for guest in guests]
