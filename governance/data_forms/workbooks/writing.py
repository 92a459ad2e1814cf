"""Writing rows into a blank form, whose face stays: styles, widths, merged cells, formulas, lists.

Openpyxl inserts rows without moving what belongs to them; so what stands below the rows is moved here,
and every formula that counts over the rows goes on to count over all of them.
"""

import io
import re
from collections.abc import Container, Iterable, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any

from governance.data_forms.models import BlankForm
from governance.data_forms.workbooks.layout import MARK, open_blank
from orgs.crypto import fernet
from orgs.imports.workbooks.spreadsheets import harmless

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

# A cell or the two ends of a range, with or without dollar signs, of this sheet.
_REFERENCE = re.compile(
    r"(?<![A-Za-z0-9_!'.])(\$?[A-Z]{1,3})(\$?)(\d{1,7})(?::(\$?[A-Z]{1,3})(\$?)(\d{1,7}))?(?![\d(A-Za-z_!])"
)
# A cell that waits for an answer: light amber, which prints pale.
_WAITS = "FFF4CE"
_LITERAL = re.compile(r'("(?:[^"]|"")*")')


def write(
    form: BlankForm,
    rows: Iterable[tuple[str, Sequence[Any]]],
    count: int,
    columns: Sequence[int],
    waits: Container[int],
    copy_note: str,
) -> bytes:
    """The workbook of a form with `count` rows: the mark of each, and its values in `columns`.

    Marks stand in a hidden column, by which rows are known when the copy comes back. Cells of columns
    that wait for answers (`waits`) are coloured where they stay empty. `copy_note` names the copy in
    the foot of each printed page, where that is free.
    """
    from openpyxl.styles import PatternFill

    amber = PatternFill("solid", fgColor=_WAITS)
    book = open_blank(fernet().decrypt(bytes(form.content)))
    sheet = book[form.sheet]
    added = max(0, count - (form.last_row - form.first_row + 1))
    if added:
        _make_room(sheet, form, added)
    pattern = _pattern(sheet, form.first_row)
    marks = _mark_column(sheet, form)
    for number, (mark, values) in enumerate(rows, start=form.first_row):
        _dress(sheet, number, form, pattern)
        for place, value in zip(columns, values, strict=True):
            if value not in (None, ""):
                _set(sheet.cell(number, place), value)
            elif place in waits:
                sheet.cell(number, place).fill = amber
        sheet.cell(number, marks, mark)
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
            cell._style = copy(style)
        if column in formulas:
            cell.value = _moved(formulas[column], row - form.first_row)
        else:
            cell.value = None
    if is_new and height is not None:
        sheet.row_dimensions[row].height = height


def _moved(formula: str, rows: int) -> str:
    """A formula of the first row for a row below it: what has a dollar sign stays."""

    def shift(found: re.Match[str]) -> str:
        column, dollar, row, *end = found.groups()
        moved = f"{column}{dollar}{int(row) + (0 if dollar else rows)}"
        if end[0]:
            moved += f":{end[0]}{end[1]}{int(end[2]) + (0 if end[1] else rows)}"
        return moved

    return _outside_texts(formula, shift)


def _outside_texts(formula: str, replace: Any) -> str:
    """Replaces the references of a formula, and none within its texts."""
    return "".join(
        part if part.startswith('"') else _REFERENCE.sub(replace, part)
        for part in _LITERAL.split(formula)
    )


# --- Room for more rows ----------------------------------------------------------------------------


def _make_room(sheet: "Worksheet", form: BlankForm, added: int) -> None:
    """Moves all that stands below the rows down by so many rows."""
    below = form.last_row + 1
    has_rows = form.last_row >= form.first_row
    _move_cells(sheet, below, added)
    for area in list(sheet.merged_cells.ranges):
        if area.min_row >= below:
            area.shift(row_shift=added)

    def row_of(row: int) -> int:
        return row + added if row >= below else row

    def shift(found: re.Match[str]) -> str:
        column, dollar, row, *end = found.groups()
        moved = f"{column}{dollar}{row_of(int(row))}"
        if end[0]:
            last = int(end[2])
            # A sum over the rows goes on to the last of them.
            last = last + added if has_rows and last == form.last_row else row_of(last)
            moved += f":{end[0]}{end[1]}{last}"
        return moved

    for line in sheet.iter_rows():
        for cell in line:
            if isinstance(cell.value, str) and cell.value.startswith("="):
                cell.value = _outside_texts(cell.value, shift)
    for validation in sheet.data_validations.dataValidation:
        validation.sqref = type(validation.sqref)(_outside_texts(str(validation.sqref), shift))
    if sheet.print_area:
        areas = str(sheet.print_area).split("!")[-1]
        sheet.print_area = _outside_texts(areas, shift)


def _move_cells(sheet: "Worksheet", below: int, added: int) -> None:
    """The cells with their styles, and the heights of their rows."""
    from openpyxl.utils import get_column_letter

    end = sheet.max_row
    if end < below:
        return
    heights = {row: sheet.row_dimensions[row].height for row in range(below, end + 1)}
    sheet.move_range(f"A{below}:{get_column_letter(sheet.max_column)}{end}", rows=added)
    for row in heights:
        sheet.row_dimensions[row].height = None
    for row, height in heights.items():
        sheet.row_dimensions[row + added].height = height
