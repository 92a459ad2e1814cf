"""Reading and writing Excel workbooks that people send and fetch."""

import codecs
import io
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import IO, Any, TypeAlias

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import from_excel

from orgs.errors import Refused, TooLarge
from orgs.values.days import FIRST, LAST

OLD_EXCEL = b"\xd0\xcf\x11\xe0"
# What workbooks of other kinds hold; each would be read by code that nobody measures.
FOREIGN_PARTS = frozenset({"content.xml", "xl/workbook.bin"})
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_BYTES = 5 * 1024 * 1024
# A workbook is a zip archive; unpacked it may not take more than this.
MAX_UNPACKED = 40 * 1024 * 1024
MAX_COLUMNS = 30
# Full-width signs too: spreadsheets for Chinese make usual ones of them.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Excel keeps 15 digits of a number; a longer one has lost its end before it gets here.
EXACT_BELOW = 10**15
CLOCK_FORMATS = ("%H:%M:%S", "%H:%M", "%H时%M分%S秒", "%H时%M分", "%H时")
DATE_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")


# A column's heading in the template, with whatever else it may be called.
Titles: TypeAlias = str | tuple[str, ...]
# The cells of a row by what they hold.
Given: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class RowError:
    """What is wrong in one row. `row` counts as Excel does, the headings being row 1."""

    row: int
    column: str
    message: str


class ImportRefused(Refused):
    """Something in the sheet is wrong; nothing was taken. `errors` names every place."""

    code = "bad_rows"

    def __init__(self, errors: Sequence[RowError]) -> None:
        super().__init__(_("Nothing was imported. Correct the rows below and send the file again."))
        self.errors = list(errors)
        self.extra = {"rows": [asdict(error) for error in errors]}


def read_rows(file: IO[bytes], size: int, max_rows: int) -> list[Sequence[Any]]:
    """The values of the first sheet, headings included, without empty rows at the end.

    Raises TooLarge for too many bytes or rows, Refused for anything that is not a workbook.
    """
    refuse_too_large(size)
    refuse_other_kinds(file)
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
        raise unreadable()
    while rows and not any(value not in (None, "") for value in rows[-1]):
        rows.pop()
    if len(rows) > max_rows + 1:
        raise TooLarge(_("At most %(count)d rows are taken at once.") % {"count": max_rows})
    return rows


def refuse_other_kinds(file: IO[bytes]) -> None:
    """Raises Refused for what is no .xlsx, with what to do about it. The file is at its start again."""
    head = file.read(4096)
    file.seek(0)
    if head.startswith(OLD_EXCEL):
        raise unreadable(
            _(
                "This is an Excel file of the old kind (.xls) or one with a password. Open it in Excel or "
                "WPS, save it as .xlsx without a password, and send that."
            )
        )
    if _is_text(head):
        raise unreadable(
            _(
                "This is text (.csv or a web page), not an Excel file. Open it in Excel or WPS with the "
                "ID numbers as text, save it as .xlsx, and send that."
            )
        )
    try:
        with zipfile.ZipFile(file) as archive:
            parts = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        raise unreadable()
    file.seek(0)
    if "xl/workbook.xml" not in parts or parts & FOREIGN_PARTS:
        raise unreadable(
            _(
                "This is a file of another kind, not an Excel file. Open it in Excel or WPS, save it as "
                ".xlsx, and send that."
            )
        )


def unreadable(sentence: str = "") -> Refused:
    """The refusal of a file that cannot be read."""
    message = sentence or _("This is not an Excel file (.xlsx) that can be read.")
    return Refused(message, code="bad_file", field="file")


def _is_text(head: bytes) -> bool:
    """Whether a file begins as a table of text does, in one of the encodings that are used here."""
    if not head.strip() or b"\0" in head or head.startswith(b"PK"):
        return False
    return any(_decodes(head, encoding) for encoding in ("utf-8", "gb18030"))


