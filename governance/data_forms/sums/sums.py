"""Filling a form that counts: a look beforehand, who is behind a number, the numbers on their way."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from governance.data_forms.fillings import filters
from governance.data_forms.fillings.filters import Filter
from governance.data_forms.lists.listing import Listing, usual
from governance.data_forms.models import BlankForm, SumPart
from governance.data_forms.sums.counting import Number, Sums
from governance.data_forms.sums.meaning import Place
from orgs.audit import audit
from orgs.errors import Refused
from orgs.values.sentences import gettext as _

if TYPE_CHECKING:
    from orgs.models import User


@dataclass(frozen=True)
class Sheet:
    """A form that counts as it would be filled: its lines, and its cells by row and column."""

    rows: list[SumPart]
    columns: list[SumPart]
    numbers: dict[Place, Number]
    who: str

    @property
    def unknown(self) -> int:
        """How many cells stay empty that the form does not reckon itself."""
        return sum(
            number.value is None and not number.cell.part.formula
            for number in self.numbers.values()
        )

    @property
    def problems(self) -> list[tuple[Number, str]]:
        return [
            (number, problem) for number in self.numbers.values() for problem in number.problems
        ]


def preview(*, form: BlankForm, by: "User", now: datetime) -> Sheet:
    """Counts every cell. Raises NotAllowed, Refused beyond one's places; the look is recorded."""
    with transaction.atomic():
        sums = Sums(form, Filter.of(form.filters), by, now)
        numbers = sums.numbers
        detail = {"cells": len(numbers)}
        audit.record("data_forms.preview-form", by=by, obj=form, detail=detail, now=now)
    meant = sums.meant
    return Sheet(list(meant.rows.values()), list(meant.columns.values()), numbers, sums.in_words)


@dataclass(frozen=True)
class Behind:
    """Who is behind one number: what it is called, in which place, and the rows."""

    text: str
    who: str
    listing: Listing


def behind(*, form: BlankForm, place: Place, by: "User", now: datetime) -> Behind:
    """Who is counted in a cell. Raises Refused (`no_number`) where nobody can say, NotAllowed."""
    sums = Sums(form, Filter.of(form.filters), by, now)
    found = sums.rows(place)
    if found is None:
        raise Refused(_("Nothing is counted in this cell."), code="no_number")
    subject, chosen, rows = found
    tells = bool(sums.rosters(place))
    listing = Listing(subject, chosen, rows, usual(subject), by, now, tells_of_care=tells)
    return Behind(sums.meant.cells[place].text, sums.in_words, listing)


def behind_column(*, form: BlankForm, column: int, code: str, by: "User", now: datetime) -> Behind:
    """Who is counted in a column of a form, in the place of one row. Raises as `behind`."""
    part = form.parts.filter(row=0, place=column).first()
    subject = part.counts if part else None
    if part is None or subject is None:
        raise Refused(_("Nothing is counted in this cell."), code="no_number")
    chosen = filters.checked(replace(Filter.of(part.filters), unit=code), by)
    unit = filters.unit_of(chosen, by)
    rows = filters.rows(chosen, unit, subject, by, timezone.localdate(now))
    return Behind(
        part.text, unit.path_name, Listing(subject, chosen, rows, usual(subject), by, now)
    )


@transaction.atomic
def opened(
    *, form: BlankForm, found: Behind, keys: Sequence[int], by: "User", now: datetime
) -> list[list[Any]]:
    """The lines of some of those behind a number; looking is recorded, of a care roster for each person."""
    values = found.listing.shown(keys, _("the list behind a number of a form"))
    detail = {"number": found.text, "rows": len(values)}
    audit.record("data_forms.open-number", by=by, obj=form, detail=detail, now=now)
    return values
