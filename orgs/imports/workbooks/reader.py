"""Reading the workbook of a roster: which row holds the headings, and what each row says.

The workbook is read by compiled code, which holds one sheet in memory; what that may take is counted
before it is opened (sizes.py). Rows are understood one after the other.
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from typing import Any, TypeAlias

from python_calamine import CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from orgs.errors import Refused, TooLarge
from orgs.imports.rosters import UNKNOWN, Column, Limits, Placed, Roster, Row, Unread
from orgs.imports.workbooks import sheet_faults, spreadsheets
from orgs.imports.workbooks.sizes import refuse_bomb
from orgs.values.sentences import gettext as _

HEADING_WITHIN = 10
FEWEST_HEADINGS = 2
# Fewer cells may be like the example by chance.
FEWEST_EXAMPLES = 3
LONGEST_RAW = 200
# A row that begins so is the template's own; so begin the lines under a table.
EXAMPLE_MARK = "示例"
FOOT_MARKS = ("合计", "总计", "小计", "填表", "制表", "注:", "注：", "备注:", "说明:")
SERIAL = "序号"
# What the portal adds to a file that is to be corrected.
FAULTS = "错误原因"
MAX_SHEETS = 5
# What the portal's own workbooks have beside the rows.
TEMPLATE_SHEETS = frozenset({"lists", "How to fill in", "填写说明"})
MAX_LEFT_OUT = 20
# Of them, in one sentence.
MOST_NAMED = 6
Line: TypeAlias = tuple[int, Sequence[Any]]


@dataclass
class Sheet:
    """A sheet whose headings have been understood: `columns` by their place."""

    lines: Iterator[Line]
    columns: dict[int, Column]
    # Further places of a column, which say it where the first one says nothing.
    further: dict[int, list[int]]
    serial: int | None
    headings: list[str]
    expected: int
    limits: Limits
    # Vertically merged cells: row -> (place, last row).
    merged: dict[int, list[tuple[int, int]]]
    left_out: list[str] = field(default_factory=list)
    # Cells that show no value: row -> place -> which kind.
    faults: dict[int, dict[int, str]] = field(default_factory=dict)
    name: str = ""
    # The first column that the sheet uses.
    first_column: int = 0

    def rows(self) -> Iterator[Row]:
        """The rows that mean something. Raises TooLarge for more than are taken."""
        most = self.limits.rows
        for count, (number, cells) in enumerate(self._meant(), start=1):
            if count > most or number > self.limits.lines:
                raise TooLarge(_("At most %(count)d rows are taken at once.") % {"count": most})
            row = _understood(number, cells, self.columns)
            for place, kind in self._faults_in(number).items():
                row.wrong(self.columns[place].key, sheet_faults.sentence(kind))
            for place, heading in self._contradicted(cells):
                sentence = _("“%(heading)s” says something else, which is not read.")
                row.left_out(self.columns[place].key, sentence % {"heading": heading})
            yield row

    def _faults_in(self, number: int) -> dict[int, str]:
        """The cells of a row, in columns of the roster, that show no value."""
        faults = self.faults.get(number - 1, {})
        places = {place: faults.get(place + self.first_column) for place in self.columns}
        return {place: kind for place, kind in places.items() if kind}

    def _contradicted(self, cells: Sequence[Any]) -> Iterator[tuple[int, str]]:
        """Columns of which a further one of the same meaning says something else, with its heading."""
        for place, others in self.further.items():
            for other in others:
                if _short(cells[other]) and _short(cells[other]) != _short(cells[place]):
                    yield place, self.headings[other]

    def _meant(self) -> Iterator[Line]:
        """The rows that say something, with what cells merged with those above them say."""
        held: dict[int, tuple[int, Any]] = {}
        for number, cells in self.lines:
            for place, last in self.merged.get(number, ()):
                held[place] = last, cells[place]
            if not _is_meant(cells, self.serial, self.columns) and not self._faults_in(number):
                continue
            own = list(cells)
            for place, (last, value) in held.items():
                if number <= last and own[place] == "":
                    own[place] = value
            for place, others in self.further.items():
                filled = [own[other] for other in others if _short(own[other])]
                if filled and not _short(own[place]):
                    own[place] = filled[0]
            yield number, own


def open_sheet(content: bytes, roster: Roster) -> Sheet:
    """The sheet of a workbook that holds the roster.

    Raises TooLarge; Refused (`bad_file`) for what is no workbook, (`no_headings`,
    `missing_columns`) for a sheet of something else, and whatever the roster refuses in headings.
    """
    roster.refuse_too_large(len(content))
    with spreadsheets.reading():
        spreadsheets.refuse_other_kinds(io.BytesIO(content))
        refuse_bomb(content, roster.limits)
        placed = roster.placed(content) if roster.placed else None
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        best = _placed(book, roster, placed) if placed else _best(book, roster)
        if best is not None:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                best.faults = sheet_faults.faults_of(archive, best.name)
    if best is None:
        message = _("No row of headings was found in the first ten rows: use the template.")
        raise Refused(message, code="no_headings")
    _refuse_missing(best, roster)
    return best


def _best(book: CalamineWorkbook, roster: Roster) -> Sheet | None:
    """The first sheet that holds the roster; what other sheets say is not read, and said so."""
    best: Sheet | None = None
    others = []
    for place in _places(book):
        calamine = book.get_sheet_by_index(place)
        sheet = _headed(calamine, roster) if best is None else None
        if sheet is not None:
            best = sheet
        elif calamine.height > 1 and calamine.name not in TEMPLATE_SHEETS:
            others.append(calamine.name)
    more = len(book.sheets_metadata) - MAX_SHEETS
    if best is not None:
        best.left_out += [_("the sheet “%(name)s”") % {"name": name[:40]} for name in others]
        if more > 0:
            best.left_out.append(_("%(count)d more sheets") % {"count": more})
    return best


def _placed(book: CalamineWorkbook, roster: Roster, placed: Placed) -> Sheet:
    """The sheet of a file of which is known where it has what."""
    sheet = book.get_sheet_by_name(placed.sheet)
    first = sheet.start[1] if sheet.start else 0
    headings = [placed.headings.get(first + place + 1, "") for place in range(sheet.width)]
    lines = islice(enumerate(sheet.iter_rows(), start=1), placed.first_row - 1, placed.last_row)
    rows = max(0, placed.last_row - placed.first_row + 1)
    return _sheet(sheet, roster, lines, headings, rows)


def _places(book: CalamineWorkbook) -> list[int]:
    """The first sheets, those that people see before hidden ones."""
    sheets = list(enumerate(book.sheets_metadata))[:MAX_SHEETS]
    sheets.sort(key=lambda sheet: sheet[1].visible != SheetVisibleEnum.Visible)
    return [place for place, _sheet in sheets]


def _headed(sheet: CalamineSheet, roster: Roster) -> Sheet | None:
    """A sheet from the row below its headings on; None where the first rows are no headings."""
    lines = enumerate(sheet.iter_rows(), start=1)
    first = [cells for _number, cells in islice(lines, HEADING_WITHIN)]
    known = known_headings(roster)
    counts = [sum(heading_key(cell) in known for cell in cells) for cells in first]
    if not counts or max(counts) < FEWEST_HEADINGS:
        return None
    place = counts.index(max(counts))
    headings = first[place]
    if roster.refuse_heading:
        for cell in chain.from_iterable(first[: place + 1]):
            roster.refuse_heading(heading_key(cell))
    rows = max(0, sheet.height - place - 1)
    below = chain(enumerate(first[place + 1 :], start=place + 2), lines)
    return _sheet(sheet, roster, below, headings, rows)


def _sheet(
    sheet: CalamineSheet,
    roster: Roster,
    lines: Iterator[Line],
    headings: Sequence[Any],
    expected: int,
) -> Sheet:
    known = known_headings(roster)
    left_out = [
        spreadsheets.text(cell)[:40]
        for cell in headings
        if cell != "" and heading_key(cell) not in known
    ]
    if len(left_out) > MAX_LEFT_OUT:
        more = _("%(count)d more") % {"count": len(left_out) - MAX_LEFT_OUT}
        left_out = [*left_out[:MAX_LEFT_OUT], more]
    return Sheet(
        lines,
        *_columns(headings, known),
        next((at for at, cell in enumerate(headings) if heading_key(cell) == SERIAL), None),
        [spreadsheets.text(cell)[:40] for cell in headings],
        expected,
        roster.limits,
        _merged(sheet),
        left_out,
        name=sheet.name,
        first_column=sheet.start[1] if sheet.start else 0,
    )


def _merged(sheet: CalamineSheet) -> dict[int, list[tuple[int, int]]]:
    """The cells that are merged with those below them, by their row; columns as rows are read."""
    merged: dict[int, list[tuple[int, int]]] = {}
    first_column = sheet.start[1] if sheet.start else 0
    for (top, column), (bottom, _right) in sheet.merged_cell_ranges or ():
        if bottom > top and 0 <= column - first_column < sheet.width:
            merged.setdefault(top + 1, []).append((column - first_column, bottom + 1))
    return merged


def heading_key(cell: Any) -> str:
    """A heading without blanks, asterisks and what stands in brackets."""
    if not isinstance(cell, str):
        return ""
    text = re.sub(r"[(\[【〔].*?[)\]】〕]", "", unicodedata.normalize("NFKC", cell))
    return re.sub(r"[\s*:]", "", text)


def known_headings(roster: Roster) -> dict[str, Column | None]:
    """Every heading that a roster knows; None for those that it does not keep."""
    known: dict[str, Column | None] = {
        heading_key(heading): None for heading in (SERIAL, FAULTS, *roster.ignored)
    }
    for column in reversed(roster.columns):
        for heading in (*column.synonyms, column.heading):
            known[heading_key(heading)] = column
    return known


def _columns(
    headings: Sequence[Any], known: dict[str, Column | None]
) -> tuple[dict[int, Column], dict[int, list[int]]]:
    """The column at each place, the roster's own heading first; and further places that mean the same."""
    columns = {column.key: column for column in known.values() if column}
    keys = [heading_key(cell) for cell in headings]
    places: dict[str, list[int]] = {}
    for place, key in enumerate(keys):
        if column := known.get(key):
            at = places.setdefault(column.key, [])
            is_own = key == heading_key(column.heading)
            at.insert(sum(keys[other] == key for other in at) if is_own else len(at), place)
    first = {at[0]: columns[key] for key, at in places.items()}
    return first, {at[0]: at[1:] for at in places.values() if len(at) > 1}


