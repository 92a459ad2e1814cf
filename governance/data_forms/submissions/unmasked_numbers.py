"""Numbers in clear for whoever asked, where the basis of a form covers them.

Rows are kept as the community saw them when it signed off, with numbers masked. Only in the copy of
whoever asked, once the street has delivered, does a number stand whole: the one that was signed off, not
one that somebody has got since. Whose numbers were written is recorded for each person.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from governance.data_forms.collections.workflow import asked_for_it
from governance.data_forms.enums import CollectionState
from governance.data_forms.models import Collection, FormColumn, Submission
from orgs.values import phones
from residents.enums import OWNING
from residents.models import Belonging, Person
from residents.roll.values import id_numbers
from volunteers.enums import BuildingRole
from volunteers.models import BuildingPost

if TYPE_CHECKING:
    from orgs.models import User

# Whose number it is, and the number.
Known = tuple[int, str]


@dataclass(frozen=True)
class _Number:
    """A field that forms show masked: how, and the whole numbers by the keys of rows."""

    mask: Callable[[str], str]
    read: Callable[[QuerySet], dict[int, list[Known]]]


def _of_person(name: str) -> Callable[[QuerySet], dict[int, list[Known]]]:
    def read(keys: QuerySet) -> dict[int, list[Known]]:
        rows = Person.objects.filter(pk__in=keys, erased_at=None).values_list("pk", name)
        return {key: [(key, number)] for key, number in rows if number}

    return read


def _by_row(rows: QuerySet) -> dict[int, list[Known]]:
    """Telephones of several people by the row that they belong to: the one that was signed off is found
    by its mask."""
    found: dict[int, list[Known]] = {}
    for row, person, number in rows:
        if number:
            found.setdefault(row, []).append((person, number))
    return found


def _of_owners(keys: QuerySet) -> dict[int, list[Known]]:
    owners = Belonging.objects.filter(household__in=keys, ends=None, relation__in=OWNING)
    owners = owners.filter(person__erased_at=None)
    return _by_row(owners.values_list("household", "person", "person__phone"))


def _of_heads(keys: QuerySet) -> dict[int, list[Known]]:
    heads = BuildingPost.objects.filter(building__in=keys, ends=None, role=BuildingRole.HEAD)
    heads = heads.filter(person__isnull=False, person__erased_at=None)
    return _by_row(heads.values_list("building", "person", "person__phone"))


# The fields that are handed over in clear.
NUMBERS = {
    "person.id_number": _Number(id_numbers.mask, _of_person("id_number")),
    "person.phone": _Number(phones.mask, _of_person("phone")),
    "household.owner_phone": _Number(phones.mask, _of_owners),
    "building.head_phone": _Number(phones.mask, _of_heads),
}


def may_read(collection: Collection, user: "User") -> bool:
    """Whether somebody receives whole numbers: who asked, once it is delivered."""
    return collection.state == CollectionState.DELIVERED and asked_for_it(user, collection)


@dataclass
class UnmaskedNumbers:
    """The numbers of one submission; `people` are those whose number was written."""

    known: dict[int, dict[int, list[Known]]]
    masks: dict[int, Callable[[str], str]]
    people: set[int] = field(default_factory=set)

    def instead(self, key: int, place: int, value: object) -> object:
        """What stands in a cell instead of a masked number: the same number whole, where it is still
        somebody's, and no other one looks alike. What is not handed over is empty already, and stays so;
        so does a mask that hides everything, which tells nothing of the number.
        """
        if not value or set(str(value)) == {"*"}:
            return value
        known = self.known.get(place, {}).get(key, [])
        meant = [one for one in known if self.masks[place](one[1]) == value]
        if len({number for _person, number in meant}) != 1:
            return value
        self.people.update(person for person, _number in meant)
        return meant[0][1]


def whole_columns(collection: Collection, columns: Sequence[FormColumn]) -> list[FormColumn]:
    """The columns whose numbers the street admitted to be received whole."""
    if collection.entry is None:
        return []
    covers = collection.entry.covers.filter(received_whole=True, column__in=columns)
    admitted = set(covers.values_list("column", flat=True))
    return [column for column in columns if column.pk in admitted and column.field in NUMBERS]


def numbers_of(submission: Submission, columns: Sequence[FormColumn]) -> UnmaskedNumbers:
    """The numbers that `whole_columns` of a submission show masked; a statement for each of them."""
    keys = submission.lines.order_by().values("key")
    numbers = {column.place: NUMBERS[column.field] for column in columns}
    return UnmaskedNumbers(
        {place: number.read(keys) for place, number in numbers.items()},
        {place: number.mask for place, number in numbers.items()},
    )
