"""Where a blank form has its titles, headings, rows and foot.

The sheet is openpyxl's; rows and columns are counted from 1. Openpyxl takes 15 MB, which only a
process that reads or writes a workbook needs: it is imported there.
"""

import io
import re
import zipfile
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from orgs.errors import Refused
from orgs.imports.rosters import SMALL
from orgs.imports.workbooks import spreadsheets
from orgs.imports.workbooks.reader import FOOT_MARKS, SERIAL, heading_key
from orgs.imports.workbooks.sizes import refuse_bomb
from orgs.values.sentences import gettext as _

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

MOST_COLUMNS = 300
# A drop-down of more words is typed in rather than chosen from.
MOST_OFFERED = 60
HEADINGS_WITHIN = 15
HEADING_LINES = 3
LONGEST_HEADING = 40
# The first line of the headings covers at least so many tenths of the widest line's columns.
COVERED_TENTHS = 6
EXAMPLE_MARKS = ("示例", "例:", "例：", "样例")
# The heading of the hidden column by which rows of a filled copy are known when they come back.
MARK = "行标识"
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
    # The words of its drop-down, and "day" or "number" where its cells have such a format.
    options: tuple[str, ...] = ()
    takes: str = ""

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


def _head(sheet: "Worksheet") -> tuple[int, int, list[Heading]]:
    """The first row of the headings, the first row of data, and the headings."""
    spans = spans_of(sheet)
    lines = heading_rows(sheet, spans)
    if lines is None:
        raise spreadsheets.unreadable(
            _("No row of headings was found in the first fifteen rows of the form.")
        )
    top, bottom = lines
    headings = headings_of(sheet, top, bottom, spans)
    _refuse_twice(headings)
    first = bottom + 1
    return top, first + is_column_numbers(sheet, first), headings


@dataclass(frozen=True)
class Returned:
    """Where a filled copy that comes back has its headings and rows; `last_row` may lie before."""

    sheet: str
    headings: list[Heading]
    first_row: int
    last_row: int


def read_returned(content: bytes, sheet_name: str) -> Returned:
    """The layout of a filled copy, whose columns and rows may have been moved. Raises Refused, TooLarge."""
    book = open_blank(content)
    with_text = [sheet for sheet in book.worksheets if _has_text(sheet)]
    if not with_text:
        raise spreadsheets.unreadable(_("This workbook is empty."))
    sheet = next((one for one in with_text if one.title == sheet_name), with_text[0])
    end = sheet.max_row
    _top, first, headings = _head(sheet)
    mark = next((heading.place for heading in headings if heading.key == MARK), 0)
    marked = [row for row in range(first, end + 1) if mark and text_of(sheet.cell(row, mark).value)]
    below = max(marked, default=first - 1) + 1
    foot = next((row for row in range(below, end + 1) if _is_foot(sheet, row)), end + 1)
    return Returned(sheet.title, headings, first, foot - 1)


def _is_foot(sheet: "Worksheet", row: int) -> bool:
    """Whether a row below the marked ones signs or sums up: 填表人：, 合计."""
    texts = [text for cell in sheet[row] if (text := text_of(cell.value))]
    return bool(texts) and (
        texts[0].startswith(FOOT_MARKS) or any(text.endswith(":") for text in texts)
    )


def _layout(sheet: "Worksheet") -> Layout:
    # Looking at a cell makes it: where the sheet ends is read before.
    end = sheet.max_row
    top, first, headings = _head(sheet)
    headings = [heading for heading in headings if heading.key != MARK]
    foot = _foot(sheet, first, end)
    last = (foot or end + 1) - 1
    for merged in sheet.merged_cells.ranges:
        if first <= merged.max_row and merged.min_row <= last:
            message = _("Rows %(first)d to %(last)d are merged where data belong: take that apart.")
            raise spreadsheets.unreadable(
                message % {"first": merged.min_row, "last": merged.max_row}
            )
    if last >= first:
        offered = _offered(sheet, first)
        headings = [
            replace(
                heading,
                computed=_is_formula(sheet.cell(first, heading.place)),
                options=offered.get(heading.place, ()),
                takes=_takes(sheet.cell(first, heading.place).number_format),
            )
            for heading in headings
        ]
    return Layout(sheet.title, top, first, max(last, first - 1), foot, headings)


def _is_formula(cell: Any) -> bool:
    return isinstance(cell.value, str) and cell.value.startswith("=")


def _takes(number_format: str) -> str:
    """What cells of a format hold: "day", "number" or "" for anything."""
    from openpyxl.styles.numbers import is_date_format

    if is_date_format(number_format):
        return "day"
    return "number" if re.fullmatch(r"[#,]*0(\.0+)?[_ )]*", number_format) else ""


def _offered(sheet: "Worksheet", row: int) -> dict[int, tuple[str, ...]]:
    """The words of the drop-downs in a row, by column; at most so many as somebody can look through."""
    offered: dict[int, tuple[str, ...]] = {}
    for validation in sheet.data_validations.dataValidation:
        if validation.type != "list" or not validation.formula1:
            continue
        words = _words(sheet, validation.formula1)
        for area in validation.sqref.ranges:
            if words and area.min_row <= row <= area.max_row:
                places = range(area.min_col, min(area.max_col, MOST_COLUMNS) + 1)
                offered |= dict.fromkeys(places, words)
    return offered


def _words(sheet: "Worksheet", formula: str) -> tuple[str, ...]:
    """The words that a drop-down offers: written in it, or in the cells that it names."""
    from openpyxl.utils import range_boundaries

    if formula.startswith('"'):
        found = formula.strip('"').split(",")
    else:
        named, _mark, cells = formula.lstrip("=").rpartition("!")
        book = sheet.parent
        where = book[named.strip("'")] if named and named.strip("'") in book.sheetnames else sheet
        if not re.fullmatch(r"\$?[A-Z]{1,3}\$?\d{1,5}:\$?[A-Z]{1,3}\$?\d{1,5}", cells):
            return ()
        left, top, _right, bottom = range_boundaries(cells.replace("$", ""))
        lines = where.iter_rows(
            min_col=left, max_col=left, min_row=top, max_row=min(bottom, top + MOST_OFFERED),
            values_only=True,
        )  # fmt: skip
        found = [text_of(value) for (value,) in lines]
    words = tuple(dict.fromkeys(text for word in found if (text := text_of(word))))
    return words if len(words) <= MOST_OFFERED else ()


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
