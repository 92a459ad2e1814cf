"""Reading workbooks of rosters: headings where people put them, rows that mean nothing, bad files."""

import io
import zipfile
from dataclasses import replace

import pytest
from openpyxl import Workbook

from orgs.errors import Refused, TooLarge
from orgs.imports.rosters import LARGE
from orgs.imports.workbooks.reader import heading_key, known_headings, open_sheet
from residents.rosters.residents_roster import RESIDENTS
from tests import factories as make
from tests.roster_workbooks import PEOPLE, book

NUMBER = make.id_number()
ROW = ("张三", "业主", NUMBER, "13900001111", "5栋", "2单元", "501")


def read(content):
    return list(open_sheet(content, RESIDENTS).rows())


def values(content):
    return [row.values for row in read(content)]


UNDERSTOOD = {
    "name": "张三", "relation": "owner", "id_number": NUMBER, "phone": "13900001111",
    "building": "5栋", "entrance": "2单元", "room": "501",
}  # fmt: skip


def test_headings_in_another_order():
    turned = book(PEOPLE[::-1], [ROW[::-1]])
    assert values(turned) == [UNDERSTOOD]


def test_title_rows_above_the_headings_are_passed_over():
    made = Workbook()
    sheet = made.active
    sheet.append(["西湖社区居民信息登记表"])
    sheet.merge_cells("A1:G1")
    sheet.append(["填报单位：西湖社区", None, None, "日期：2026年3月"])
    sheet.append(PEOPLE)
    sheet.append(ROW)
    out = io.BytesIO()
    made.save(out)
    found = read(out.getvalue())
    assert [(row.number, row.values) for row in found] == [(4, UNDERSTOOD)]


@pytest.mark.parametrize(
    "heading", ["姓名", " 姓 名 ", "姓名*", "*姓名", "姓名（必填）", "姓名(必填)：", "【必填】姓名", "姓名:"]
)  # fmt: skip
def test_headings_are_compared_without_blanks_brackets_and_asterisks(heading):
    assert heading_key(heading) == "姓名"


def test_further_headings_are_left_out_and_named():
    sheet = open_sheet(book((*PEOPLE, "车牌号", "年龄"), [(*ROW, "鄂J12345", 40)]), RESIDENTS)
    assert sheet.left_out == ["车牌号"]
    assert [row.values for row in sheet.rows()] == [UNDERSTOOD]


def test_of_two_columns_of_one_meaning_the_rosters_own_heading_counts():
    made = book(("姓名", "手机", "联系电话"), [("张三", "13900002222", "13900001111")])
    assert values(made) == [{"name": "张三", "phone": "13900001111"}]


def test_rows_that_mean_nothing():
    blank, foot = (None,) * 7, ("合计", 2)
    rows = [("  ",) * 7, ROW, blank, PEOPLE, ROW, blank, foot, ("填表人：陈社工",)]
    assert [row.number for row in read(book(PEOPLE, rows))] == [3, 6]


def test_the_example_and_numbers_filled_down_are_no_rows():
    headings = ("序号", *PEOPLE)
    rows = [("示例", *ROW), (1, *ROW), (2,), (3,)]
    assert [row.number for row in read(book(headings, rows))] == [3]


def test_wrong_cells_are_named_and_kept_as_they_were():
    (row,) = read(book(PEOPLE, [("张三", "邻居", 4.21102198001e17, "139", "5栋", "", "501")]))
    assert sorted(row.problems) == ["id_number", "phone", "relation"]
    assert row.raw == {"relation": "邻居", "id_number": "421102198001000000", "phone": "139"}
    assert row.is_wrong


def test_a_cell_that_is_needed():
    (row,) = read(book(PEOPLE, [(None, *ROW[1:])]))
    assert row.problems == {"name": "这一格必填。"}


def test_full_width_digits_and_trailing_blanks():
    made = book(
        PEOPLE,
        [("张三 ", "业主", f"{NUMBER} ", "１３９００００１１１１", "５栋", "２单元", "５０１ ")],
    )
    (found,) = values(made)
    assert found == UNDERSTOOD | {"building": "5栋"}


@pytest.mark.parametrize("heading", ["管控等级", "管控措施", "是否列管", "稳控责任人"])
def test_a_file_with_measures_of_control_is_refused(heading):
    with pytest.raises(Refused) as caught:
        open_sheet(book((*PEOPLE, heading), [(*ROW, "一级")]), RESIDENTS)
    assert caught.value.code == "control_measures"


