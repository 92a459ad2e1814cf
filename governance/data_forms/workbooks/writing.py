"""Writing rows or numbers into a blank form, whose face stays: styles, widths, merged cells, formulas."""

import io
from collections.abc import Container, Iterable, Mapping, Sequence
from copy import copy
from datetime import date
from typing import TYPE_CHECKING, Any

from governance.data_forms.models import BlankForm
from governance.data_forms.workbooks import room
from governance.data_forms.workbooks.layout import MARK, open_blank
from orgs.crypto import fernet
from orgs.imports.workbooks.spreadsheets import harmless

if TYPE_CHECKING:
    from openpyxl.styles import PatternFill
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

# A cell that waits for an answer: light amber, which prints pale.
_WAITS = "FFF4CE"


def write(
    form: BlankForm,
    rows: Iterable[tuple[str, Sequence[Any]]],
    count: int,
    columns: Sequence[int],
    waits: Container[int],
    copy_note: str,
) -> bytes:
    """The workbook of a form with `count` rows: the mark of each, and its values in `columns`.

    Marks stand in a hidden column, by which rows are known when the copy comes back; a copy without
    marks has none. Cells of columns
    that wait for answers (`waits`) are coloured where they stay empty. `copy_note` names the copy in
    the foot of each printed page, where that is free.
    """
    book, sheet = _opened(form)
    amber = _amber()
    added = max(0, count - (form.last_row - form.first_row + 1))
    if added:
        growth = room.Growth(form.sheet, form.first_row, form.last_row, added)
        room.make_room(book, sheet, growth)
    pattern = _pattern(sheet, form.first_row)
    marks = 0
    for number, (mark, values) in enumerate(rows, start=form.first_row):
        _dress(sheet, number, form, pattern)
        for place, value in zip(columns, values, strict=True):
            if value not in (None, ""):
                _set(sheet.cell(number, place), value)
            elif place in waits:
                _own_style(sheet.cell(number, place)).fill = amber
        if mark:
            marks = marks or _mark_column(sheet, form)
            sheet.cell(number, marks, mark)
    return _saved(book, sheet, copy_note)


def write_cells(
    form: BlankForm, values: Mapping[tuple[int, int], float | None], copy_note: str
) -> bytes:
    """The workbook of a form that counts, with numbers by row and column; what is not known is marked."""
    book, sheet = _opened(form)
    amber = _amber()
    for (row, place), value in values.items():
        cell = sheet.cell(row, place)
        if value is None:
            _own_style(cell).fill = amber
        else:
            cell.value = value
    return _saved(book, sheet, copy_note)


def _opened(form: BlankForm) -> "tuple[Workbook, Worksheet]":
    book = open_blank(fernet().decrypt(bytes(form.content)))
    return book, book[form.sheet]


def _amber() -> "PatternFill":
    from openpyxl.styles import PatternFill

    return PatternFill("solid", fgColor=_WAITS)


def _saved(book: "Workbook", sheet: "Worksheet", copy_note: str) -> bytes:
    """The bytes of a workbook whose pages name the copy in their foot."""
    if not sheet.oddFooter.right.text:
        sheet.oddFooter.right.text = copy_note.replace("&", "")
    book.properties.identifier = copy_note
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _mark_column(sheet: "Worksheet", form: BlankForm) -> int:
    """A hidden column beside the table, so that whoever sorts the table takes the marks along."""
    from openpyxl.utils import get_column_letter

    place = sheet.max_column + 1
    sheet.cell(form.heading_row, place, MARK)
    sheet.column_dimensions[get_column_letter(place)].hidden = True
    return place


def _set(cell: Any, value: Any) -> None:
    """A value as data: text never becomes a formula, a day has its format where the form gives none."""
    if isinstance(value, date):
        _own_style(cell)
    cell.value = harmless(value)
    if isinstance(value, str):
        cell.data_type = "s"


def _pattern(sheet: "Worksheet", row: int) -> tuple[list[Any], float | None, dict[int, str]]:
    """The styles, the height and the formulas of the first row of data."""
    cells = [sheet.cell(row, column) for column in range(1, sheet.max_column + 1)]
    formulas = {
        cell.column: cell.value
        for cell in cells
        if isinstance(cell.value, str) and cell.value.startswith("=")
    }
    return [copy(cell._style) for cell in cells], sheet.row_dimensions[row].height, formulas


def _own_style(cell: Any) -> Any:
    """The cell, whose style is changed without those that share it."""
    cell._style = copy(cell._style)
    return cell


def _dress(
    sheet: "Worksheet",
    row: int,
    form: BlankForm,
    pattern: tuple[list[Any], float | None, dict[int, str]],
) -> None:
    """Makes a row like the first one: its style, its height, its formulas; an example is taken out."""
    styles, height, formulas = pattern
    is_new = row > form.last_row
    for column, style in enumerate(styles, start=1):
        cell = sheet.cell(row, column)
        if is_new:
            # One style for the whole column: a copy for each of 80,000 cells took ten megabytes.
            cell._style = style
        if column in formulas:
            cell.value = room.moved(formulas[column], row - form.first_row)
        else:
            cell.value = None
    if is_new and height is not None:
        sheet.row_dimensions[row].height = height
