"""Where a form that counts has its cells, and which words stand beside them and above them.

Two layouts are read: a table with words in the first columns and the first rows, and pairs, a cell right
of its word. The sheet is openpyxl's; rows and columns are counted from 1.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.data_forms.workbooks import layout
from orgs.imports.workbooks import spreadsheets
from orgs.imports.workbooks.reader import heading_key
from orgs.values.sentences import gettext as _

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MOST_CELLS = 2_000
# Below the cells stands what somebody writes by hand, or what explains.
_FOOT = re.compile(r"^(填表|制表|审核|填报|报送|负责人|日期|备注|说明|注[:：]|单位[:：]|联系人)")


@dataclass(frozen=True)
class Words:
    """Words of the form: of a column (`row` 0), of a row (`place` 0) or of one cell."""

    row: int
    place: int
    text: str
    formula: str = ""


@dataclass(frozen=True)
class SumLayout:
    """Where things are in a sheet; `words` has every line and every cell."""

    sheet: str
    heading_row: int
    first_row: int
    last_row: int
    foot_row: int
    words: list[Words]


def read(content: bytes) -> SumLayout:
    """The layout of a form that counts. Raises Refused with a sentence about what is wrong, TooLarge."""
    sheet = layout.sheet_of(content)
    spans = layout.spans_of(sheet)
    end = _end(sheet)
    heads = layout.heading_rows(sheet, spans)
    found = None
    if heads and not _is_pairs(sheet, heads[0], spans):
        found = _table(sheet, *heads, end, spans)
    found = found or _pairs(sheet, end, spans)
    if not any(words.row and words.place for words in found.words):
        raise spreadsheets.unreadable(
            _("No cell to count was found: words belong beside or above the empty cells.")
        )
    if len(found.words) > MOST_CELLS:
        message = _("A form that counts has at most %(most)d cells.") % {"most": MOST_CELLS}
        raise spreadsheets.unreadable(message)
    return found


def _end(sheet: "Worksheet") -> int:
    """The last row before the foot."""
    last = 0
    for row in range(1, sheet.max_row + 1):
        texts = [text for cell in sheet[row] if (text := layout.text_of(cell.value))]
        if texts and last and _FOOT.match(texts[0]):
            return row - 1
        if texts and row > 1:
            last = row
    return sheet.max_row


def _right_of(column: int, row: int, spans: layout.Spans) -> int:
    """The first column right of a cell, which may be merged over several."""
    return spans.get((row, column), (row, column, column))[1] + 1


def _is_open(cell: Any) -> bool:
    """Whether a cell waits for a number: empty, or reckoned by the form."""
    value = layout.text_of(cell.value)
    return not value or value.startswith("=")


def _is_pairs(sheet: "Worksheet", row: int, spans: layout.Spans) -> bool:
    """Whether the words of a row each have an empty cell to the right."""
    labels = layout.labels_of(sheet, row)
    covered = _covered_cells(spans)
    beside = [
        right
        for column in labels
        if (right := _right_of(column, row, spans)) <= sheet.max_column
        and (row, right) not in covered
        and _is_open(sheet.cell(row, right))
    ]
    return len(beside) * 2 > len(labels)


def _covered_cells(spans: layout.Spans) -> set[tuple[int, int]]:
    """The cells that show what another one says."""
    return {
        (row, column)
        for (top, left), (bottom, right, _left) in spans.items()
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
        if (row, column) != (top, left)
    }


# --- A table ---------------------------------------------------------------------------------------


def _table(
    sheet: "Worksheet", top: int, bottom: int, end: int, spans: layout.Spans
) -> SumLayout | None:
    headings = {heading.place: heading for heading in layout.headings_of(sheet, top, bottom, spans)}
    first = bottom + 1
    if layout.is_column_numbers(sheet, first):
        first += 1
    shown = layout.shown_in(sheet, spans)
    rows = range(first, end + 1)
    worded = _worded_columns(sheet, headings, rows, shown)
    if not worded:
        return None
    words, cells = [], []
    covered = _covered_cells(spans)
    for row in rows:
        texts: list[str] = []
        for column in worded:
            text = shown.get((row, column)) or layout.text_of(sheet.cell(row, column).value)
            if text and not text.isdigit() and text not in texts:
                texts.append(text)
        if not texts:
            continue
        words.append(Words(row, 0, " · ".join(texts)[:200]))
        for column in headings:
            if column in worded or headings[column].is_serial or (row, column) in covered:
                continue
            cell = sheet.cell(row, column)
            if _is_open(cell):
                cells.append(Words(row, column, "", layout.text_of(cell.value)[:1000]))
    used = {cell.place for cell in cells}
    columns = [
        Words(0, place, heading.text) for place, heading in headings.items() if place in used
    ]
    last = words[-1].row if words else first - 1
    foot = end + 1 if end + 1 <= sheet.max_row else 0
    return SumLayout(sheet.title, top, first, max(last, first - 1), foot, columns + words + cells)


def _worded_columns(
    sheet: "Worksheet", headings: dict[int, Any], rows: range, shown: dict[tuple[int, int], str]
) -> list[int]:
    """The columns on the left that say what a row is; a running number says nothing."""
    found: list[int] = []
    for column in sorted(headings):
        texts = [
            shown.get((row, column)) or layout.text_of(sheet.cell(row, column).value)
            for row in rows
        ]
        said = [text for text in texts if text and not text.isdigit() and not text.startswith("=")]
        if len(said) * 2 > len(texts) and said:
            found.append(column)
        elif not headings[column].is_serial:
            break
    return found


# --- Pairs -----------------------------------------------------------------------------------------


def _pairs(sheet: "Worksheet", end: int, spans: layout.Spans) -> SumLayout:
    """Each word with the cell right of it; a word without one says what follows it."""
    words: list[Words] = []
    covered = _covered_cells(spans)
    for row in range(1, end + 1):
        labels = layout.labels_of(sheet, row)
        above = ""
        for column, text in labels.items():
            right = _right_of(column, row, spans)
            beside = sheet.cell(row, right)
            inside = right <= max(sheet.max_column, column + 1) and (row, right) not in covered
            is_title = len(labels) == 1 and right > 3
            if inside and not is_title and _is_open(beside):
                said = f"{above} · {text}" if above else text
                words.append(Words(row, right, said[:200], layout.text_of(beside.value)[:1000]))
            else:
                above = text if not is_title else ""
    rows = [word.row for word in words] or [2]
    first = max(2, min(rows))
    last = max(rows)
    foot = end + 1 if last < end + 1 <= sheet.max_row else 0
    return SumLayout(sheet.title, 1, first, max(last, first - 1), foot, words)


def key_of(text: str) -> str:
    """Words of a form as they are remembered."""
    return heading_key(text)[:200]
