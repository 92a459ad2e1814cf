"""Workbooks of ledgers that people fetch: templates, exports, and an import's rows to be corrected."""

import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from django.db.models import Case, When
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from orgs.audit import audit
from orgs.errors import NotAllowed
from orgs.imports import spreadsheets
from orgs.imports.spreadsheets import harmless
from orgs.models import Unit
from residents.enums import Verdict
from residents.models import LedgerImport, LedgerRow
from residents.rosters.address_columns import Buildings
from residents.rosters.planning import CHUNK, unstaged
from residents.rosters.registry import Column, Ledger
from residents.rosters.workbook_reader import EXAMPLE_MARK, FAULTS, MAX_ROWS, SERIAL

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from orgs.models import User

LAST_ROW = MAX_ROWS + 1
MOST_BUILDINGS = 3000


def template(*, ledger: Ledger, unit: Unit, by: "User") -> bytes:
    """The sheet to fill in: headings, an example row, drop-downs; and a sheet that explains it.

    Raises NotAllowed for a ledger or a unit that is not `by`'s.
    """
    if not by.has_perm(ledger.permission, unit):
        raise NotAllowed(_("You may not import this ledger here."))
    book = Workbook()
    sheet = book.active
    sheet.title = str(ledger.name)[:31]
    sheet.append([SERIAL, *(column.heading for column in ledger.columns)])
    sheet.append([EXAMPLE_MARK, *(harmless(column.example) for column in ledger.columns)])
    _dress(sheet, ledger)
    _explain(book.create_sheet(_("How to fill in")), ledger, unit)
    _offer_choices(sheet, ledger)
    _offer_buildings(book, sheet, ledger, unit)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _dress(sheet: "Worksheet", ledger: Ledger) -> None:
    for place, column in enumerate(ledger.columns, start=2):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = 22 if column.private else 14
        # Excel keeps what is typed into text cells, however much it looks like a number or a day.
        sheet.column_dimensions[letter].number_format = "@"
        cell = sheet.cell(row=1, column=place)
        cell.font = Font(bold=True)
        if column.note:
            cell.comment = Comment(str(column.note), "")
    sheet.freeze_panes = "A2"


def _explain(sheet: "Worksheet", ledger: Ledger, unit: Unit) -> None:
    general = [
        str(ledger.about),
        _("This template is for %(unit)s: rows of other places are not taken.") % {"unit": unit},
        _("The row marked “%(mark)s” is passed over; it may stay.") % {"mark": EXAMPLE_MARK},
        _("Columns may stand in another order, and further ones are left out."),
        _("Empty cells change nothing. Hidden values like 138****5678 change nothing either."),
        _("Before anything is entered you see what each row would do. If one is wrong, none is taken."),
    ]  # fmt: skip
    for line in general:
        sheet.append([harmless(line)])
    sheet.append([])
    sheet.append([_("Column"), _("Needed"), _("What to write"), _("Also known as")])
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
    for column in ledger.columns:
        sheet.append([harmless(value) for value in _explanation(column)])
    for letter, width in zip("ABCD", (18, 8, 60, 60), strict=True):
        sheet.column_dimensions[letter].width = width


def _explanation(column: Column) -> list[str]:
    words = "、".join(column.choices)
    told = [str(column.note), words and _("one of: %(words)s") % {"words": words}]
    return [
        column.heading,
        _("yes") if column.required else "",
        "; ".join(filter(None, told)),
        "、".join(column.synonyms),
    ]


def _offer_choices(sheet: "Worksheet", ledger: Ledger) -> None:
    for place, column in enumerate(ledger.columns, start=2):
        if column.choices:
            _offer(sheet, place, f'"{",".join(column.choices)}"')


