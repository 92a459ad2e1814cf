"""Cells of rosters: each parser makes a plain value of what people write, or says what is wrong.

Every parser answers text, a number or a bool; `UNKNOWN` for a masked value. Empty cells never get
here.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from orgs.errors import Refused
from orgs.imports.rosters import UNKNOWN
from orgs.imports.workbooks import spreadsheets
from orgs.values import names, phones
from orgs.values.sentences import gettext as _

Parser: TypeAlias = Callable[[Any], Any]
# What people write where there is nothing to write.
NOTHING = frozenset(
    "无 无证 没有 暂无 未知 不详 不明 不清 未办 未办理 未提供 / // \\ - -- — —— N/A NA 0".split()
)
EXPONENT = re.compile(r"\d(\.\d+)?E\+?\d+", re.IGNORECASE)


def bad(message: str) -> Refused:
    """The refusal of a cell."""
    return Refused(message, code="bad_cell")


def is_masked(value: Any) -> bool:
    """Whether a cell hides its value, like 4211**********1234 or 张**."""
    return isinstance(value, str) and ("*" in value or "＊" in value)


def text(longest: int) -> Parser:
    """Text of at most so many characters, blanks made single."""

    return lambda value: UNKNOWN if is_masked(value) else plain(longest)(value)


def plain(longest: int) -> Parser:
    """The same, where an asterisk hides nothing."""

    def parse(value: Any) -> str:
        if isinstance(value, datetime):
            value = value.date()
        written = unquoted(spreadsheets.text(value))
        if len(written) > longest:
            raise bad(_("At most %(longest)d characters.") % {"longest": longest})
        return written

    return parse


def name(longest: int) -> Parser:
    """The name of a person, without the blanks that line names up."""

    def parse(value: Any) -> Any:
        written = text(longest)(value)
        return written if written is UNKNOWN else names.shown(written)

    return parse


def unquoted(written: str) -> str:
    """Without the apostrophe that an export puts before what looks like a formula."""
    if written[:1] == "'" and spreadsheets.looks_like_formula(written.lstrip("'")):
        return written[1:]
    return written


def lines(value: Any) -> str:
    """What somebody said: its lines and its own signs are kept."""
    return "\n".join(line.strip() for line in unquoted(str(value)).splitlines()).strip()


def line(longest: int) -> Parser:
    """Text on one line whose own signs are kept, of at most so many characters."""

    def parse(value: Any) -> Any:
        if not isinstance(value, str):
            return plain(longest)(value)
        written = unquoted(" ".join(value.split()))
        written = "".join(sign for sign in written if sign.isprintable())
        if len(written) > longest:
            raise bad(_("At most %(longest)d characters.") % {"longest": longest})
        return written

    return parse


def number(longest: int) -> Parser:
    """A number that is no quantity (of a ticket, a paper), as text; one that Excel has cut off is
    named, never guessed."""

    def parse(value: Any) -> Any:
        if spreadsheets.lost_digits(value) or EXPONENT.fullmatch(spreadsheets.text(value)):
            raise bad(
                _(
                    "Excel has cut this long number off: format the column as text and enter it again."
                )
            )
        return plain(longest)(value)

    return parse


def says_nothing(value: Any) -> bool:
    """Whether a cell says that there is nothing to say: 无, 不详, a dash."""
    return spreadsheets.text(value).replace(" ", "").upper() in NOTHING


def phone(value: Any) -> Any:
    """A telephone number; "" where there is none."""
    if is_masked(value):
        return UNKNOWN
    if says_nothing(value):
        return ""
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
        when = spreadsheets.day(int(written) if re.fullmatch(r"\d{5}", written) else value)
    except (ValueError, OverflowError):
        raise bad(_("Write a day like 2026-03-10."))
    if not 1880 <= when.year <= 2100:
        raise bad(_("Write a day like 2026-03-10."))
    return when.isoformat()


def moment(value: Any) -> str:
    """A moment of local time as ISO text."""
    try:
        if isinstance(value, bool):
            raise ValueError(value)
        return spreadsheets.moment(value).isoformat()
    except (ValueError, OverflowError):
        raise bad(_("Write the time like 2026-03-10 09:15."))


def choice(words: Mapping[str, str]) -> Parser:
    """One of the given words (several may mean the same); answers what the word stands for."""

    def parse(value: Any) -> Any:
        if is_masked(value):
            return UNKNOWN
        written = spreadsheets.text(value).replace(" ", "")
        if written not in words:
            known = "、".join(dict.fromkeys(_first_words(words)))
            raise bad(_("Choose one of: %(words)s.") % {"words": known})
        return words[written]

    return parse


def _first_words(words: Mapping[str, str]) -> list[str]:
    """For each meaning the first word."""
    words_of: dict[str, str] = {}
    for word, meaning in words.items():
        words_of.setdefault(meaning, word)
    return list(words_of.values())


YES = {"是": True, "有": True, "√": True, "Y": True, "1": True}
NO = {"否": False, "无": False, "×": False, "N": False, "0": False}


def yes_no(value: Any) -> bool:
    """是 or 否."""
    written = spreadsheets.text(value).upper()
    if written not in YES | NO:
        raise bad(_("Choose one of: %(words)s.") % {"words": "是、否"})
    return (YES | NO)[written]


def whole(least: int, most: int) -> Parser:
    """A whole number in a range; a unit or a word behind it (12层, 3人) is passed over."""

    def parse(value: Any) -> int:
        written = re.sub(r"(层|楼|人|户|元|年|个|间)$", "", spreadsheets.text(value))
        try:
            count = Decimal(written)
        except InvalidOperation:
            count = Decimal("NaN")
        # The range first: a whole number of a million digits is not made to be looked at.
        if not (count.is_finite() and least <= count <= most and count == int(count)):
            raise bad(
                _("Write a whole number from %(least)d to %(most)d.")
                % {"least": least, "most": most}
            )
        return int(count)

    return parse


def hundredths(largest: Decimal) -> Parser:
    """A number with at most two decimals, in whole hundredths: 89.5㎡ is 8950, 620元 is 62000."""

    def parse(value: Any) -> int:
        written = re.sub(r"(m2|m²|平方米|平米|平方|平|元)$", "", spreadsheets.text(value).lower())
        try:
            exact = Decimal(written.replace(",", "").strip()) * 100
        except ArithmeticError:
            raise bad(_("Write a number like 89.50."))
        near = exact.to_integral_value() if exact.is_finite() else Decimal(0)
        # Excel's own fractions miss the second decimal by a hair.
        if not 0 < near <= largest * 100 or abs(exact - near) > Decimal("0.0001"):
            raise bad(_("Write a number like 89.50."))
        return int(near)

    return parse


def fraction(value: Any) -> float:
    """A number with a point: 114.871234."""
    try:
        exact = Decimal(spreadsheets.text(value).replace(" ", "").rstrip("°"))
    except InvalidOperation:
        exact = Decimal("NaN")
    if not (exact.is_finite() and abs(exact) < 10**9):
        raise bad(_("Write a number like 114.871234."))
    return float(exact)