def _refuse_missing(sheet: Sheet, roster: Roster) -> None:
    there = {column.key for column in sheet.columns.values()}
    missing = [
        needed.heading for needed in roster.columns if needed.required and needed.key not in there
    ]
    if missing:
        message = _("These columns are missing: %(columns)s. Use the template.")
        said = {"columns": "、".join(missing)}
        if sheet.left_out:
            message = _(
                "These columns are missing: %(columns)s. Not understood in the file: %(headings)s. "
                "Use the template."
            )
            said["headings"] = "、".join(sheet.left_out[:MOST_NAMED])
        raise Refused(message % said, code="missing_columns")


def _is_meant(cells: Sequence[Any], serial: int | None, columns: dict[int, Column]) -> bool:
    """Whether a line is a row of the roster: not blank, an example, a foot or headings again."""
    texts = [text for text in map(_short, cells) if text]
    if not texts:
        return False
    if texts[0].startswith(EXAMPLE_MARK) or _is_example(cells, columns):
        return False
    # A running number may stand before it.
    numbered = serial is not None and texts[0] == _short(cells[serial]) and len(texts) > 1
    if len(texts) <= 3 + numbered and any(
        text.startswith(FOOT_MARKS) for text in texts[: 1 + numbered]
    ):
        return False
    if serial is not None and len(texts) == 1 and _short(cells[serial]):
        # A number that Excel filled down below the last row.
        return False
    return not _is_heading_again(cells, columns)


