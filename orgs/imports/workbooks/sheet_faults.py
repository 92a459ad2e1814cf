"""Cells of a workbook that show no value: errors of Excel (#N/A), formulas that nobody calculated.

What reads the sheets answers nothing for both, as for an empty cell; so they are looked for in the XML.
"""

import posixpath
import zipfile
from collections import defaultdict
from string import digits
from typing import IO
from xml.etree import ElementTree
from xml.parsers.expat import ParserCreate

from orgs.imports.rosters import MEGABYTE
from orgs.values.sentences import gettext as _

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
# So many are told of; a sheet that has more is not sent again for the last one.
MOST = 2000
ERROR, FORMULA = "error", "formula"
# Row -> column (both from 0) -> which of the two.
Faults = dict[int, dict[int, str]]


def sentence(kind: str) -> str:
    """What is wrong with such a cell."""
    if kind == ERROR:
        return _("This cell shows an error of Excel, like #N/A: write the value.")
    return _("This formula was never calculated: open the file in Excel or WPS and save it.")


def faults_of(archive: zipfile.ZipFile, sheet: str) -> Faults:
    """The cells of the sheet of a name that show no value. Raises whatever a broken file raises."""
    part = _part_of(archive, sheet)
    if part is None:
        return {}
    with archive.open(part) as content:
        return _read(content)


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314  its size was counted
    key = next(
        (
            one.get(f"{RELATIONS}id")
            for one in book.iter()
            if one.get("name") == sheet and one.tag.endswith("sheet")
        ),
        None,
    )
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    target = next((one.get("Target") for one in links.iter() if key and one.get("Id") == key), None)
    if not target:
        return None
    path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
    path = posixpath.normpath(path)
    return path if path in archive.namelist() else None


def _read(content: IO[bytes]) -> Faults:
    from openpyxl.utils import column_index_from_string  # 15 MB, which only a job that reads needs

    found: Faults = defaultdict(dict)
    row = column = count = 0
    kind, has_formula, has_value, in_value = "", False, False, False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, kind, has_formula, has_value, in_value
        name = name.rpartition(":")[2]
        if name == "row":
            row, column = int(attributes.get("r", row + 1)), 0
        elif name == "c":
            letters = attributes.get("r", "").rstrip(digits)
            column = column_index_from_string(letters) if letters else column + 1
            kind, has_formula, has_value = attributes.get("t", ""), False, False
        elif name == "f":
            has_formula = True
        elif name == "v":
            in_value = True
        elif name == "is":
            has_value = True

    def text(said: str) -> None:
        nonlocal has_value
        has_value = has_value or (in_value and not said.isspace())

    def end(name: str) -> None:
        nonlocal count, in_value
        in_value = False
        if name.rpartition(":")[2] != "c" or count >= MOST:
            return
        if kind == "e" or (has_formula and not has_value):
            found[row - 1][column - 1] = ERROR if kind == "e" else FORMULA
            count += 1

    parser = ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = text
    while piece := content.read(MEGABYTE):
        parser.Parse(piece)
    return found
