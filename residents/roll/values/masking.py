"""What of a person is shown: numbers always masked, names to those who work with the roll."""

from typing import TYPE_CHECKING

from orgs.scoping import reach_of
from orgs.values import phones
from residents.enums import ROLL_READERS
from residents.models import Person
from residents.roll.values import id_numbers

if TYPE_CHECKING:
    from orgs.models import Unit, User


def name_for(person: Person, user: "User", place: "Unit") -> str:
    """The name for those who read the roll of a place and for the person; 王** for others."""
    own = person.account_id is not None and person.account_id == user.pk
    if own or user.is_superuser or reach_of(user).roles_at(place) & ROLL_READERS:
        return person.name
    return phones.mask_name(person.name)


def phone(person: Person) -> str:
    """138****5678; "" for none."""
    return phones.mask(person.phone)


def id_number(person: Person) -> str:
    """4211**********1234; "" for none."""
    return id_numbers.mask(person.id_number)
