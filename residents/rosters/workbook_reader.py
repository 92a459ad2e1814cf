"""Reading the workbook of a ledger: which row holds the headings, and what each row says.

The workbook is read by compiled code, which holds one sheet in memory; what that may take is measured
before it is opened. Rows are understood one after the other.
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from string import digits
from typing import IO, Any
from xml.parsers.expat import ParserCreate

from django.utils.translation import gettext as _
from openpyxl.utils import column_index_from_string
from python_calamine import CalamineSheet, CalamineWorkbook

from orgs.errors import Refused, TooLarge
from orgs.imports import spreadsheets
from residents.rosters.registry import UNKNOWN, Column, Ledger, Row

MAX_BYTES = 20 * 1024 * 1024
# Unpacked, a workbook may be as large as 50,000 full rows are; its sheets as far as they reach.
MAX_UNPACKED = 200 * 1024 * 1024
MAX_SHARED = 64 * 1024 * 1024
MAX_CELLS = 4_000_000
MAX_ROWS = 50_000
# Beyond this many lines, blank ones included, nobody has a ledger.
MAX_LINES = 200_000
HEADING_WITHIN = 10
FEWEST_HEADINGS = 2
LONGEST_RAW = 200
# A row that begins so is the template's own; so begin the lines under a table.
EXAMPLE_MARK = "示例"
FOOT_MARKS = ("合计", "总计", "小计", "填表", "制表", "注:", "注：", "备注:", "说明:")
SERIAL = "序号"
# What the portal adds to a file that is to be corrected.
FAULTS = "错误原因"
# Measures of control have no place in a ledger of needs; a file that has them is not taken.
CONTROL = re.compile("管控|稳控|布控|列管|在控|失控|脱管|漏管|涉稳")
MAX_SHEETS = 5
MAX_LEFT_OUT = 20
_PIECE = 1024 * 1024


@dataclass
class Sheet:
    """A sheet whose headings have been understood: `columns` by their place."""

    lines: Iterator[tuple[int, Sequence[Any]]]
    columns: dict[int, Column]
    serial: int | None
    expected: int
    left_out: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[Row]:
        """The rows that mean something. Raises TooLarge for more than are taken."""
        count = 0
        for number, cells in self.lines:
            if not _is_meant(cells, self.serial, self.columns):
                continue
            count += 1
            if count > MAX_ROWS or number > MAX_LINES:
                raise TooLarge(_("At most %(count)d rows are taken at once.") % {"count": MAX_ROWS})
            yield _understood(number, cells, self.columns)


def open_sheet(content: bytes, ledger: Ledger) -> Sheet:
    """The sheet of a workbook that holds the ledger.

    Raises TooLarge; Refused (`bad_file`) for what is no workbook, (`no_headings`,
    `missing_columns`) for a sheet of something else, (`control_measures`) for one of control.
    """
    refuse_too_large(len(content))
    try:
        spreadsheets.refuse_other_kinds(io.BytesIO(content))
        _refuse_bomb(content)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        places = range(min(len(book.sheet_names), MAX_SHEETS))
        sheets = (_headed(book.get_sheet_by_index(place), ledger) for place in places)
        best = next((sheet for sheet in sheets if sheet), None)
    except (TooLarge, Refused):
        raise
    except Exception:
        # The parts that read raise whatever they like; all of it means the same to the sender.
        raise spreadsheets.unreadable()
    if best is None:
        message = _("No row of headings was found in the first ten rows: use the template.")
        raise Refused(message, code="no_headings")
    _refuse_missing(best, ledger)
    return best


def refuse_too_large(size: int) -> None:
    """Raises TooLarge for more bytes than are taken."""
    if size > MAX_BYTES:
        raise TooLarge(_("The file is larger than 20 MB."))


def _refuse_bomb(content: bytes) -> None:
    """Nothing that would fill the memory is opened: sizes are added up, sheets are measured."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        shared = sum(one.file_size for one in entries if one.filename.endswith("sharedStrings.xml"))
        if sum(one.file_size for one in entries) > MAX_UNPACKED or shared > MAX_SHARED:
            raise TooLarge(_("The file is too large once unpacked."))
        for one in entries:
            # By what it holds: a sheet may be called as one likes.
            if _holds(archive, one, b"sheetData"):
                with archive.open(one) as sheet:
                    _refuse_wide(sheet)


def _holds(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, word: bytes) -> bool:
    rest = b""
    with archive.open(entry) as part:
        while piece := part.read(_PIECE):
            if word in rest + piece:
                return True
            rest = piece[-len(word) :]
    return False


