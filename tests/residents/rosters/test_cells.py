"""Cells of rosters: what people and Excel make of values, understood or named."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgs.errors import Refused
from orgs.imports.rosters import UNKNOWN, Unread
from orgs.imports.workbooks import cells
from residents.roll.values import id_numbers
from residents.rosters import cells as own_cells

days = st.dates(date(1900, 1, 1), date(2025, 12, 31))


def number_of(born: date, order: int) -> str:
    first = f"421102{born:%Y%m%d}{order:03}"
    return first + id_numbers.check_digit(first)


def full_width(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if letter.isdigit() else letter for letter in text)


@given(days, st.integers(0, 999))
def test_an_id_number_is_the_same_however_it_is_written(born, order):
    number = number_of(born, order)
    for written in (number, f" {number} ", number.lower(), full_width(number), f"'{number}"):
        assert own_cells.id_number(written) == number


@given(days, st.integers(0, 999), st.integers(0, 17))
def test_a_mistyped_digit_is_always_found(born, order, place):
    number = number_of(born, order)
    other = "1" if number[place] != "1" else "2"
    with pytest.raises(Refused):
        own_cells.id_number(number[:place] + other + number[place + 1 :])


@given(days, st.integers(0, 999))
def test_what_excel_rounded_is_named_and_never_guessed(born, order):
    number = number_of(born, order)
    if not number.isdigit():
        return
    for cell in (float(number), int(number) // 1000 * 1000, f"{float(number):.2E}"):
        with pytest.raises(Refused, match="Excel"):
            own_cells.id_number(cell)


def test_a_whole_number_counts_if_its_check_digit_is_right():
    number = next(
        one
        for order in range(99)
        if (one := number_of(date(1980, 1, 1), order)).isdigit() and not one.endswith("000")
    )
    assert own_cells.id_number(int(number)) == number
    with pytest.raises(Refused):
        own_cells.id_number(int(number) + 1)


@pytest.mark.parametrize("cell", [True, 4211, "4211", 0.5, float("inf"), float("nan"), "4.21E+17"])
def test_other_things_are_no_id_numbers(cell):
    with pytest.raises(Refused):
        own_cells.id_number(cell)


@pytest.mark.parametrize(
    "parse",
    [own_cells.id_number, cells.phone, cells.day, cells.text(40), cells.choice({"男": "male"})],
)
@pytest.mark.parametrize("cell", ["4211**********1234", "138****5678", "张**", "＊＊＊"])
def test_masked_values_say_nothing(parse, cell):
    assert parse(cell) is UNKNOWN


@pytest.mark.parametrize(
    "cell",
    [13900001111, 13900001111.0, "139 0000 1111", "１３９００００１１１１", "+86 139-0000-1111"],
)
def test_a_telephone_however_it_is_written(cell):
    assert cells.phone(cell) == "13900001111"


@given(st.dates(date(1955, 1, 1), date(2100, 12, 31)))
def test_a_day_in_every_writing(day):
    serial = (day - date(1899, 12, 30)).days
    for cell in (
        day, datetime(day.year, day.month, day.day), serial, float(serial), str(serial),
        f"{day:%Y-%m-%d}", f"{day:%Y/%m/%d}", f"{day:%Y.%m.%d}", f"{day:%Y年%m月%d日} ", f"{day:%Y%m%d}",
        full_width(f"{day:%Y-%m-%d}"),
    ):  # fmt: skip
        assert cells.day(cell) == day.isoformat()


@pytest.mark.parametrize("cell", ["昨天", "2026-13-01", "31/12", True, 5, 10**9, timedelta(1)])
def test_no_days(cell):
    with pytest.raises(Refused):
        cells.day(cell)


@given(st.integers(1, 100_000_00))
def test_areas_are_whole_hundredths(area):
    metres = area / 100
    for cell in (metres, f"{metres:.2f}", f"{metres:.2f}㎡", f" {metres:.2f} 平方米"):
        assert own_cells.area(cell) == area


@pytest.mark.parametrize(
    "cell",
    [
        0,
        -5,
        "89.555",
        "大",
        "1e9",
        "1e9999999",
        "NaN",
        "Infinity",
        100_001,
        "9e999999",
        "1e-999999",
    ],
)
def test_no_areas(cell):
    with pytest.raises(Refused):
        own_cells.area(cell)


@pytest.mark.parametrize(
    ("cell", "share"),
    [("1/2", "1/2"), ("50%", "1/2"), (0.5, "1/2"), ("1", "1"), (1.0, "1"), ("１／３", "1/3"), ("2/4", "1/2")],
)  # fmt: skip
def test_shares(cell, share):
    assert own_cells.share(cell) == share


def test_a_share_that_excel_made_a_day_of_is_named():
    with pytest.raises(Refused, match="份额变成日期"):
        own_cells.share(datetime(2026, 1, 2))


@pytest.mark.parametrize("cell", ["3/2", "0", "-1/2", "一半", "1/0", "", "1e0", "%", "1e9"])
def test_no_shares(cell):
    with pytest.raises(Refused):
        own_cells.share(cell)


@pytest.mark.parametrize("cell", ["1e999999999", "1e-999999999", "1/" + "9" * 5000, "9" * 5000])
def test_a_share_that_would_take_for_ever_is_refused_at_once(cell):
    with pytest.raises(Refused, match="1/2"):
        own_cells.share(cell)


def test_a_choice_names_each_meaning_once():
    parse = cells.choice({"男": "male", "男性": "male", "女": "female"})
    assert parse(" 男 ") == "male"
    with pytest.raises(Refused, match="：男、女。"):
        parse("其他")


@pytest.mark.parametrize(("cell", "found"), [("5层", 5), (5.0, 5), ("-1", -1), ("１２", 12)])
def test_whole_numbers(cell, found):
    assert cells.whole(-9, 200)(cell) == found


@pytest.mark.parametrize("cell", ["5.5", "二", 201, "1e3", "NaN", "1e999999"])
def test_no_whole_numbers(cell):
    with pytest.raises(Refused):
        cells.whole(-9, 200)(cell)


def test_yes_and_no():
    assert [cells.yes_no(cell) for cell in ("是", "否", "√", " 无 ")] == [True, False, True, False]
    with pytest.raises(Refused):
        cells.yes_no("也许")


def test_text_is_trimmed_measured_and_freed_of_the_exports_apostrophe():
    parse = cells.text(5)
    assert parse("  张　三 ") == "张 三"
    assert parse(501.0) == "501"
    assert parse("'=1+1") == "=1+1"
    with pytest.raises(Refused):
        parse("一二三四五六")


def test_the_examples_of_the_rosters_are_right():
    from orgs.imports.rosters import all_rosters

    for roster in all_rosters():
        for column in roster.columns:
            if column.example != "":
                column.parse(column.example)


@pytest.mark.parametrize("cell", ["无", "不详", "/", "—", "n/a", " 无 ", 0])
def test_a_word_for_nothing_is_nothing(cell):
    assert (own_cells.id_number(cell), cells.phone(cell)) == ("", "")


@pytest.mark.parametrize(
    "cell",
    [
        "E12345678",
        "护照E12345678",
        "H12345678",
        "A123456(7)",
        "12345678",
        "军字第12345号",
        "USA123456789012",
    ],
)
def test_another_paper_is_left_out_with_a_word(cell):
    assert isinstance(own_cells.id_number(cell), Unread)


def test_nobody_is_born_in_the_future():
    with pytest.raises(Refused):
        own_cells.birthday("2099-01-01")
    assert own_cells.birthday("1980-01-01") == "1980-01-01"
