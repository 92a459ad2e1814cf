"""The fields that the portal knows of people and places, under the headings that forms give them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from governance.data_forms.enums import Subject
from orgs.imports.workbooks.reader import heading_key

Read = Callable[[Any], Any]


@dataclass(frozen=True)
class Field:
    """One field of a subject. `headings`: how forms call it, the usual one first.

    `read` takes a line of the subject (people.py, places.py) and answers text, a number or a day; None
    or "" for what is not known. `column` is the model's field, "residents.Person.born", under which the
    register of purposes says why it is kept; "" for sums and addresses.
    """

    code: str
    subject: Subject
    headings: tuple[str, ...]
    read: Read
    column: str = ""
    # A field of a care roster: read by named people alone, each reading recorded.
    of_care: bool = False

    @property
    def label(self) -> str:
        return self.headings[0]


# The running number of a row, which every form may have.
SERIAL = "serial"
# A number that a column counts in the place of each row (models.SumPart says of whom).
COUNT = "count"

_fields: dict[str, Field] = {}


def register(fields: Iterable[Field]) -> None:
    """Adds fields; a code stands once."""
    for field in fields:
        assert field.code not in _fields, field.code
        _fields[field.code] = field


def get(code: str) -> Field | None:
    """The field of a code; None for none, and for the running number."""
    return _fields.get(code)


def of(subject: Subject) -> list[Field]:
    """The fields of a subject, in the order in which they were written."""
    return [field for field in _fields.values() if field.subject == subject]


def keys_of(subject: Subject) -> dict[str, Field]:
    """Every heading of a subject's fields as it is compared, with its field."""
    keys: dict[str, Field] = {}
    for field in of(subject):
        for heading in field.headings:
            keys.setdefault(heading_key(heading), field)
    return keys