def _offer_buildings(book: Workbook, sheet: "Worksheet", ledger: Ledger, unit: Unit) -> None:
    """The compounds and buildings of the unit as drop-downs, on a hidden sheet."""
    found = sorted(Buildings(unit).by_id.values(), key=lambda one: one.lft)[:MOST_BUILDINGS]
    names = {
        "compound": list(dict.fromkeys(one.parent.name for one in found if one.parent)),
        "building": list(dict.fromkeys(one.name for one in found)),
    }
    lists = book.create_sheet("lists")
    lists.sheet_state = "hidden"
    for at, (key, values) in enumerate(names.items(), start=1):
        for row, value in enumerate(values, start=1):
            lists.cell(row=row, column=at, value=harmless(value))
        place = next((n for n, one in enumerate(ledger.columns, start=2) if one.key == key), None)
        if place and values:
            letter = get_column_letter(at)
            _offer(sheet, place, f"lists!${letter}$1:${letter}${len(values)}")


def _offer(sheet: "Worksheet", place: int, formula: str) -> None:
    """A drop-down that warns about other words, and lets them pass: the import knows more."""
    offered = DataValidation(type="list", formula1=formula, allow_blank=True, errorStyle="warning")
    letter = get_column_letter(place)
    offered.add(f"{letter}2:{letter}{LAST_ROW}")
    sheet.add_data_validation(offered)


def export(
    *,
    ledger: Ledger,
    unit: Unit | None,
    filters: dict[str, str],
    by: "User",
    now: datetime,
) -> IO[bytes]:
    """What somebody sees of a ledger, with the template's headings, numbers masked.

    The audit keeps the filters and how many rows. Raises NotAllowed.
    """
    if ledger.lines is None or not ledger.may_export(by, unit):
        raise NotAllowed(_("You may not fetch this ledger."))
    count = 0

    def rows() -> Iterator[list[Any]]:
        nonlocal count
        assert ledger.lines is not None
        for count, line in enumerate(ledger.lines(by, unit, filters), start=1):
            yield [count, *(line.get(column.key) for column in ledger.columns)]

    headings = [SERIAL, *(column.heading for column in ledger.columns)]
    out = spreadsheets.stream(headings, rows(), str(ledger.name))
    detail = {"ledger": ledger.code, "unit": unit.code if unit else "", "rows": count} | filters
    audit.record("residents.export-ledger", by=by, obj=unit, detail=detail, now=now)
    return out


def to_correct(*, found: LedgerImport, ledger: Ledger, by: "User", now: datetime) -> IO[bytes]:
    """All rows as they came, the wrong ones first with what is wrong: corrected there, the workbook is
    the whole file again. For whoever sent it. Raises NotAllowed."""
    if found.sent_by_id != by.pk:
        raise NotAllowed(_("Only whoever sent the file may fetch its rows."))
    headings = [SERIAL, *(column.heading for column in ledger.columns), FAULTS]
    wrong_first = Case(When(verdict=Verdict.WRONG, then=0), default=1)
    rows = found.rows.order_by(wrong_first, "number")
    detail = {"ledger": ledger.code, "rows": found.total}
    audit.record("residents.fetch-wrong-rows", by=by, obj=found, detail=detail, now=now)
    lines = _as_they_came(rows.iterator(chunk_size=CHUNK), ledger)
    return spreadsheets.stream(headings, lines, str(ledger.name))


def _as_they_came(rows: Iterable[LedgerRow], ledger: Ledger) -> Iterator[list[Any]]:
    for kept in rows:
        row = unstaged(kept)
        cells = [row.raw.get(one.key, row.get(one.key, None)) for one in ledger.columns]
        problems = kept.problems if kept.verdict == Verdict.WRONG else {}
        yield [row.number, *cells, "; ".join(said(problems, ledger))]


def said(problems: dict[str, str], ledger: Ledger) -> list[str]:
    """What is wrong with a row, each with the heading of its column."""
    headings = {column.key: column.heading for column in ledger.columns}
    return [
        f"{headings[key]}: {text}" if key in headings else text for key, text in problems.items()
    ]
