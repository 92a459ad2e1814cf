"""The numbers of a form that counts which the portal does not know: typed for a place, asked at most once.

They are kept as the answers of forms with rows are: with who, when and from where, and stand in the form
the next time.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from governance.data_forms.answers.answers import Cell, Saving
from governance.data_forms.blanks.admitted import lock
from governance.data_forms.enums import AnswerKind, AnswerSource, Subject
from governance.data_forms.fillings import filters
from governance.data_forms.fillings.filters import Filter
from governance.data_forms.models import BlankForm, FormColumn
from governance.data_forms.sums.counting import Number, Sums
from governance.data_forms.sums.meaning import Place
from orgs.audit import audit
from orgs.errors import Refused
from orgs.models import Unit
from orgs.values.sentences import gettext as _

if TYPE_CHECKING:
    from orgs.models import User

# Each cell is two fields of what Django reads of a request, which are 1,000.
SHOWN_CELLS = 300


@dataclass(frozen=True)
class Unknown:
    """One page of cells that somebody is asked for, in the order of the sheet.

    `then`: from which cell on the next page goes; None on the last one.
    """

    unit: Unit
    numbers: dict[Place, Number]
    empty: int
    then: int | None


def unknown(
    *, form: BlankForm, unit: Unit | None = None, after: int = 0, answered: bool = False,
    only: Collection[Place] | None = None, by: "User", now: datetime,
) -> Unknown:  # fmt: skip
    """The cells that wait for a number, from behind the first `after` ones on; with those that were
    `answered`, to be corrected; or `only` some. `unit`: of which of the own places. Raises NotAllowed,
    Refused.
    """
    sums = _sums(form, unit, by, now)
    asked = {place: number for place, number in sums.numbers.items() if number.is_asked}
    empty = sum(number.waits for number in asked.values())
    if only is None:
        shown = [place for place in sorted(asked) if answered or asked[place].waits]
    else:
        shown, after = sorted(asked.keys() & set(only)), 0
    page = shown[after : after + SHOWN_CELLS]
    then = after + SHOWN_CELLS if len(shown) > after + SHOWN_CELLS else None
    return Unknown(sums.unit, {place: asked[place] for place in page}, empty, then)


@transaction.atomic
def save(
    *, form: BlankForm, cells: Sequence[Cell], unit: Unit | None = None, by: "User", now: datetime
) -> dict[str, int]:
    """Keeps numbers, by the row and the column of their cells, all or none; an emptied cell forgets its
    number. Gives how many of each.

    Raises NotAllowed outside of one's places; Refused for a cell that the portal or the form fills, and,
    with every cell that is meant, for what is no number or was answered by another one since.
    """
    # One save after the other: two people may complete the same cell.
    lock(form)
    sums = _sums(form, unit, by, now)
    asked = {place: number for place, number in sums.numbers.items() if number.is_asked}
    if any((cell.row, cell.column) not in asked for cell in cells):
        raise Refused(
            _("The portal or the form itself fills this cell: open the page anew."),
            code="known_column",
        )
    work = Saving(by, now)
    for cell in cells:
        number = asked[cell.row, cell.column]
        value = work.parsed(cell, as_column(number))
        if value is not None:
            work.keep_one(
                cell,
                value,
                number.answer,
                AnswerSource.TYPED,
                part=number.cell.part,
                place=sums.unit,
            )
    work.raise_wrong()
    audit.record("data_forms.answer-cells", by=by, obj=form, detail=work.done, now=now)
    return work.done


def as_column(number: Number) -> FormColumn:
    """A cell as what takes an answer: a number below the words of the form."""
    return FormColumn(heading=number.cell.text, kind=AnswerKind.NUMBER)


def _sums(form: BlankForm, unit: Unit | None, by: "User", now: datetime) -> Sums:
    if form.subject != Subject.SUMS:
        raise Refused(_("This form lists rows: they are completed one by one."), code="not_sums")
    return Sums(form, filters.within(Filter.of(form.filters), unit), by, now)
