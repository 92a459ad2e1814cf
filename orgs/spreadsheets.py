"""Reading and writing Excel workbooks that people send and fetch."""

import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils.datetime import from_excel

from orgs.errors import Refused, TooLarge

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_BYTES = 5 * 1024 * 1024
# A workbook is a zip archive; unpacked it may not take more than this.
MAX_UNPACKED = 40 * 1024 * 1024
MAX_COLUMNS = 30
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
DATE_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")


def read_rows(file: IO[bytes], size: int, max_rows: int) -> list[Sequence[Any]]:
    """The values of the first sheet, headings included, without empty rows at the end.

    Raises TooLarge for too many bytes or rows, Refused for anything that is not a workbook.
    """
    if size > MAX_BYTES:
        raise TooLarge(_("The file is larger than 5 MB."))
    try:
        with zipfile.ZipFile(file) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise TooLarge(_("The file is too large once unpacked."))
        file.seek(0)
        rows = list(_stream(file, max_rows + 2))
    except TooLarge:
        raise
    except Exception:
        # openpyxl lets through whatever its parts raise (zip, XML, key and value errors); all of it
        # means the same to the person who sent the file.
        raise Refused(_("This is not an Excel file (.xlsx) that can be read."), code="bad_file")
    while rows and not any(value not in (None, "") for value in rows[-1]):
        rows.pop()
    if len(rows) > max_rows + 1:
        raise TooLarge(_("At most %(count)d rows are taken at once.") % {"count": max_rows})
    return rows


def _stream(file: IO[bytes], rows: int) -> Iterator[Sequence[Any]]:
    book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        yield from sheet.iter_rows(max_row=rows, max_col=MAX_COLUMNS, values_only=True)
    finally:
        book.close()


def text(value: Any) -> str:
    """A cell as text: numbers without a fraction, full-width characters as usual ones, trimmed."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(unicodedata.normalize("NFKC", str(value)).split())


def day(value: Any) -> date:
    """A cell as a date, whether Excel's own or written out. Raises ValueError."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float):
        written = str(int(value))
        if len(written) == 8:
            return datetime.strptime(written, "%Y%m%d").date()  # noqa: DTZ007 (a day has no zone)
        return _excel_day(value)
    written = text(value).replace(" ", "")
    for layout in DATE_FORMATS:
        try:
            return datetime.strptime(written, layout).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    raise ValueError(written)


def _excel_day(value: float) -> date:
    """Excel counts days; only those of our own time are meant as dates."""
    if not 20_000 <= value <= 80_000:
        raise ValueError(value)
    found = from_excel(value)
    return found.date() if isinstance(found, datetime) else found


def write(
    headings: Sequence[str], rows: Iterable[Sequence[Any]], title: str, notes: Sequence[str] = ()
) -> bytes:
    """A workbook of one sheet; text that a spreadsheet would run as a formula is made harmless.

    `notes` fill a second sheet, a line each, for whoever is to fill in the first.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = title[:31]
    sheet.append([harmless(heading) for heading in headings])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in rows:
        sheet.append([harmless(value) for value in row])
    for column in sheet.columns:
        sheet.column_dimensions[column[0].column_letter].width = 18
    sheet.freeze_panes = "A2"
    if notes:
        explained = book.create_sheet(_("How to fill it in"))
        for note in notes:
            explained.append([harmless(note)])
        explained.column_dimensions["A"].width = 100
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def harmless(value: Any) -> Any:
    """Text that begins like a formula gets an apostrophe in front, as spreadsheets do it.

    Signs that no workbook may hold are left out.
    """
    if not isinstance(value, str):
        return value
    value = ILLEGAL_CHARACTERS_RE.sub("", value)
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value
