"""What a workbook may take is counted before it is opened: small files that would fill the memory."""

import io
import zipfile
from time import process_time

import pytest

from orgs.errors import TooLarge
from orgs.imports.rosters import LARGE, SMALL
from orgs.imports.workbooks.reader import open_sheet
from orgs.positions.staff_roster import STAFF
from residents.rosters.residents_roster import RESIDENTS
from tests.roster_workbooks import PEOPLE, book


def hostile(sheet=b"<row/>", strings=b"", name="xl/worksheets/sheet1.xml"):
    """A workbook with a sheet and strings of one's own."""
    source, out = zipfile.ZipFile(io.BytesIO(book(PEOPLE, []))), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in source.namelist():
            if entry not in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"):
                archive.writestr(entry, source.read(entry))
        archive.writestr(name, b"<worksheet><sheetData>" + sheet + b"</sheetData></worksheet>")
        archive.writestr("xl/sharedStrings.xml", b"<sst>" + strings + b"</sst>")
    return out.getvalue()


HOSTILE = {
    "cells": lambda: hostile(b"<row>" + b"<c/>" * 9_000_000 + b"</row>"),
    "cells under a prefix": lambda: hostile(b"<x:row>" + b"<x:c/>" * 9_000_000 + b"</x:row>"),
    "rows": lambda: hostile(b"<row/>" * 6_000_000),
    "strings": lambda: hostile(strings=b"<si/>" * 2_900_000),
    "merged cells": lambda: hostile(b'<mergeCell ref="A1:A2"/>' * 1_000_000),
    "a sheet under another name": lambda: hostile(b"<row/>" * 6_000_000, name="xl/media/a.png"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_small_files_that_would_fill_the_memory_are_refused_at_once(kind):
    content = HOSTILE[kind]()
    assert len(content) < 200_000
    for roster in (RESIDENTS, STAFF):
        started = process_time()
        with pytest.raises(TooLarge):
            open_sheet(content, roster)
        assert process_time() - started < 1


def test_what_is_read_while_somebody_waits_may_take_less():
    assert RESIDENTS.limits == LARGE
    assert STAFF.limits == SMALL
    content = hostile(b"<row>" + b"<c/>" * (SMALL.cells + 1) + b"</row>")
    with pytest.raises(TooLarge):
        open_sheet(content, STAFF)


def test_as_many_rows_as_are_taken_are_read():
    rows = [
        (f"居民{number}", "家属", "", f"139{number:08}", "5栋", "", "501") for number in range(2000)
    ]
    assert len(list(open_sheet(book(PEOPLE, rows), RESIDENTS).rows())) == 2000