def _refuse_wide(sheet: IO[bytes]) -> None:
    """One far cell makes a whole sheet large: rows times columns are counted, and cells.

    As whoever reads the sheet counts: a row or a cell that says no place stands after the last one.
    """
    row = column = last_row = width = cells = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, last_row, width, cells
        name = name.rpartition(":")[2]
        place = attributes.get("r", "")
        if name == "row":
            row, column = int(place or row + 1), 0
            last_row = max(last_row, row)
        elif name == "c":
            letters = place.rstrip(digits)
            column = column_index_from_string(letters) if letters else column + 1
            last_row = max(last_row, int(place[len(letters) :] or row))
            width, cells = max(width, column), cells + 1
            if max(last_row * width, cells) > MAX_CELLS:
                raise TooLarge(
                    _("The sheet reaches too far: delete what stands below and beside the table.")
                )

    parser = ParserCreate()
    parser.StartElementHandler = start
    while piece := sheet.read(_PIECE):
        parser.Parse(piece)


def _headed(sheet: CalamineSheet, ledger: Ledger) -> Sheet | None:
    """A sheet from the row below its headings on; None where the first rows are no headings."""
    lines = enumerate(sheet.iter_rows(), start=1)
    first = [cells for _number, cells in islice(lines, HEADING_WITHIN)]
    known = known_headings(ledger)
    counts = [sum(heading_key(cell) in known for cell in cells) for cells in first]
    if not counts or max(counts) < FEWEST_HEADINGS:
        return None
    place = counts.index(max(counts))
    headings = first[place]
    _refuse_control(first[: place + 1])
    left_out = [
        spreadsheets.text(cell)[:40]
        for cell in headings
        if cell != "" and heading_key(cell) not in known
    ]
    return Sheet(
        chain(enumerate(first[place + 1 :], start=place + 2), lines),
        _columns(headings, known),
        next((at for at, cell in enumerate(headings) if heading_key(cell) == SERIAL), None),
        max(0, sheet.height - place - 1),
        left_out[:MAX_LEFT_OUT],
    )


def heading_key(cell: Any) -> str:
    """A heading without blanks, asterisks and what stands in brackets."""
    if not isinstance(cell, str):
        return ""
    text = re.sub(r"[(\[【〔].*?[)\]】〕]", "", unicodedata.normalize("NFKC", cell))
    return re.sub(r"[\s*:]", "", text)


def known_headings(ledger: Ledger) -> dict[str, Column | None]:
    """Every heading that a ledger knows; None for those that it does not keep."""
    found: dict[str, Column | None] = {
        heading_key(one): None for one in (SERIAL, FAULTS, *ledger.ignored)
    }
    for column in reversed(ledger.columns):
        for one in (*column.synonyms, column.heading):
            found[heading_key(one)] = column
    return found


def _columns(headings: Sequence[Any], known: dict[str, Column | None]) -> dict[int, Column]:
    """The column at each place; of two that mean the same the one with the ledger's own heading."""
    places: dict[str, tuple[bool, int]] = {}
    for place, cell in enumerate(headings):
        column = known.get(heading_key(cell))
        if column:
            own = heading_key(cell) == heading_key(column.heading)
            before = places.get(column.key)
            if before is None or (own and not before[0]):
                places[column.key] = (own, place)
    by_key = {column.key: column for column in known.values() if column}
    return {place: by_key[key] for key, (_own, place) in places.items()}


def _refuse_control(rows: Sequence[Sequence[Any]]) -> None:
    for cells in rows:
        if any(isinstance(cell, str) and CONTROL.search(heading_key(cell)) for cell in cells):
            message = _(
                "This file has columns on control measures. Only what people need is kept: delete "
                "these columns and send the file again."
            )
            raise Refused(message, code="control_measures")


def _refuse_missing(sheet: Sheet, ledger: Ledger) -> None:
    there = {column.key for column in sheet.columns.values()}
    missing = [one.heading for one in ledger.columns if one.required and one.key not in there]
    if missing:
        message = _("These columns are missing: %(columns)s. Use the template.")
        raise Refused(message % {"columns": "、".join(missing)}, code="missing_columns")


def _is_meant(cells: Sequence[Any], serial: int | None, columns: dict[int, Column]) -> bool:
    """Whether a line is a row of the ledger: not blank, an example, a foot or headings again."""
    told = [text for text in map(_short, cells) if text]
    if not told:
        return False
    if told[0].startswith(EXAMPLE_MARK):
        return False
    if len(told) <= 3 and told[0].startswith(FOOT_MARKS):
        return False
    if serial is not None and len(told) == 1 and _short(cells[serial]):
        # A number that Excel filled down below the last row.
        return False
    return not _is_heading_again(cells, columns)


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
    hidden = set()
    for place, column in columns.items():
        cell = cells[place] if place < len(cells) else None
        if cell is None or cell == "" or _short(cell) == "":
            continue
        try:
            value = column.parse(cell)
        except Refused as refusal:
            row.raw[column.key] = _shown(cell)
            row.wrong(column.key, refusal.message)
            continue
        if value != cell and str(value) != (shown := _shown(cell)):
            row.raw[column.key] = shown
        if value is UNKNOWN:
            hidden.add(column.key)
        elif value != "":
            row.values[column.key] = value
    for column in columns.values():
        said = column.key in row.values or column.key in hidden or column.key in row.raw
        if column.required and not said:
            row.wrong(column.key, _("This cell is needed."))
    return row
