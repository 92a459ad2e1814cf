"""Where a blank form has its titles, headings, rows and foot.

The sheet is openpyxl's; rows and columns are counted from 1. Openpyxl takes 15 MB, which only a
process that reads or writes a workbook needs: it is imported there.
"""

import io
import zipfile
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from orgs.errors import Refused
from orgs.imports.rosters import SMALL
from orgs.imports.workbooks import spreadsheets
from orgs.imports.workbooks.reader import SERIAL, heading_key, refuse_bomb
from orgs.values.sentences import gettext as _

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

MOST_COLUMNS = 300
HEADINGS_WITHIN = 15
HEADING_LINES = 3
LONGEST_HEADING = 40
# The first line of the headings covers at least so many tenths of the widest line's columns.
COVERED_TENTHS = 6
EXAMPLE_MARKS = ("示例", "例:", "例：", "样例")
# How the numbers of columns are written below the headings.
COLUMN_NUMBERS = frozenset("甲乙丙丁戊己庚辛")

# The last row, the last column and the first column of merged cells, by their first cell.
Spans: TypeAlias = dict[tuple[int, int], tuple[int, int, int]]


@dataclass(frozen=True)
class Heading:
    """The heading of one column: its lines from the top down, joined."""

    place: int
    text: str
    # The lowest line alone, which mostly says the field.
    own: str
    # Whether the form reckons the column itself, by a formula in its first row of data.
    computed: bool = False

    @property
    def key(self) -> str:
        return heading_key(self.text)

    @property
    def is_serial(self) -> bool:
        return heading_key(self.own) in (SERIAL, "编号", "序列", "NO.", "No.")


@dataclass(frozen=True)
class Layout:
    """Where things are in a sheet; `last_row` is the row before `first_row` where no row is left free."""

    sheet: str
    heading_row: int
    first_row: int
    last_row: int
    foot_row: int
    headings: list[Heading]


def open_blank(content: bytes) -> "Workbook":
    """The workbook of a blank form. Raises Refused (`bad_file`), TooLarge."""
    from openpyxl import load_workbook

    with spreadsheets.reading():
        spreadsheets.refuse_other_kinds(io.BytesIO(content))
        refuse_bomb(content, SMALL)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_parts(archive.namelist())
        return load_workbook(io.BytesIO(content))


def _refuse_parts(names: list[str]) -> None:
    if any(name.endswith("vbaProject.bin") for name in names):
        raise spreadsheets.unreadable(
            _("This workbook has macros (.xlsm). Save it as .xlsx in Excel or WPS, and send that.")
        )
    if any(name.startswith("xl/externalLinks/") for name in names):
        raise spreadsheets.unreadable(
            _(
                "This workbook takes values from other files. Cut the links in Excel, and send it again."
            )
        )


def read(content: bytes) -> Layout:
    """The layout of a blank form. Raises Refused with a sentence about what is wrong, TooLarge."""
    return _layout(sheet_of(content))


def sheet_of(content: bytes) -> "Worksheet":
    """The first sheet of a blank form that says something. Raises Refused, TooLarge as `read`."""
    book = open_blank(content)
    if any(sheet.sheet_state != "visible" for sheet in book.worksheets):
        raise spreadsheets.unreadable(
            _("This workbook has a hidden sheet. Show it or delete it, and send the file again.")
        )
    if book.security and book.security.lockStructure:
        raise _protected()
    sheets = [sheet for sheet in book.worksheets if _has_text(sheet)]
    if not sheets:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            is_picture = any(name.startswith("xl/media/") for name in archive.namelist())
        raise spreadsheets.unreadable(
            _("This form is a picture: its cells are empty. Ask for the table itself.")
            if is_picture
            else _("This workbook is empty.")
        )
    sheet = sheets[0]
    if sheet.protection.sheet:
        raise _protected()
    if sheet.max_column > MOST_COLUMNS:
        message = _("A form has at most %(most)d columns; delete what stands beside the table.")
        raise spreadsheets.unreadable(message % {"most": MOST_COLUMNS})
    return sheet


def _protected() -> Refused:
    return spreadsheets.unreadable(
        _("This workbook is protected. Take the protection off in Excel, and send it again.")
    )


def _has_text(sheet: "Worksheet") -> bool:
    return any(text_of(cell) for row in sheet.iter_rows(values_only=True) for cell in row)


def text_of(value: Any) -> str:
    """A cell as text; a formula as it is written."""
    return spreadsheets.text(value)


def heading_rows(sheet: "Worksheet", spans: Spans) -> tuple[int, int] | None:
    """The first and the last line of the headings; None where there are none."""
    width = max(_covered(sheet, row, spans) for row in range(1, HEADINGS_WITHIN + 1))
    for row in range(1, HEADINGS_WITHIN + 1):
        if _is_heading_row(sheet, row, spans, width):
            return row, _bottom(sheet, row, spans)
    return None