def test_measures_of_control_in_a_heading_over_the_headings_are_found_too():
    above = [(None,) * 5 + ("管控措施",)]
    with pytest.raises(Refused) as caught:
        open_sheet(book(PEOPLE, [ROW], above), RESIDENTS)
    assert caught.value.code == "control_measures"


def test_a_sheet_of_something_else():
    with pytest.raises(Refused) as caught:
        open_sheet(book(("品名", "价格"), [("苹果", 5)]), RESIDENTS)
    assert caught.value.code == "no_headings"


def test_a_sheet_without_names():
    with pytest.raises(Refused, match="缺少这些列：姓名") as caught:
        open_sheet(book(("联系电话", "房号"), [("13900001111", "501")]), RESIDENTS)
    assert caught.value.code == "missing_columns"


def test_of_missing_columns_is_said_which_headings_were_not_understood():
    with pytest.raises(Refused, match="缺少这些列：姓名。表里没有认出的列：住户大名"):
        open_sheet(
            book(("住户大名", "联系电话", "房号"), [("张三", "13900001111", "501")]), RESIDENTS
        )


@pytest.mark.parametrize("foot", [("合计", "2人"), (3, "合计", "2人"), ("3", "填表人：小王")])
def test_a_line_below_the_table_is_no_row_with_a_running_number_before_it_either(foot):
    line = [*foot, *[""] * (len(PEOPLE) + 1 - len(foot))]
    made = book(("序号", *PEOPLE), [(1, *ROW), line])
    assert len(values(made)) == 1


def test_the_roster_may_stand_on_a_later_sheet():
    made = Workbook()
    made.active.append(["封面"])
    sheet = made.create_sheet("台账")
    sheet.append(PEOPLE)
    sheet.append(ROW)
    out = io.BytesIO()
    made.save(out)
    assert values(out.getvalue()) == [UNDERSTOOD]


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"PK\x03\x04garbage", b"\x00" * 5000, b"name,phone"]
)
def test_garbage_gives_a_clear_sentence(content):
    with pytest.raises(Refused, match="Excel") as caught:
        open_sheet(content, RESIDENTS)
    assert caught.value.code == "bad_file"


