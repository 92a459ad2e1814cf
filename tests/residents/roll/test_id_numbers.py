"""ID numbers: one way of writing, checking, hiding."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from orgs.errors import Refused
from residents.enums import Sex
from residents.roll.values import id_numbers

# An invented number: no such person.
NUMBER = "42110219491231018X"


@pytest.mark.parametrize(
    "written", [NUMBER, "42110219491231018x", " 421102 19491231 018X ", "４２１１０２19491231018X"]
)
def test_every_way_of_writing_gives_the_same_number(written):
    assert id_numbers.normalise(written) == NUMBER


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("4211021949123100", "18 digits"),
        ("4.21102E+17", "18 digits"),
        ("421102194912310181", "check digit"),
        ("42110219491331018X", "day of birth"),
        ("", "18 digits"),
    ],
)
def test_a_wrong_number_is_refused_with_its_reason(written, why, settings):
    settings.LANGUAGE_CODE = "en"
    if why == "day of birth":
        written = written[:17] + id_numbers.check_digit(written)
    with pytest.raises(Refused, match=why):
        id_numbers.normalise(written)


def test_birth_and_sex_are_in_the_number():
    assert id_numbers.birth_date(NUMBER) == date(1949, 12, 31)
    assert id_numbers.sex(NUMBER) == Sex.FEMALE


def test_the_middle_is_hidden():
    assert id_numbers.mask(NUMBER) == "4211**********018X"
    assert id_numbers.mask("") == ""
    # A passport, a word: four signs at each end would be all of it.
    assert {id_numbers.mask(text) for text in ("E12345678", "无", "HK1234567")} == {"****"}


@given(
    some.dates(date(1900, 1, 1), date(2026, 1, 1)),
    some.integers(0, 999),
    some.integers(0, 16),
    some.integers(1, 9),
)
def test_one_wrong_digit_is_always_found(born, order, place, more):
    first = f"421102{born:%Y%m%d}{order:03}"
    number = first + id_numbers.check_digit(first)
    assert id_numbers.normalise(number) == number
    mistyped = number[:place] + str((int(number[place]) + more) % 10) + number[place + 1 :]
    with pytest.raises(Refused):
        id_numbers.normalise(mistyped)


@pytest.mark.parametrize(
    "written",
    [
        f"\u202d{NUMBER}\u202c",
        "421102\u200b19491231018X",
        "42110219491231018×",
        "421102–19491231–018Ⅹ",
    ],
)
def test_signs_that_nobody_sees_or_that_look_alike(written):
    assert id_numbers.normalise(written) == NUMBER


def test_a_number_of_the_first_generation():
    assert id_numbers.normalise("421102491231018") == NUMBER


def test_a_number_that_lost_its_end_is_no_old_one():
    with pytest.raises(Refused):
        id_numbers.normalise("421102200501010")
