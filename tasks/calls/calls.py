"""Whoever telephones: who they are as far as the roll knows, and what they reported before."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.errors import NotAllowed
from orgs.models import Unit
from orgs.values import phones
from residents.enums import Permission, PrivateField
from residents.models import Person
from residents.privacy import unmasking
from residents.roll import queries as roll
from tasks.models import Task
from tasks.workflow import contacts

if TYPE_CHECKING:
    from orgs.models import User

# So many people of one number, and so many of its earlier reports, are shown.
PEOPLE, EARLIER = 5, 5


@dataclass(frozen=True)
class Known:
    """Somebody with this number on the roll. Name and door stay masked until they are opened."""

    name: str
    # The building, and with its door once opened.
    homes: list[str]
    places: list[Unit]


@dataclass(frozen=True)
class Caller:
    """All that is known of a telephone number to one person."""

    phone: str
    people: list[Known]
    earlier: list[Task]
    is_open: bool = False

    @property
    def places(self) -> list[Unit]:
        """Where it may be about: their homes, then the places of earlier reports, each once."""
        units = [unit for one in self.people for unit in one.places]
        units += [task.unit for task in self.earlier]
        return list({unit.pk: unit for unit in units}.values())

    @property
    def name(self) -> str:
        """Who it is, where it was opened and can be nobody else."""
        return self.people[0].name if self.is_open and len(self.people) == 1 else ""


def caller(*, phone: str, by: "User") -> Caller:
    """Who may be calling, masked. Raises Refused for what is no telephone number."""
    number = phones.normalise(phone)
    return Caller(number, [_known(one) for one in _people(number, by)], _earlier(number, by))


@transaction.atomic
def open_caller(*, phone: str, by: "User", now: datetime) -> Caller:
    """The same with names and doors in clear; each person is kept among "who saw whom".

    Raises NotAllowed where nobody of them is on a roll that one reads, TooOften beyond the day's
    limit.
    """
    number = phones.normalise(phone)
    people = _people(number, by)
    if not people:
        raise NotAllowed(_("Nobody with this number on the rolls that you read."))
    for person in people:
        purpose = str(_("answering a telephone call"))
        unmasking.record_seen(
            person=person, field=PrivateField.CALLER, purpose=purpose, by=by, now=now
        )
    known = [_known(person, is_open=True) for person in people]
    return Caller(number, known, _earlier(number, by), is_open=True)


def _people(number: str, by: "User") -> list[Person]:
    people = roll.found(number, by)[:PEOPLE]
    return [person for person in people if by.has_perm(Permission.UNMASK_PERSON, person)]


def _known(person: Person, *, is_open: bool = False) -> Known:
    households = [belonging.household for belonging in getattr(person, "homes", ())]
    return Known(
        person.name if is_open else phones.mask_name(person.name),
        [
            f"{one.building.path_name} {one.door}" if is_open else one.building.path_name
            for one in households
        ],
        [one.building for one in households],
    )


def _earlier(number: str, by: "User") -> list[Task]:
    tasks = contacts.of_caller(Task.objects.visible_to(by), by, contacts.caller(number))
    return list(tasks.select_related("unit", "category").order_by("-pk")[:EARLIER])
