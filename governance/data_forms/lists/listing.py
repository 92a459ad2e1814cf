"""Some rows with some of their fields, as a page or a workbook shows them; masked as everywhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils import timezone

from governance.data_forms.enums import Subject
from governance.data_forms.fields import registry
from governance.data_forms.fillings import filters
from governance.data_forms.fillings.filters import Filter
from residents.care import entries as care_entries

if TYPE_CHECKING:
    from orgs.models import User

# The fields that tell a row from others, where nobody chose any.
USUAL: dict[Subject, tuple[str, ...]] = {
    Subject.PERSON: ("name", "sex", "age", "address", "grid"),
    Subject.HOUSEHOLD: ("address", "state", "people", "owner"),
    Subject.BUILDING: ("compound", "building", "households", "people"),
    Subject.COMPOUND: ("compound", "community", "households", "people"),
    Subject.COMMUNITY: ("community", "street", "households", "people"),
    Subject.TASK: ("number", "title", "category", "place", "status", "created"),
    Subject.DEPARTMENT: ("name", "led", "at_hand", "response", "resolution", "satisfaction"),
}


def usual(subject: Subject) -> list[str]:
    """The codes of the fields that a list of a subject shows at first."""
    return [f"{subject.value}.{name}" for name in USUAL[subject]]


@dataclass(frozen=True)
class Listing:
    """Rows that somebody sees, chosen by a filter, with some fields of their subject."""

    subject: Subject
    chosen: Filter
    found: QuerySet[Any]
    columns: Sequence[str]
    by: "User"
    now: datetime
    # Beyond the filter: whether who is listed tells of a care roster.
    tells_of_care: bool = False

    @property
    def fields(self) -> list[registry.Field]:
        """The fields that exist still."""
        found = [registry.get(code) for code in self.columns]
        return [field for field in found if field and field.subject == self.subject]

    @property
    def headings(self) -> list[str]:
        return [field.label for field in self.fields]

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def lines(self, rows: QuerySet[Any]) -> Iterator[tuple[int, list[Any]]]:
        """The key and the values of each of some rows."""
        fields = self.fields
        for line in filters.lines(rows, self.chosen, self.subject, self.by, self.today):
            yield line.key, [field.read(line) for field in fields]

    def shown(self, keys: Sequence[int], purpose: str) -> list[list[Any]]:
        """The values of the rows of some keys, in their order. Reading a care roster is recorded."""
        values = dict(self.lines(self.found.filter(pk__in=keys)))
        self.record(keys, purpose)
        return [values[key] for key in keys if key in values]

    def record(self, keys: Sequence[int], purpose: str) -> None:
        """Each person counts as looked at where the list tells of a care roster."""
        reads = self.tells_of_care or self.chosen.rosters or any(f.of_care for f in self.fields)
        if reads and self.subject == Subject.PERSON:
            care_entries.record_readings(keys, purpose, self.by, self.now)
