"""Workbooks of any length, and what Excel makes of times."""

import io
import tracemalloc
import zipfile
from datetime import date, datetime

import pytest
from django.utils import timezone, translation
from openpyxl import load_workbook

from orgs.errors import Refused
from orgs.imports.workbooks import spreadsheets
from orgs.imports.workbooks.reader import open_sheet
from residents.rosters.residents_roster import RESIDENTS


def peak_of(rows):
    tracemalloc.start()
    try:
        lines = ([number, "楼道里有飞线充电" * 20, date(2026, 3, 10)] for number in range(rows))
        with spreadsheets.stream(["a", "b", "c"], lines, "t") as file:
            assert file.seek(0, 2) > 0
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_ten_times_the_rows_take_the_same_memory():
    peak_of(50)  # what is loaded once
    assert peak_of(4000) < peak_of(400) * 1.5


def zipped(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版"),
        ("姓名,手机号\n张三,139".encode("gb18030"), "文本"),
        ("\ufeff姓名\t手机号".encode() + "号".encode()[:1], "文本"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "文本"),
        (zipped("content.xml", "mimetype"), "其他类型"),
        (zipped("xl/workbook.xml", "content.xml"), "其他类型"),
        (zipped("xl/workbook.xml", "xl/workbook.bin"), "其他类型"),
        (zipped("word/document.xml"), "其他类型"),
        (b"PK\x03\x04garbage", "不是可以读取"),
        (b"MZ\x90\0", "不是可以读取"),
        (b"%PDF-1.4\n1 0 obj", "不是可以读取"),
        (b"", "不是可以读取"),
    ],
)
def test_files_of_other_kinds_say_what_to_do(content, sentence):
    for read in (
        lambda: spreadsheets.refuse_other_kinds(io.BytesIO(content)),
        lambda: open_sheet(content, RESIDENTS),
    ):
        with translation.override("zh-hans"), pytest.raises(Refused, match=sentence) as caught:
            read()
        assert (caught.value.code, list(caught.value.fields)) == ("bad_file", ["file"])


def test_a_streamed_workbook_holds_dates_and_harmless_text():
    with spreadsheets.stream(["=h"], [["=1+1"], [date(2026, 3, 10)], ["a\x00b"]], "t") as file:
        sheet = load_workbook(file).active
        assert [row[0].value for row in sheet] == ["'=h", "'=1+1", datetime(2026, 3, 10), "ab"]
        assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize("title", ["80岁以上/独居", "[一]:*?\\", "'", "表\x00", "名" * 40])
def test_any_name_becomes_the_title_of_a_sheet(title):
    with spreadsheets.stream(["a"], [], title) as file:
        sheet = load_workbook(file).active
    assert 0 < len(sheet.title) <= 31
    assert spreadsheets.write_sheets([(title, ["a"], [])])


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_what_a_spreadsheet_could_count_is_text(start):
    assert spreadsheets.harmless(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (datetime(2026, 3, 10, 9, 15, 0, 999_800), "2026-03-10 09:15:01"),
        (46091.5, "2026-03-10 12:00:00"),
        (46091, "2026-03-10 00:00:00"),
        (date(2026, 3, 10), "2026-03-10 00:00:00"),
        ("20260310", "2026-03-10 00:00:00"),
        ("2026年3月10日 9时", "2026-03-10 09:00:00"),
    ],
)
def test_moments(value, wanted):
    found = timezone.localtime(spreadsheets.moment(value))
    assert found.strftime("%Y-%m-%d %H:%M:%S") == wanted


@pytest.mark.parametrize(
    "value",
    ["", "9:15", "2026-03-10 24:00", True, 5, None, "2026年13月1日", "0001-01-01", "9999-12-31"],
)
def test_what_is_no_moment(value):
    with pytest.raises(ValueError):  # noqa: PT011 (any of them)
        spreadsheets.moment(value)
