"""What every roster reads alike: merged cells, hidden sheets, gaps, examples."""

import io

import pytest
from openpyxl import Workbook

from orgs.imports.workbooks.reader import open_sheet
from orgs.positions.staff_roster import STAFF

HEADINGS = [column.heading for column in STAFF.columns]
LI = ("李四", "13911110001", "lisi", "community_worker", "421102005003", "2026-01-05")
WU = ("吴五", "13911110002", "wuwu", "community_worker", "421102005003", "2026-01-05")


def filled(sheet, *rows):
    for row in (HEADINGS, *rows):
        sheet.append(list(row))


def values(made):
    out = io.BytesIO()
    made.save(out)
    return [
        (row.number, row.get("name"), row.get("where"))
        for row in open_sheet(out.getvalue(), STAFF).rows()
    ]


@pytest.mark.parametrize("before", [0, 2])
def test_merged_cells_hold_for_the_rows_below(before):
    """Also where empty columns stand before the table, which the reader leaves out."""
    made = Workbook()
    for place, row in enumerate((HEADINGS, LI, (*WU[:4], None, WU[5]), LI), start=1):
        for column, value in enumerate(row, start=1 + before):
            made.active.cell(place, column, value)
    made.active.merge_cells(start_row=2, end_row=3, start_column=5 + before, end_column=5 + before)
    assert values(made) == [
        (2, "李四", "421102005003"), (3, "吴五", "421102005003"), (4, "李四", "421102005003"),
    ]  # fmt: skip


def test_merged_cells_fill_no_blank_rows_and_end_with_their_range():
    made = Workbook()
    filled(made.active, LI, (), (*WU[:4], None, WU[5]))
    made.active.merge_cells("E2:E3")
    assert values(made) == [(2, "李四", "421102005003"), (4, "吴五", "")]


def test_a_sheet_that_people_see_counts_before_a_hidden_one():
    made = Workbook()
    filled(made.active, LI)
    made.active.sheet_state = "hidden"
    filled(made.create_sheet("新"), WU)
    assert values(made) == [(2, "吴五", "421102005003")]


@pytest.mark.parametrize("headings", [("手机", "手机号"), ("手机号", "手机"), ("手机号", "手机号")])
@pytest.mark.parametrize("numbers", [("", "13911110001"), ("13911110001", "")])
def test_of_two_columns_of_one_meaning_the_filled_one_is_read(headings, numbers):
    made = Workbook()
    made.active.append(["姓名", *headings, "角色", "单位", "开始日期"])
    made.active.append(["李四", *numbers, *LI[3:]])
    out = io.BytesIO()
    made.save(out)
    (row,) = open_sheet(out.getvalue(), STAFF).rows()
    assert (row.get("phone"), row.problems) == ("13911110001", {})


def test_a_row_behind_a_gap_is_read():
    made = Workbook()
    filled(made.active, LI)
    for column, value in enumerate(WU, start=1):
        made.active.cell(5000, column, value)
    assert [row[0] for row in values(made)] == [2, 5000]


def test_a_row_that_says_what_the_example_says_is_none():
    made = Workbook()
    filled(made.active, [column.example for column in STAFF.columns], LI)
    assert [row[1] for row in values(made)] == ["李四"]