def _decodes(head: bytes, encoding: str) -> bool:
    """The last character may be cut in two."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def filled_rows(
    cells: Sequence[Sequence[Any]], headings: Mapping[str, Titles], optional: Set[str] = frozenset()
) -> list[tuple[int, Given]]:
    """The rows below the headings that hold anything: each with its number, and its cells by key.

    Raises ImportRefused where a column is missing; an `optional` one is then empty in every row.
    """
    first = cells[0] if cells else []
    places = {text(value).replace(" ", ""): place for place, value in enumerate(first)}
    columns = {
        key: next((places[title] for title in _all(titles) if title in places), None)
        for key, titles in headings.items()
    }
    missing = [key for key, place in columns.items() if place is None and key not in optional]
    if missing:
        message = _("The column %(title)s is missing. Use the template.")
        titles = [heading(headings[key]) for key in missing]
        raise ImportRefused([RowError(1, title, message % {"title": title}) for title in titles])
    rows = [
        (
            number,
            {
                key: values[place] if place is not None and place < len(values) else None
                for key, place in columns.items()
            },
        )
        for number, values in enumerate(cells[1:], start=2)
    ]
    return [(number, given) for number, given in rows if any(map(text, given.values()))]


def cell_reader(
    number: int, given: Given, headings: Mapping[str, Titles], errors: list[RowError]
) -> Callable[..., Any]:
    """A function `cell(key, read, *more)` that notes in `errors` what `read` refuses, and gives None."""

    def cell(key: str, read: Callable[..., Any], *more: Any) -> Any:
        try:
            return read(given[key], *more)
        except Refused as error:
            errors.append(RowError(number, heading(headings[key]), error.message))
            return None

    return cell


def heading(titles: Titles) -> str:
    """What the template writes over a column."""
    return _all(titles)[0]


def _all(titles: Titles) -> tuple[str, ...]:
    return (titles,) if isinstance(titles, str) else titles


def refuse_too_large(size: int) -> None:
    """Raises TooLarge for more bytes than are taken."""
    if size > MAX_BYTES:
        raise TooLarge(_("The file is larger than 5 MB."))


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
    found = _day(value)
    if not FIRST <= found <= LAST:
        raise ValueError(value)
    return found


def _day(value: Any) -> date:
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


def moment(value: Any) -> datetime:
    """A cell as a moment of local time: Excel's own, its number of days, or written out; a day alone
    is its beginning. Raises ValueError."""
    if isinstance(value, int | float) and 20_000 <= value <= 80_000:
        value = from_excel(value)
    if isinstance(value, datetime):
        # Days as fractions miss a full second by a hair.
        whole = (value + timedelta(milliseconds=500)).replace(microsecond=0, tzinfo=None)
        return timezone.make_aware(datetime.combine(day(whole), whole.time()))
    if isinstance(value, str):
        head, clock = _split(text(value).replace("T", " "))
        return timezone.make_aware(datetime.combine(day(head), _clock(clock)))
    return timezone.make_aware(datetime.combine(day(value), time()))


def _split(written: str) -> tuple[str, str]:
    """The day and the time of day, which a space or 日 parts."""
    head, separator, clock = written.partition("日")
    if separator:
        return head + separator, clock.replace(" ", "")
    head, _space, clock = written.partition(" ")
    return head, clock.replace(" ", "")


def _clock(written: str) -> time:
    if not written:
        return time()
    for layout in CLOCK_FORMATS:
        try:
            return datetime.strptime(written, layout).time()  # noqa: DTZ007 (a clock has no zone)
        except ValueError:
            continue
    raise ValueError(written)


def lost_digits(value: Any) -> bool:
    """Whether a long number came as a number, so that Excel has rounded its end away."""
    return isinstance(value, int | float) and abs(value) >= EXACT_BELOW


def write(
    headings: Sequence[str],
    rows: Iterable[Sequence[Any]],
    title: str,
    notes: Sequence[Sequence[Any]] = (),
    as_text: str = "",
) -> bytes:
    """A workbook of one sheet, and a second one of notes; text is made harmless.

    In the columns of `as_text` ("AG") Excel keeps what is typed, however much it looks like a number.
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
    for letter in as_text:
        sheet.column_dimensions[letter].number_format = "@"
    sheet.freeze_panes = "A2"
    if notes:
        explained = book.create_sheet(_("How to fill in"))
        for line in notes:
            explained.append([harmless(value) for value in line])
        explained.column_dimensions["A"].width, explained.column_dimensions["B"].width = 18, 80
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def stream(headings: Sequence[str], rows: Iterable[Sequence[Any]], title: str) -> IO[bytes]:
    """A workbook written row by row into a temporary file: any number of rows takes the same memory."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for place in range(1, len(headings) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = 18
    bold = [WriteOnlyCell(sheet, value=harmless(heading)) for heading in headings]
    for cell in bold:
        cell.font = Font(bold=True)
    sheet.append(bold)
    for row in rows:
        sheet.append([harmless(value) for value in row])
    out = tempfile.TemporaryFile()  # noqa: SIM115 (whoever sends it closes it)
    book.save(out)
    out.seek(0)
    return out


def harmless(value: Any) -> Any:
    """Text that begins like a formula gets an apostrophe in front, as spreadsheets do it.

    Control characters, which no workbook can hold, are left out.
    """
    if not isinstance(value, str):
        return value
    value = ILLEGAL_CHARACTERS_RE.sub("", value)
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value
