"""The duty roster of streets and departments: who is called at two in the morning, and who stands in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.calendar.working_time import office_hours
from orgs.enums import Permission, Role
from orgs.errors import NotAllowed, Refused
from orgs.models import Department, DutyDay, Position, Unit, User
from orgs.scoping import reach_of
from orgs.values.days import in_force

STREET_DUTY = frozenset({Role.STREET_CADRE, Role.STREET_LEADER})

Place = Unit | Department


@dataclass(frozen=True)
class Turn:
    """One day of a roster as somebody entered it; nobody means that the day is left empty."""

    day: date
    person: User | None
    stand_in: User | None
    leader: User | None = None


def may_keep(user: User, place: Place) -> bool:
    """The street's own cadres and the department's own officers; the district for all of its own."""
    reach = reach_of(user)
    if isinstance(place, Department):
        own = place.pk in reach.department_ids
        return own or place.district_id in reach.district_ids({Role.DISTRICT_OFFICE})
    return bool(reach.roles_at(place) & (STREET_DUTY | {Role.DISTRICT_OFFICE}))


def places_of(user: User) -> list[Place]:
    """The streets and departments whose roster somebody keeps; two queries."""
    reach = reach_of(user)
    streets = Unit.objects.filter(reach.q("", STREET_DUTY), level=0).order_by("code")
    departments = Department.objects.filter(pk__in=reach.department_ids).order_by("code")
    return [*streets, *departments]


def people_of(place: Place, day: date) -> QuerySet[User]:
    """Who can have the duty of a place: whoever holds an office there."""
    held = Position.objects.filter(in_force(day))
    if isinstance(place, Department):
        held = held.filter(department=place, role=Role.DEPARTMENT_OFFICER)
    else:
        held = held.filter(unit=place, role__in=STREET_DUTY)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("name", "pk")


def leaders_of(place: Place, day: date) -> QuerySet[User]:
    """Who can lead the duty of a place: the leadership of a street, anybody of a department."""
    people = people_of(place, day)
    if isinstance(place, Department):
        return people
    held = Position.objects.filter(in_force(day), unit=place, role=Role.STREET_LEADER)
    return people.filter(pk__in=held.values("user"))


def _at(place: Place) -> dict[str, Place]:
    return {"department" if isinstance(place, Department) else "street": place}


def roster(place: Place, first: date, days: int) -> QuerySet[DutyDay]:
    """The days of a roster, in their order."""
    last = first + timedelta(days=days - 1)
    duty_days = DutyDay.objects.filter(day__range=(first, last), **_at(place))
    return duty_days.select_related("person", "stand_in", "leader").order_by("day")


def keep(*, place: Place, turns: Iterable[Turn], by: User, now: datetime) -> int:
    """Writes days of a roster, and says how many; either all of them or none.

    Raises NotAllowed for a place that is not one's own; Refused for somebody without an office
    there, a stand-in or a leader without a person, or the same person twice.
    """
    if not by.has_perm(Permission.KEEP_DUTY, place):
        raise NotAllowed(_("You may not keep this roster."))
    turns = list(turns)
    known = set(people_of(place, timezone.localdate(now)).values_list("pk", flat=True))
    for turn in turns:
        _refuse_bad(turn, known)
    with transaction.atomic():
        # Saved twice at once, the second follows the first.
        type(place).objects.select_for_update(of=("self",), no_key=True).get(pk=place.pk)
        days = [turn.day for turn in turns]
        DutyDay.objects.filter(day__in=days, **_at(place)).delete()
        DutyDay.objects.bulk_create(
            DutyDay(
                day=turn.day,
                person=turn.person,
                stand_in=turn.stand_in,
                leader=turn.leader,
                **_at(place),
            )
            for turn in turns
            if turn.person
        )
        audit.record("orgs.keep-duty", by=by, obj=place, now=now, detail={"days": len(days)})
    return len(turns)


def _refuse_bad(turn: Turn, known: set[int]) -> None:
    day = format_date(turn.day, _("j M D"))
    chosen = [person for person in (turn.person, turn.stand_in, turn.leader) if person]
    if chosen and not turn.person:
        raise Refused(_("%(day)s: choose who is on duty as well.") % {"day": day})
    if any(person.pk not in known for person in chosen):
        raise Refused(_("%(day)s: this person holds no office here.") % {"day": day})
    if len(chosen) > len(set(chosen)):
        raise Refused(_("%(day)s: choose a different person for each.") % {"day": day})


def duty_day(now: datetime) -> date:
    """The day of duty that a moment belongs to: it begins with the office hours."""
    local = timezone.localtime(now)
    begins = office_hours()[0][0]
    return local.date() if local.time() >= begins else local.date() - timedelta(days=1)


def on_duty(
    *, streets: Iterable[int] = (), departments: Iterable[int] = (), now: datetime
) -> QuerySet[DutyDay]:
    """Who has the duty at some streets and departments now."""
    places = Q(street__in=list(streets)) | Q(department__in=list(departments))
    return DutyDay.objects.filter(places, day=duty_day(now)).select_related("person", "stand_in")


def on_duty_at(place: Place, now: datetime) -> DutyDay | None:
    """Who has the duty of one place now."""
    return roster(place, duty_day(now), 1).first()
