"""Filling a form that counts: a look beforehand, who is behind a number, the numbers on their way."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from governance.data_forms.enums import Subject
from governance.data_forms.fillings import filters
from governance.data_forms.fillings.filters import Filter
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
    """Who is behind one number, and by which filter their lines are read."""

    text: str
    who: str
    subject: Subject
    chosen: Filter
    found: QuerySet[Any]
    reads_care: bool


def behind(*, form: BlankForm, place: Place, by: "User", now: datetime) -> Behind:
    """Who is counted in a cell. Raises Refused (`no_number`) where nobody can say, NotAllowed."""
    sums = Sums(form, Filter.of(form.filters), by, now)
    found = sums.rows(place)
    cell = sums.meant.cells.get(place)
    if found is None or cell is None:
        raise Refused(_("Nothing is counted in this cell."), code="no_number")
    subject, chosen, rows = found
    return Behind(cell.text, sums.in_words, subject, chosen, rows, bool(sums.rosters(place)))


def behind_unit(*, form: BlankForm, part: SumPart, code: str, by: "User", now: datetime) -> Behind:
    """Who is counted in a column for the place of a row. Raises as `behind`."""
    chosen = Filter.of(part.filters)
    asked = filters.checked(Filter(**chosen.said | {"unit": code}), by)
    unit = filters.unit_of(asked, by)
    if part.counts is None:
        raise Refused(_("Nothing is counted in this cell."), code="no_number")
    rows = filters.rows(asked, unit, part.counts, by, timezone.localdate(now))
    return Behind(part.text, unit.short_name, part.counts, asked, rows, bool(asked.rosters))
