"""A workbook opened safely; its first sheet as a plain table, for files that no roster describes."""

import io

from python_calamine import CalamineWorkbook

from orgs.imports.rosters import Limits
from orgs.imports.workbooks import spreadsheets
from orgs.imports.workbooks.sizes import refuse_bomb


def table(content: bytes, limits: Limits) -> list[list[str]]:
    """The cells of the first sheet as text, with one row more than `limits` allows at most.

    Raises TooLarge; Refused (`bad_file`) for what is no workbook.
    """
    with spreadsheets.reading():
        spreadsheets.refuse_other_kinds(io.BytesIO(content))
        refuse_bomb(content, limits)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False, nrows=limits.rows + 2)
    return [[spreadsheets.text(cell) for cell in row] for row in rows]
