"""Room for more rows in a blank form: what stands below moves down, and what speaks of the rows follows.

Openpyxl inserts rows without moving what belongs to them. So everything that names cells of the sheet is
rewritten here, on other sheets too: formulas, names, conditional formats, lists, filters, tables, the
print area.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

# A cell or the two ends of a range, with or without dollar signs, of this sheet or of one that it names.
_REFERENCE = re.compile(
    r"(?:('(?:[^']|'')+'|[\w.]+)!)?(?<![A-Za-z0-9_.])"
    r"(\$?[A-Z]{1,3})(\$?)(\d{1,7})(?::(\$?[A-Z]{1,3})(\$?)(\d{1,7}))?(?![\d(A-Za-z_!.])"
)
_LITERAL = re.compile(r'("(?:[^"]|"")*")')


@dataclass(frozen=True)
class Growth:
    """So many rows that a sheet gets below the `last` of its rows of data, which begin at `first`."""

    title: str
    first: int
    last: int
    added: int

    def row(self, row: int) -> int:
        """Where a row stands afterwards."""
        return row + self.added if row > self.last else row

    def end(self, row: int) -> int:
        """Where a range ends afterwards: one that ends with the rows goes on to the last of them."""
        if row == self.last and self.last >= self.first:
            return row + self.added
        return self.row(row)

    def formula(self, formula: str, *, is_own: bool) -> str:
        """A formula afterwards; `is_own`: it stands on the sheet itself."""

        def replace(found: re.Match[str]) -> str:
            sheet, column, dollar, row, *end = found.groups()
            named = sheet.strip("'").replace("''", "'") if sheet else ""
            if named != self.title and (named or not is_own):
                return found[0]
            moved = f"{column}{dollar}{self.row(int(row))}"
            if end[0]:
                moved += f":{end[0]}{end[1]}{self.end(int(end[2]))}"
            return f"{sheet}!{moved}" if sheet else moved

        return outside_texts(formula, replace)

    def area(self, areas: str) -> str:
        """The cells to which something applies, afterwards; what applied to the last row alone goes on."""

        def replace(found: re.Match[str]) -> str:
            _sheet, column, dollar, row, *end = found.groups()
            top, bottom = int(row), int(end[2] or row)
            last = f"{end[0] or column}{end[1] or dollar}{self.end(bottom)}"
            moved = f"{column}{dollar}{self.row(top)}"
            return f"{moved}:{last}" if end[0] or self.end(bottom) != self.row(top) else moved

        return outside_texts(areas, replace)


def outside_texts(formula: str, replace: Callable[[re.Match[str]], str]) -> str:
    """Replaces the references of a formula, and none within its texts."""
    return "".join(
        part if part.startswith('"') else _REFERENCE.sub(replace, part)
        for part in _LITERAL.split(formula)
    )


def moved(formula: str, rows: int) -> str:
    """A formula of one row for a row below it: what has a dollar sign stays, other sheets too."""

    def shift(found: re.Match[str]) -> str:
        sheet, column, dollar, row, *end = found.groups()
        if sheet:
            return found[0]
        shifted = f"{column}{dollar}{int(row) + (0 if dollar else rows)}"
        if end[0]:
            shifted += f":{end[0]}{end[1]}{int(end[2]) + (0 if end[1] else rows)}"
        return shifted

    return outside_texts(formula, shift)


def make_room(book: "Workbook", sheet: "Worksheet", growth: Growth) -> None:
    """Moves all that stands below the rows of a sheet down, and lets all of the workbook follow."""
    _move_cells(sheet, growth.last + 1, growth.added)
    for area in list(sheet.merged_cells.ranges):
        if area.min_row > growth.last:
            area.shift(row_shift=growth.added)
    for other in book.worksheets:
        _follow(other, growth, is_own=other is sheet)
    for names in (book.defined_names, *(one.defined_names for one in book.worksheets)):
        for name in names.values():
            name.attr_text = growth.formula(name.attr_text or "", is_own=False)
    for table in sheet.tables.values():
        table.ref = growth.area(table.ref)
        if table.autoFilter:
            table.autoFilter.ref = growth.area(table.autoFilter.ref)
    if sheet.auto_filter.ref:
        sheet.auto_filter.ref = growth.area(sheet.auto_filter.ref)
    if sheet.print_area:
        sheet.print_area = growth.area(str(sheet.print_area).replace(f"'{sheet.title}'!", ""))
    for line in sheet.row_breaks.brk:
        line.id = growth.row(line.id)


def _follow(sheet: "Worksheet", growth: Growth, *, is_own: bool) -> None:
    """The formulas of a sheet: of its cells, its lists and its conditional formats."""
    for cells in sheet.iter_rows():
        for cell in cells:
            if isinstance(cell.value, str) and cell.value.startswith("="):
                cell.value = growth.formula(cell.value, is_own=is_own)
            if is_own and cell.hyperlink:
                cell.hyperlink.ref = cell.coordinate
    for validation in sheet.data_validations.dataValidation:
        for name in ("formula1", "formula2"):
            if formula := getattr(validation, name):
                setattr(validation, name, growth.formula(formula, is_own=is_own))
        if is_own:
            validation.sqref = type(validation.sqref)(growth.area(str(validation.sqref)))
    _follow_formats(sheet, growth, is_own=is_own)


def _follow_formats(sheet: "Worksheet", growth: Growth, *, is_own: bool) -> None:
    from openpyxl.formatting.formatting import ConditionalFormattingList

    kept: Any = ConditionalFormattingList()
    for formats in sheet.conditional_formatting:
        areas = str(formats.sqref)
        for rule in formats.rules:
            rule.formula = [growth.formula(text, is_own=is_own) for text in rule.formula]
            kept.add(growth.area(areas) if is_own else areas, rule)
    sheet.conditional_formatting = kept


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
