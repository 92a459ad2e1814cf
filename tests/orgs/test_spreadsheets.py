"""Workbooks of any length, and what Excel makes of times."""

import tracemalloc
from datetime import date, datetime

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from orgs import spreadsheets


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


def test_a_streamed_workbook_holds_dates_and_harmless_text():
    with spreadsheets.stream(["=h"], [["=1+1"], [date(2026, 3, 10)], ["a\x00b"]], "t") as file:
        sheet = load_workbook(file).active
        assert [row[0].value for row in sheet] == ["'=h", "'=1+1", datetime(2026, 3, 10), "ab"]
        assert sheet.freeze_panes == "A2"


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
