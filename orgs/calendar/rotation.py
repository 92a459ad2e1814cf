"""Filling a duty roster: people who take turns, and a week that repeats."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from orgs.calendar import duty
from orgs.calendar.duty import Place, Turn
from orgs.calendar.working_time import calendar
from orgs.enums import DutyDays
from orgs.errors import Refused
from orgs.models import User

MOST_DAYS = 92
MOST_WEEKS = 12


def rotate(
    *,
    place: Place,
    people: Sequence[User],
    first: date,
    last: date,
    begins: User | None = None,
    leaders: Sequence[User] = (),
    days: DutyDays = DutyDays.ALL,
    by: User,
    now: datetime,
) -> int:
    """People take turns day by day from `begins` on; the next in turn stands in, leaders take turns too.

    Only the days asked for are written, over what stood there; answers how many. Raises Refused for
    a time that is turned round or longer than MOST_DAYS, and what `duty.keep` raises.
    """
    if not 0 <= (last - first).days < MOST_DAYS:
        message = _("Choose 1 to %(most)d days, the first one first.") % {"most": MOST_DAYS}
        raise Refused(message, field="last")
    if begins and begins not in people:
        raise Refused(_("Who begins has to be among those who take turns."), field="begins")
    start = people.index(begins) if begins else 0
    ring = [*people[start:], *people[:start]]
    turns = [
        _turn(day, number, ring, leaders) for number, day in enumerate(_days(first, last, days))
    ]
    if not turns:
        raise Refused(_("There is no such day in this time."), field="days")
    return duty.keep(place=place, turns=turns, by=by, now=now)


def _days(first: date, last: date, days: DutyDays) -> list[date]:
    known = calendar()
    every = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    if days == DutyDays.ALL:
        return every
    return [day for day in every if known.is_worked(day) == (days == DutyDays.WORKED)]


def _turn(day: date, number: int, ring: Sequence[User], leaders: Sequence[User]) -> Turn:
    """The duty of one day; nobody leads a duty that is their own."""
    person = ring[number % len(ring)]
    stand_in = ring[(number + 1) % len(ring)] if len(ring) > 1 else None
    leader = leaders[number % len(leaders)] if leaders else None
    if leader in (person, stand_in):
        others = [other for other in leaders if other not in (person, stand_in)]
        leader = others[number % len(others)] if others else None
    return Turn(day, person, stand_in, leader)


def repeat_week(*, place: Place, monday: date, weeks: int, by: User, now: datetime) -> int:
    """Writes the week of a Monday over so many weeks after it; answers how many days.

    Raises Refused for an empty week or more than MOST_WEEKS, and what `duty.keep` raises.
    """
    if not 1 <= weeks <= MOST_WEEKS:
        raise Refused(_("Choose 1 to %(most)d weeks.") % {"most": MOST_WEEKS}, field="weeks")
    kept = {row.day: row for row in duty.roster(place, monday, 7)}
    if not kept:
        raise Refused(_("Nobody is on duty in this week: there is nothing to copy."))
    turns = []
    for number in range(7, 7 * (weeks + 1)):
        row = kept.get(monday + timedelta(days=number % 7))
        person, stand_in, leader = (row.person, row.stand_in, row.leader) if row else (None,) * 3
        turns.append(Turn(monday + timedelta(days=number), person, stand_in, leader))
    return duty.keep(place=place, turns=turns, by=by, now=now)
