"""What reading a workbook may take: counted in a pass over the archive before it is opened."""

import io
import zipfile
from collections import Counter
from string import digits
from typing import IO
from xml.parsers.expat import ParserCreate

from orgs.errors import TooLarge
from orgs.imports.rosters import MEGABYTE, Limits
from orgs.values.sentences import gettext as _

# The longest name of an element, with its prefix, that two pieces may cut in two.
_LONGEST_NAME = 200


def refuse_bomb(content: bytes, limits: Limits) -> None:
    """Nothing that would fill the memory is opened: sizes are added up, elements are counted."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        strings = sum(
            member.file_size for member in entries if member.filename.endswith("sharedStrings.xml")
        )
        if (
            sum(member.file_size for member in entries) > limits.unpacked
            or strings > limits.strings
        ):
            raise TooLarge(_("The file is too large once unpacked."))
        counts: Counter[str] = Counter()
        for entry in entries:
            # By what it holds: a sheet may be called as one likes.
            with archive.open(entry) as part:
                is_sheet = _count(part, counts, limits)
            if is_sheet:
                with archive.open(entry) as sheet:
                    _refuse_wide(sheet, limits)


def _count(part: IO[bytes], counts: Counter[str], limits: Limits) -> bool:
    """Adds up the elements of one part that take memory; answers whether it is a sheet.

    Counted is what begins like them, under whatever prefix: at least as many as there are. Raises
    TooLarge as soon as there are too many.
    """
    most = {
        "row": limits.lines, "c": limits.cells, "si": limits.cells // 4, "mergeCell": limits.lines
    }  # fmt: skip
    rest, is_sheet = b"", False
    while piece := part.read(MEGABYTE):
        piece = rest + piece
        # A name that the pieces cut in two belongs to the next one.
        end = max(piece.rfind(b"<"), len(piece) - _LONGEST_NAME)
        piece, rest = piece[:end], piece[end:]
        is_sheet = is_sheet or b"sheetData" in piece
        for name in most:
            counts[name] += piece.count(f"<{name}".encode()) + piece.count(f":{name}".encode())
            if counts[name] > most[name]:
                raise _too_far()
    return is_sheet or b"sheetData" in rest


def _too_far() -> TooLarge:
    return TooLarge(_("The sheet reaches too far: delete what stands below and beside the table."))


def _refuse_wide(sheet: IO[bytes], limits: Limits) -> None:
    """One far cell makes a whole sheet large: rows times columns are counted.

    As whoever reads the sheet counts: a row or a cell that says no place stands after the last one.
    """
    from openpyxl.utils import column_index_from_string  # 15 MB, which only a job that reads needs

    row = column = last_row = width = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, last_row, width
        if name == "c" or name.endswith(":c"):
            place = attributes.get("r", "")
            letters = place.rstrip(digits)
            column = column_index_from_string(letters) if letters else column + 1
            last_row = max(last_row, int(place[len(letters) :] or row))
            width = max(width, column)
            if last_row * width > limits.cells:
                raise _too_far()
        elif name == "row" or name.endswith(":row"):
            row, column = int(attributes.get("r", row + 1)), 0
            last_row = max(last_row, row)

    parser = ParserCreate()
    parser.StartElementHandler = start
    while piece := sheet.read(MEGABYTE):
        parser.Parse(piece)
