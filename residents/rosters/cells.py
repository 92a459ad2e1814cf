"""Cells of ledgers: each parser makes a plain value of what people write, or says what is wrong.

Every parser answers text, a number or a bool; `UNKNOWN` for a masked value. Empty cells never get
here.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, TypeAlias

from django.utils.translation import gettext as _

from orgs.errors import Refused
from orgs.imports import spreadsheets
from orgs.values import phones
from residents.roll import id_numbers, shares
from residents.rosters.registry import UNKNOWN

Parser: TypeAlias = Callable[[Any], Any]
LARGEST_AREA = Decimal(100_000)
_EXPONENT = re.compile(r"\d(\.\d+)?E\+?\d+", re.IGNORECASE)


def _bad(message: str) -> Refused:
    return Refused(message, code="bad_cell")


def is_masked(value: Any) -> bool:
    """Whether a cell hides its value, like 4211**********1234 or 张**."""
    return isinstance(value, str) and ("*" in value or "＊" in value)


def text(longest: int) -> Parser:
    """Text of at most so many characters, blanks made single."""

    def parse(value: Any) -> Any:
        if is_masked(value):
            return UNKNOWN
        if isinstance(value, datetime):
            value = value.date()
        written = _unquoted(spreadsheets.text(value))
        if len(written) > longest:
            raise _bad(_("At most %(longest)d characters.") % {"longest": longest})
        return written

    return parse


def _unquoted(written: str) -> str:
    """Without the apostrophe that an export puts before what looks like a formula."""
    if written[:1] == "'" and written[1:2] in spreadsheets.FORMULA_STARTS:
        return written[1:]
    return written


def id_number(value: Any) -> Any:
    """An ID number; one that Excel has rounded is named, never guessed."""
    if is_masked(value):
        return UNKNOWN
    if isinstance(value, bool):
        raise _bad(_("An ID number has 18 digits; the last may be X."))
    if isinstance(value, int | float):
        return _numeric_id(value)
    written = spreadsheets.text(value).replace(" ", "")
    if _EXPONENT.fullmatch(written):
        raise _rounded()
    return id_numbers.normalise(written)


def _numeric_id(value: int | float) -> str:
    """Excel keeps 15 digits: what ends in 000 has most likely lost its end, as has any fraction."""
    written = str(value) if isinstance(value, int) else ""
    if len(written) != 18 and abs(value) < spreadsheets.EXACT_BELOW:
        return id_numbers.normalise(spreadsheets.text(value))
    try:
        number = id_numbers.normalise(written)
    except Refused:
        raise _rounded()
    if number.endswith("000"):
        raise _rounded()
    return number


def _rounded() -> Refused:
    return _bad(_("Excel has rounded this ID number. Format the column as text and enter it anew."))


def phone(value: Any) -> Any:
    """A telephone number."""
    if is_masked(value):
        return UNKNOWN
    return phones.normalise(spreadsheets.text(value))


def day(value: Any) -> Any:
    """A day as ISO text: Excel's own, its number of days, or written out."""
    if is_masked(value):
        return UNKNOWN
    try:
        if isinstance(value, bool):
            raise ValueError(value)
        written = spreadsheets.text(value) if isinstance(value, str) else ""
        # Text cells with Excel's own number of days.
        found = spreadsheets.day(int(written) if re.fullmatch(r"\d{5}", written) else value)
    except (ValueError, OverflowError):
        raise _bad(_("Write a day like 2026-03-10."))
    if not 1880 <= found.year <= 2100:
        raise _bad(_("Write a day like 2026-03-10."))
    return found.isoformat()


def choice(words: Mapping[str, str]) -> Parser:
    """One of the given words (several may mean the same); answers what the word stands for."""

    def parse(value: Any) -> Any:
        if is_masked(value):
            return UNKNOWN
        written = spreadsheets.text(value).replace(" ", "")
        if written not in words:
            known = "、".join(dict.fromkeys(_first_words(words)))
            raise _bad(_("Choose one of: %(words)s.") % {"words": known})
        return words[written]

    return parse


def _first_words(words: Mapping[str, str]) -> list[str]:
    """For each meaning the first word."""
    found: dict[str, str] = {}
    for word, meaning in words.items():
        found.setdefault(meaning, word)
    return list(found.values())


YES = {"是": True, "有": True, "√": True, "Y": True, "1": True}
NO = {"否": False, "无": False, "×": False, "N": False, "0": False}


def yes_no(value: Any) -> bool:
    """是 or 否."""
    written = spreadsheets.text(value).upper()
    if written not in YES | NO:
        raise _bad(_("Choose one of: %(words)s.") % {"words": "是、否"})
    return (YES | NO)[written]


def whole(least: int, most: int) -> Parser:
    """A whole number in a range; a unit or a word behind it (12层, 3人) is passed over."""

    def parse(value: Any) -> int:
        written = re.sub(r"(层|楼|人|户|元|年|个|间)$", "", spreadsheets.text(value))
        try:
            found = Decimal(written)
        except InvalidOperation:
            found = Decimal("NaN")
        # The range first: a whole number of a million digits is not made to be looked at.
        if not (found.is_finite() and least <= found <= most and found == int(found)):
            raise _bad(
                _("Write a whole number from %(least)d to %(most)d.")
                % {"least": least, "most": most}
            )
        return int(found)

    return parse


def hundredths(largest: Decimal) -> Parser:
    """A number with at most two decimals, in whole hundredths: 89.5㎡ is 8950, 620元 is 62000."""

    def parse(value: Any) -> int:
        written = re.sub(r"(m2|m²|平方米|平米|平方|平|元)$", "", spreadsheets.text(value).lower())
        try:
            found = Decimal(written.replace(",", "").strip()) * 100
        except ArithmeticError:
            raise _bad(_("Write a number like 89.50."))
        near = found.to_integral_value() if found.is_finite() else Decimal(0)
        # Excel's own fractions miss the second decimal by a hair.
        if not 0 < near <= largest * 100 or abs(found - near) > Decimal("0.0001"):
            raise _bad(_("Write a number like 89.50."))
        return int(near)

    return parse


area = hundredths(LARGEST_AREA)


def share(value: Any) -> str:
    """A share as a fraction in text: 1/2, 50%, 0.5, 100%."""
    if isinstance(value, date):
        raise _bad(_("Excel has made a day of this share. Format the column as text, like 1/2."))
    if isinstance(value, float):
        value = str(value)
    try:
        found = shares.parse(spreadsheets.text(value))
    except ValueError:
        found = Fraction(0)
    if not 0 < found <= 1:
        raise _bad(_("Write a share as a fraction, like 1/2."))
    return str(found)