def _layout(sheet: "Worksheet") -> Layout:
    spans = spans_of(sheet)
    # Looking at a cell makes it: where the sheet ends is read before.
    end = sheet.max_row
    lines = heading_rows(sheet, spans)
    if lines is None:
        raise spreadsheets.unreadable(
            _("No row of headings was found in the first fifteen rows of the form.")
        )
    top, bottom = lines
    headings = headings_of(sheet, top, bottom, spans)
    _refuse_twice(headings)
    first = bottom + 1
    if is_column_numbers(sheet, first):
        first += 1
    foot = _foot(sheet, first, end)
    last = (foot or end + 1) - 1
    for merged in sheet.merged_cells.ranges:
        if first <= merged.max_row and merged.min_row <= last:
            message = _("Rows %(first)d to %(last)d are merged where data belong: take that apart.")
            raise spreadsheets.unreadable(
                message % {"first": merged.min_row, "last": merged.max_row}
            )
    headings = [
        replace(heading, computed=last >= first and _is_formula(sheet.cell(first, heading.place)))
        for heading in headings
    ]
    return Layout(sheet.title, top, first, max(last, first - 1), foot, headings)


def _is_formula(cell: Any) -> bool:
    return isinstance(cell.value, str) and cell.value.startswith("=")


def _refuse_twice(headings: list[Heading]) -> None:
    seen: set[str] = set()
    for heading in headings:
        if heading.key in seen:
            message = _("The heading “%(heading)s” stands there twice: name them apart.")
            raise spreadsheets.unreadable(message % {"heading": heading.text})
        seen.add(heading.key)


def spans_of(sheet: "Worksheet") -> Spans:
    """The merged cells of a sheet."""
    return {
        (area.min_row, area.min_col): (area.max_row, area.max_col, area.min_col)
        for area in sheet.merged_cells.ranges
    }


def labels_of(sheet: "Worksheet", row: int) -> dict[int, str]:
    """The texts of a row that may be headings, by column: short, and nothing that is to be filled in."""
    labels = {}
    for cell in sheet[row]:
        text = text_of(cell.value)
        # 其中:独居 is a heading, 填表人: is not.
        is_open = ":" in text.removeprefix("其中:") or "___" in text
        if text and not is_open and len(text) <= LONGEST_HEADING and not text.isdigit():
            labels[cell.column] = text
    return labels


def _is_heading_row(sheet: "Worksheet", row: int, spans: Spans, width: int) -> bool:
    covered = _covered(sheet, row, spans)
    return len(labels_of(sheet, row)) >= 2 and covered * 10 >= width * COVERED_TENTHS


def _covered(sheet: "Worksheet", row: int, spans: Spans) -> int:
    """How many columns the labels of a row stand above; 0 for a row with one label, a title."""
    labels = labels_of(sheet, row)
    if len(labels) < 2:
        return 0
    return sum(spans.get((row, column), (row, column, column))[1] - column + 1 for column in labels)


def _bottom(sheet: "Worksheet", top: int, spans: Spans) -> int:
    """The last row of the headings that begin at `top`."""
    bottom = top
    while bottom < top + HEADING_LINES - 1:
        reach = max(
            (
                last
                for (row, _column), (last, _right, _left) in spans.items()
                if top <= row <= bottom
            ),
            default=bottom,
        )
        has_wide = any(
            row == bottom and right > left and last == row
            for (row, _column), (last, right, left) in spans.items()
        )
        below = bottom + 1
        if reach > bottom or (has_wide and len(labels_of(sheet, below)) >= 2):
            bottom = below
        else:
            break
    return bottom


def shown_in(sheet: "Worksheet", spans: Spans) -> dict[tuple[int, int], str]:
    """What merged cells say, for each cell that they cover."""
    return {
        (row, column): text_of(sheet.cell(top, left).value)
        for (top, left), (bottom, right, _left) in spans.items()
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    }


def headings_of(sheet: "Worksheet", top: int, bottom: int, spans: Spans) -> list[Heading]:
    """The headings from line `top` to `bottom`, of each column that has one."""
    shown = shown_in(sheet, spans)
    headings = []
    for column in range(1, sheet.max_column + 1):
        lines: list[str] = []
        for row in range(top, bottom + 1):
            text = shown.get((row, column)) or text_of(sheet.cell(row, column).value)
            if text and text not in lines:
                lines.append(text)
        if lines:
            headings.append(Heading(column, " · ".join(lines)[:200], lines[-1]))
    return headings


def is_column_numbers(sheet: "Worksheet", row: int) -> bool:
    """Whether a row numbers the columns: 1, 2, 3 or 甲, 乙, 1, 2."""
    texts = [text for cell in sheet[row] if (text := text_of(cell.value))]
    numbers = [int(text) for text in texts if text.isdigit()]
    rest = [text for text in texts if not text.isdigit()]
    return (
        len(numbers) >= 2
        and all(text in COLUMN_NUMBERS for text in rest)
        and all(after == before + 1 for before, after in pairwise(numbers))
    )


def _foot(sheet: "Worksheet", first: int, end: int) -> int:
    """The first row below the headings that says something of its own; 0 for none."""
    for row in range(first, end + 1):
        texts = [
            text
            for cell in sheet[row]
            if (text := text_of(cell.value)) and not text.startswith("=") and not text.isdigit()
        ]
        if texts and not texts[0].startswith(EXAMPLE_MARKS):
            return row
    return 0
