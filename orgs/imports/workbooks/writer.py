"""Workbooks of rosters that people fetch: templates, exports, and an import's rows to be corrected."""

import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from django.db.models import Case, When
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from orgs.audit import audit
from orgs.enums import Verdict
from orgs.errors import NotAllowed
from orgs.imports.planning import CHUNK, unstaged
from orgs.imports.rosters import UNIT, Column, Roster
from orgs.imports.workbooks import spreadsheets
from orgs.imports.workbooks.reader import EXAMPLE_MARK, FAULTS, SERIAL
from orgs.imports.workbooks.spreadsheets import harmless
from orgs.models import LedgerImport, LedgerRow, Unit
from orgs.values.sentences import gettext as _

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from orgs.models import User

MOST_OFFERED = 3000


def template(*, roster: Roster, target: Any, by: "User") -> bytes:
    """The sheet to fill in: headings, an example row, drop-downs; and a sheet that explains it.

    Raises NotAllowed for a roster or a place that is not `by`'s.
    """
    if not by.has_perm(roster.permission, target):
        raise NotAllowed(_("You may not import this roster here."))
    book = Workbook()
    sheet = book.active
    sheet.title = str(roster.name)[:31]
    sheet.append(headings(roster))
    example = {column.heading: harmless(column.example) for column in roster.columns}
    example[SERIAL] = EXAMPLE_MARK
    sheet.append([example[heading] for heading in headings(roster)])
    _dress(sheet, roster)
    _explain(book.create_sheet(_("How to fill in")), roster, target)
    _offer_words(book, sheet, roster, target)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def headings(roster: Roster) -> list[str]:
    """The headings of a sheet; rows are numbered where no column of the roster does."""
    return [*[SERIAL] * _first(roster), *(column.heading for column in roster.columns)]


def _first(roster: Roster) -> int:
    """How many columns stand before the roster's own: one that numbers the rows, or none."""
    return int(all(column.heading != SERIAL for column in roster.columns))


def _letters(roster: Roster) -> Iterator[tuple[str, Column]]:
    """The columns with the letters under which Excel shows them."""
    for place, column in enumerate(roster.columns, start=1 + _first(roster)):
        yield get_column_letter(place), column


def _dress(sheet: "Worksheet", roster: Roster) -> None:
    for letter, column in _letters(roster):
        sheet.column_dimensions[letter].width = 22 if column.private else 14
        # Excel keeps what is typed into text cells, however much it looks like a number or a day.
        sheet.column_dimensions[letter].number_format = "@"
        cell = sheet[f"{letter}1"]
        cell.font = Font(bold=True)
        if column.note:
            cell.comment = Comment(str(column.note), "")
    sheet.freeze_panes = "A2"


def _explain(sheet: "Worksheet", roster: Roster, target: Any) -> None:
    general = [
        str(roster.about),
        roster.subject == UNIT
        and _("This template is for %(unit)s: rows of other places are not taken.") % {"unit": target},
        _("The row marked “%(mark)s” is passed over; it may stay.") % {"mark": EXAMPLE_MARK},
        _("Columns may stand in another order, and further ones are left out."),
        _("Empty cells change nothing. Hidden values like 138****5678 change nothing either."),
        _("Before anything is entered you see what each row would do. If one is wrong, none is taken."),
    ]  # fmt: skip
    for line in filter(None, general):
        sheet.append([harmless(line)])
    sheet.append([])
    sheet.append([_("Column"), _("Needed"), _("What to write"), _("Also known as")])
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
    for column in roster.columns:
        sheet.append([harmless(value) for value in _explanation(column)])
    for letter, width in zip("ABCD", (18, 8, 60, 60), strict=True):
        sheet.column_dimensions[letter].width = width


def _explanation(column: Column) -> list[str]:
    words = "、".join(column.choices)
    notes = [str(column.note), words and _("one of: %(words)s") % {"words": words}]
    return [
        column.heading,
        _("yes") if column.required else "",
        "; ".join(filter(None, notes)),
        "、".join(column.synonyms),
    ]


def _offer_words(book: Workbook, sheet: "Worksheet", roster: Roster, target: Any) -> None:
    """Drop-downs: short ones in the cells, those of a place on a hidden sheet.

    They warn about other words, and let them pass: the import knows more.
    """
    lists = book.create_sheet("lists")
    lists.sheet_state = "hidden"
    count = 0
    for letter, column in _letters(roster):
        formula = f'"{",".join(column.choices)}"'
        if column.offers:
            count += 1
            words = list(column.offers(target))[:MOST_OFFERED] or [""]
            for row, word in enumerate(words, start=1):
                lists.cell(row=row, column=count, value=harmless(word))
            place = get_column_letter(count)
            formula = f"lists!${place}$1:${place}${len(words)}"
        if column.choices or column.offers:
            offered = DataValidation(
                type="list", formula1=formula, allow_blank=True, errorStyle="warning"
            )
            offered.add(f"{letter}2:{letter}{roster.limits.rows + 1}")
            sheet.add_data_validation(offered)
    if not count:
        book.remove(lists)


def export(
    *,
    roster: Roster,
    unit: Unit | None,
    filters: dict[str, str],
    by: "User",
    now: datetime,
) -> IO[bytes]:
    """What somebody sees of a roster, with the template's headings, numbers masked.

    The audit keeps the filters and how many rows. Raises NotAllowed.
    """
    if roster.lines is None or not roster.may_export(by, unit):
        raise NotAllowed(_("You may not fetch this roster."))
    count = 0

    def rows() -> Iterator[list[Any]]:
        nonlocal count
        assert roster.lines is not None
        for count, line in enumerate(roster.lines(by, unit, filters), start=1):
            cells = [line.get(column.key) for column in roster.columns]
            yield [*[count] * _first(roster), *cells]

    out = spreadsheets.stream(headings(roster), rows(), str(roster.name))
    detail = {"ledger": roster.code, "unit": unit.code if unit else "", "rows": count} | filters
    audit.record("residents.export-ledger", by=by, obj=unit, detail=detail, now=now)
    return out


def to_correct(*, imported: LedgerImport, roster: Roster, by: "User", now: datetime) -> IO[bytes]:
    """All rows as they came, the wrong ones first with what is wrong: corrected there, the workbook is
    the whole file again. For whoever sent it. Raises NotAllowed."""
    if imported.sent_by_id != by.pk:
        raise NotAllowed(_("Only whoever sent the file may fetch its rows."))
    wrong_first = Case(When(verdict=Verdict.WRONG, then=0), default=1)
    rows = imported.rows.order_by(wrong_first, "number")
    detail = {"ledger": roster.code, "rows": imported.total}
    audit.record("residents.fetch-wrong-rows", by=by, obj=imported, detail=detail, now=now)
    lines = _as_they_came(rows.iterator(chunk_size=CHUNK), roster)
    return spreadsheets.stream([*headings(roster), FAULTS], lines, str(roster.name))


def _as_they_came(rows: Iterable[LedgerRow], roster: Roster) -> Iterator[list[Any]]:
    for kept in rows:
        row = unstaged(kept)
        cells = [row.raw.get(column.key, row.get(column.key, None)) for column in roster.columns]
        problems = kept.problems if kept.verdict == Verdict.WRONG else {}
        yield [*[row.number] * _first(roster), *cells, "; ".join(_worded(problems, roster))]


def _worded(problems: dict[str, str], roster: Roster) -> list[str]:
    """What is wrong with a row, each after the heading of its column."""
    return [
        f"{heading}: {sentence}" if heading else sentence
        for heading, sentence in roster.with_headings(problems)
    ]
