"""Reading and writing Excel workbooks that people send and fetch.

Openpyxl takes 15 MB, which only a process that reads or writes one needs: it is imported there.
"""

import codecs
import io
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import IO, Any

from django.utils import timezone

from orgs.errors import Refused, TooLarge
from orgs.values.days import FIRST, LAST
from orgs.values.sentences import gettext as _

OLD_EXCEL = b"\xd0\xcf\x11\xe0"
# What workbooks of other kinds hold; each would be read by code that nobody measures.
FOREIGN_PARTS = frozenset({"content.xml", "xl/workbook.bin"})
# Full-width signs too: spreadsheets for Chinese make usual ones of them.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Control characters but for tab and the ends of lines.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
# Excel keeps 15 digits of a number; a longer one has lost its end before it gets here.
EXACT_BELOW = 10**15
CLOCK_FORMATS = ("%H:%M:%S", "%H:%M", "%H时%M分%S秒", "%H时%M分", "%H时")
DATE_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")


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


@contextmanager
def reading() -> Iterator[None]:
    """What is read within raises TooLarge and Refused, and `unreadable` for everything else."""
    try:
        yield
    except (TooLarge, Refused):
        raise
    except Exception:
        # The parts that read raise whatever they like; all of it means the same to the sender.
        raise unreadable()


def _is_text(head: bytes) -> bool:
    """Whether a file begins as a table of text does, in one of the encodings that are used here."""
    if not head.strip() or b"\0" in head or head.startswith((b"PK", b"%PDF-")):
        return False
    return any(_decodes(head, encoding) for encoding in ("utf-8", "gb18030"))


def _decodes(head: bytes, encoding: str) -> bool:
    """The last character may be cut in two."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def text(value: Any) -> str:
    """A cell as text: numbers without a fraction, full-width characters as usual ones, trimmed."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(unicodedata.normalize("NFKC", str(value)).split())


def day(value: Any) -> date:
    """A cell as a date, whether Excel's own or written out. Raises ValueError."""
    read = _day(value)
    if not FIRST <= read <= LAST:
        raise ValueError(value)
    return read


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
    from openpyxl.utils.datetime import from_excel

    read = from_excel(value)
    return read.date() if isinstance(read, datetime) else read


def moment(value: Any) -> datetime:
    """A cell as a moment of local time: Excel's own, its number of days, or written out; a day alone
    is its beginning. Raises ValueError."""
    if isinstance(value, int | float) and 20_000 <= value <= 80_000:
        from openpyxl.utils.datetime import from_excel

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


def write(headings: Sequence[str], rows: Iterable[Sequence[Any]], title: str) -> bytes:
    """A workbook of one sheet; text is made harmless."""
    return write_sheets([(title, headings, rows)])


def sheet_title(name: str) -> str:
    """A name as Excel takes it for a sheet: at most 31 characters, none of []:*?/\\."""
    return _NOT_IN_TITLES.sub("-", UNWRITABLE.sub("", name)).strip("' ")[:31] or "1"


def write_sheets(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]) -> bytes:
    """A workbook of some sheets: the title, the headings and the rows of each."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.active)
    for title, headings, rows in sheets:
        sheet = book.create_sheet(sheet_title(title))
        sheet.append([harmless(heading) for heading in headings])
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for row in rows:
            sheet.append([harmless(value) for value in row])
        for column in sheet.columns:
            sheet.column_dimensions[column[0].column_letter].width = 18
        sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def stream(headings: Sequence[str], rows: Iterable[Sequence[Any]], title: str) -> IO[bytes]:
    """A workbook written row by row into a temporary file: any number of rows takes the same memory."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(sheet_title(title))
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
    """Text that begins like a formula gets an apostrophe in front, as spreadsheets do it; what has one
    gets another, so that reading takes away exactly what was put there.

    Control characters, which no workbook can hold, are left out.
    """
    if not isinstance(value, str):
        return value
    value = UNWRITABLE.sub("", value)
    return f"'{value}" if looks_like_formula(value.lstrip("'")) else value


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet might take a text for a formula."""
    return text.startswith(FORMULA_STARTS)
