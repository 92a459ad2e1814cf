"""What may be answered in a column: text, a number, a day, yes or no, one of some words.

An answer is kept as text in one way of writing (3.5, 2026-03-10, 是) and stands in the file as a number
or a day.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from governance.data_forms.enums import AnswerKind
from governance.data_forms.workbooks.layout import Heading
from orgs.imports.rosters import UNKNOWN
from orgs.imports.workbooks import cells, spreadsheets
from orgs.imports.workbooks.reader import heading_key
from orgs.values.sentences import gettext as _

LONGEST = 200
# More digits Excel does not keep.
LARGEST = Decimal(10**15)
YES_NO = ("是", "否")
# Pairs of words that mean yes and no, yes first.
_PAIRS = (YES_NO, ("有", "无"), ("√", "×"))
_UNIT = re.compile(r"(平方米|平米|公里|m2|㎡|[人户个只条元万岁年月天次间层米份件辆台套])$")
# Columns that forms have and nobody fills in a portal.
_LEFT_EMPTY = re.compile(
    r"(备注|签名|签字|签章|盖章|手印|领取人|经办人|审核人|审批意见|照片|粘贴处|捺印)"
)
_DAYS = re.compile(r"(日期|时间|年月日|年月|生日)$")
_NUMBERS = re.compile(
    r"(数|人数|户数|数量|金额|面积|年限|年龄|次数|个数|合计|小计|只数|价格|费用|单价|身高|体重|分数)$"
)
_ASKS = re.compile(r"^(是否|有无|能否|可否|愿否)")


@dataclass(frozen=True)
class Guess:
    """What a heading asks for, as far as it and its cells tell."""

    kind: AnswerKind
    options: list[str]
    asked: bool


def guess(heading: Heading) -> Guess:
    """The kind of answer that a column of a blank form takes, from its heading and its cells."""
    key = heading_key(heading.own)
    asked = not (heading.is_serial or _LEFT_EMPTY.search(key))
    options = list(heading.options)
    if options:
        pair = next((pair for pair in _PAIRS if set(options) == set(pair)), None)
        return Guess(AnswerKind.YES_NO if pair else AnswerKind.CHOICE, list(pair or options), asked)
    if _ASKS.match(key):
        return Guess(
            AnswerKind.YES_NO, list(_PAIRS[1] if key.startswith("有无") else YES_NO), asked
        )
    if heading.takes == "day" or _DAYS.search(key):
        return Guess(AnswerKind.DAY, [], asked)
    if heading.takes == "number" or _NUMBERS.search(key):
        return Guess(AnswerKind.NUMBER, [], asked)
    return Guess(AnswerKind.TEXT, [], asked)


def parse(kind: str, options: Sequence[str], value: Any) -> str:
    """An answer in one way of writing; "" for none. Raises Refused with what to write."""
    if value is None or not spreadsheets.text(value):
        return ""
    if kind == AnswerKind.NUMBER:
        return _number(value)
    if kind == AnswerKind.DAY:
        read = cells.day(value)
    elif kind == AnswerKind.YES_NO:
        yes, no = options if len(options) == 2 else YES_NO
        written = spreadsheets.text(value)
        read = written if written in (yes, no) else (yes if cells.yes_no(value) else no)
    elif kind == AnswerKind.CHOICE:
        words = {spreadsheets.text(word).replace(" ", ""): word for word in options}
        read = cells.choice(words)(value)
    else:
        read = cells.line(LONGEST)(value)
    if read is UNKNOWN:
        raise cells.bad(_("This value is hidden by asterisks: write the whole of it."))
    return str(read)


def _number(value: Any) -> str:
    written = _UNIT.sub("", spreadsheets.text(value).replace(",", ""))
    try:
        number = Decimal(written)
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(value, bool) or not (number.is_finite() and abs(number) < LARGEST):
        raise cells.bad(_("Write a number, like 12 or 3.5."))
    return f"{number.normalize():f}"


def added(numbers: Iterable[float]) -> float:
    """What numbers of a sheet add up to, exactly: 0.1 and 0.2 are 0.3."""
    number = sum((Decimal(str(number)) for number in numbers), Decimal(0))
    return int(number) if number == number.to_integral_value() else float(number)


def in_sheet(kind: str, answer: str) -> Any:
    """An answer as the file has it: a number or a day where it is one; text of an earlier kind stays."""
    try:
        if kind == AnswerKind.NUMBER:
            number = Decimal(answer)
            return int(number) if number == number.to_integral_value() else float(number)
        if kind == AnswerKind.DAY:
            return date.fromisoformat(answer)
    except (ValueError, ArithmeticError):
        pass
    return answer
