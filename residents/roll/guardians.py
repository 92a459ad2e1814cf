"""Children under 14: a grown-up of the roll speaks for each (PIPL, art. 31)."""

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from orgs.errors import Refused
from orgs.values.days import age_on, birthday_of
from orgs.values.sentences import gettext as _
from residents.models import Person

if TYPE_CHECKING:
    from orgs.models import User

GUARDED_UNDER = 14
GROWN_AT = 18


def needs_guardian(person: Person, today: date) -> bool:
    """Whether a person is under 14 and has no guardian on the roll (PIPL, art. 31)."""
    return person.guardian_id is None and is_child(person.born, today)


def refuse_unguarded(
    born: date | None, guardian: Person | None, today: date, of: Person | None = None
) -> None:
    """Raises Refused (`guardian_needed`) for a child under 14 without an adult who speaks for it."""
    if not is_child(born, today):
        return
    fits = guardian is not None and guardian.erased_at is None and guardian != of
    if fits and guardian is not None and guardian.born is not None:
        fits = age_on(guardian.born, today) >= GROWN_AT
    if not fits:
        message = _("This is a child under 14: name a grown-up of the roll as guardian.")
        raise Refused(message, code="guardian_needed", field="guardian")


def guarded_since(today: date) -> date:
    """Who was born after this day is under 14."""
    return birthday_of(GUARDED_UNDER, today)


def is_child(born: date | None, today: date) -> bool:
    """Whether somebody born on a day is under 14."""
    return born is not None and age_on(born, today) < GUARDED_UNDER


def wards_of(user: "User", today: date) -> QuerySet[Person]:
    """The children under 14 of whom an account's person is the guardian."""
    children = Person.objects.filter(guardian__account=user, erased_at=None)
    return children.filter(born__gt=guarded_since(today)).order_by("pk")


def speaker_for(person: Person, today: date) -> Person:
    """Who says what is said for somebody: of a child under 14 the guardian, else they themselves."""
    guardian = person.guardian if is_child(person.born, today) else None
    return guardian or person


def could_guard(among: QuerySet[Person], today: date) -> QuerySet[Person]:
    """Whom a form offers as guardian: grown-ups, and those whose age nobody knows."""
    since = birthday_of(GROWN_AT, today)
    return among.filter(erased_at=None, died_on=None).exclude(born__gt=since)