def _is_example(cells: Sequence[Any], columns: dict[int, Column]) -> bool:
    """Whether a row says what the template's example says, in every column that has one."""
    examples = {place: column.example for place, column in columns.items() if column.example != ""}
    return len(examples) >= FEWEST_EXAMPLES and all(
        place < len(cells) and spreadsheets.text(cells[place]) == spreadsheets.text(example)
        for place, example in examples.items()
    )


def _is_heading_again(cells: Sequence[Any], columns: dict[int, Column]) -> bool:
    """Whether the headings stand here once more, as above each printed page."""
    again = 0
    for place, column in columns.items():
        cell = cells[place] if place < len(cells) else ""
        again += cell == column.heading or cell in column.synonyms
        if again == FEWEST_HEADINGS:
            return True
    return False


def _short(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def _shown(cell: Any) -> str:
    shown = cell.date().isoformat() if isinstance(cell, datetime) else spreadsheets.text(cell)
    return shown[:LONGEST_RAW]


def _understood(number: int, cells: Sequence[Any], columns: dict[int, Column]) -> Row:
    row = Row(number, {})
    for place, column in columns.items():
        cell = cells[place] if place < len(cells) else None
        if _short(cell) == "":
            if column.required:
                row.wrong(column.key, _("This cell is needed."))
            continue
        try:
            value = column.parse(cell)
        except Refused as refusal:
            row.raw[column.key] = _shown(cell)
            row.wrong(column.key, refusal.message)
            continue
        if value != cell and str(value) != (shown := _shown(cell)):
            row.raw[column.key] = shown
        if isinstance(value, Unread):
            row.left_out(column.key, value.sentence)
        elif value == "" and column.required:
            row.wrong(column.key, _("This cell is needed."))
        elif value is not UNKNOWN and value != "":
            row.values[column.key] = value
    return row