def test_a_workbook_cut_in_two_gives_a_clear_sentence():
    whole = book(PEOPLE, [ROW] * 50)
    with pytest.raises(Refused):
        open_sheet(whole[: len(whole) // 2], RESIDENTS)


def test_one_far_cell_does_not_fill_the_memory():
    made = Workbook()
    made.active.append(PEOPLE)
    made.active["XFD1048576"] = "x"
    out = io.BytesIO()
    made.save(out)
    with pytest.raises(TooLarge, match="范围过大"):
        open_sheet(out.getvalue(), RESIDENTS)


def _again(content: bytes, name: str, *changes: tuple[bytes, bytes]) -> bytes:
    """The workbook with its sheet under another name, and otherwise written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.namelist():
            text = old.read(entry).replace(b"worksheets/sheet1.xml", b"worksheets/" + name.encode())
            for before, after in changes if entry.endswith("sheet1.xml") else ():
                assert before in text
                text = text.replace(before, after)
            new.writestr(entry.replace("sheet1.xml", name), text)
    return out.getvalue()


# What compiled code reads as well, and would end the worker with.
@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("Sheet1.xml", []),
        ("Tabelle.xml", []),
        ("sheet1.xml", [(b'r="XFD1048576"', b"r='XFD1048576'")]),
        ("sheet1.xml", [(b'r="XFD1048576"', b'r = "xfd001048576"')]),
        ("sheet1.xml", [(b'<c r="XFD1048576"', b'<c r="XFD1"/><c'), (b'<row r="1"', b"<row")]),
    ],
    ids=["capital", "other name", "other quotes", "small letters", "row alone"],
)
def test_a_far_cell_is_found_however_it_is_written(name, changes):
    made = Workbook()
    made.active.append(PEOPLE)
    made.active["XFD1048576"] = "x"
    out = io.BytesIO()
    made.save(out)
    with pytest.raises(TooLarge, match="范围过大"):
        open_sheet(_again(out.getvalue(), name, *changes), RESIDENTS)


def test_a_sheet_of_another_name_is_read():
    assert values(_again(book(PEOPLE, [ROW]), "Sheet1.xml")) == [UNDERSTOOD]


def test_a_bomb_is_not_unpacked():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "")
        archive.writestr("xl/sharedStrings.xml", b"0" * (LARGE.strings + 1))
    with pytest.raises(TooLarge, match="解压"):
        open_sheet(out.getvalue(), RESIDENTS)


def test_a_small_file_of_another_kind_that_repeats_one_cell_is_not_opened():
    """An OpenDocument sheet of 1 kB may say that its one cell is there 17,000,000,000 times."""
    cell = '<table:table-cell table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", f"<table:table>{cell}</table:table>")
    with pytest.raises(Refused, match="其他类型"):
        open_sheet(out.getvalue(), RESIDENTS)


def test_more_rows_than_are_taken():
    short = replace(RESIDENTS, limits=replace(LARGE, rows=3))
    assert len(list(open_sheet(book(PEOPLE, [ROW] * 3), short).rows())) == 3
    with pytest.raises(TooLarge):
        list(open_sheet(book(PEOPLE, [ROW] * 4), short).rows())


def test_every_heading_of_the_real_roster_is_known():
    real = (
        "序号", "姓名", "性别", "年龄", "民族", "身份证号", "联系电话", "户籍地址", "居住地址", "网格",
        "楼栋单元", "婚姻状况", "就业状态", "医保类型", "登记日期", "备注",
    )  # fmt: skip
    known = known_headings(RESIDENTS)
    assert [heading for heading in real if heading_key(heading) not in known] == []


# --- Nothing is dropped silently ------------------------------------------------------------------


def saved(made: Workbook) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def with_cell(content: bytes, before: str, after: str) -> bytes:
    """The workbook with something else in the XML of its first sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name.endswith("sheet1.xml"):
                assert before in text.decode()
                text = text.decode().replace(before, after, 1).encode()
            new.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize("first_column", [1, 3])
def test_an_error_of_excel_is_no_empty_cell(first_column):
    made = Workbook()
    for at, line in enumerate((PEOPLE, ROW, ROW), 1):
        for place, value in enumerate(line, first_column):
            made.active.cell(at, place, value)
    made.active.cell(3, first_column + 3, "#N/A").data_type = "e"
    rows = read(saved(made))
    assert [list(row.problems) for row in rows] == [[], ["phone"]]


def test_a_formula_that_nobody_calculated_is_no_empty_cell():
    made = Workbook()
    for line in (PEOPLE, (*ROW[:6], "=500+1")):
        made.active.append(line)
    (row,) = read(saved(made))
    assert list(row.problems) == ["room"]


def test_a_row_of_nothing_but_errors_is_no_blank_row():
    made = Workbook()
    for line in (PEOPLE, ROW):
        made.active.append(line)
    made.active.cell(3, 1, "#REF!").data_type = "e"
    assert [row.is_wrong for row in read(saved(made))] == [False, True]


def test_other_sheets_are_named():
    made = Workbook()
    made.active.append(PEOPLE)
    made.active.append(ROW)
    other = made.create_sheet("2栋")
    other.append(PEOPLE)
    other.append(ROW)
    made.create_sheet("空的")
    for number in range(5):
        made.create_sheet(f"更多{number}")
    sheet = open_sheet(saved(made), RESIDENTS)
    assert len(sheet.left_out) == 2
    assert "2栋" in sheet.left_out[0]


def test_two_columns_of_one_meaning_that_differ_are_named():
    headings = (*PEOPLE[:4], "手机")
    rows = read(
        book(
            headings, [(*ROW[:3], "", "13900001111"), (*ROW[:4], "13900002222"), (*ROW[:4], ROW[3])]
        )
    )
    assert [row.get("phone") for row in rows] == ["13900001111"] * 3
    assert [list(row.problems) for row in rows] == [[], ["phone"], []]
    assert not any(row.is_wrong for row in rows)


def test_more_unknown_columns_than_are_listed_are_counted():
    headings = (*PEOPLE, *(f"字段{number}" for number in range(30)))
    left_out = open_sheet(book(headings, [ROW]), RESIDENTS).left_out
    assert (len(left_out), "10" in left_out[-1]) == (21, True)
