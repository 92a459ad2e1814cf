"""Cells that only rosters of homes and their people have."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils import timezone

from orgs.errors import Refused
from orgs.imports.rosters import UNKNOWN, Unread
from orgs.imports.workbooks import spreadsheets
from orgs.imports.workbooks.cells import (
    EXPONENT,
    bad,
    day,
    hundredths,
    is_masked,
    says_nothing,
)
from orgs.values.names import compared
from orgs.values.sentences import gettext as _
from residents.roll.values import id_numbers, shares

LARGEST_AREA = Decimal(100_000)
# Passports, permits of Hong Kong, Macau and Taiwan, of soldiers and foreigners: what begins with
# letters or has far fewer digits than an ID number.
OTHER_PAPER = re.compile(r"(?=.*\d)[^\W\d][\w():：第号]{4,29}|\d{6,10}(\(\w\))?")


def id_number(value: Any) -> Any:
    """An ID number; one that Excel has rounded is named, never guessed."""
    if is_masked(value):
        return UNKNOWN
    if isinstance(value, bool):
        raise bad(_("An ID number has 18 digits; the last may be X."))
    if says_nothing(value):
        return ""
    if isinstance(value, int | float):
        return _numeric_id(value)
    written = compared(spreadsheets.text(value)).upper().replace(" ", "")
    if EXPONENT.fullmatch(written):
        raise _rounded()
    if OTHER_PAPER.fullmatch(written):
        return Unread(
            _("Not kept: only ID numbers of 18 characters are. The rest of the row is read.")
        )
    return id_numbers.normalise(written)


def birthday(value: Any) -> Any:
    """A day of birth as ISO text."""
    born = day(value)
    if born is not UNKNOWN and born > timezone.localdate().isoformat():
        raise bad(_("This day is still to come."))
    return born


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
    return bad(_("Excel has rounded this ID number. Format the column as text and enter it anew."))


area = hundredths(LARGEST_AREA)


def share(value: Any) -> str:
    """A share as a fraction in text: 1/2, 50%, 0.5, 100%."""
    if isinstance(value, date):
        raise bad(_("Excel has made a day of this share. Format the column as text, like 1/2."))
    if isinstance(value, float):
        value = str(value)
    try:
        share = shares.parse(spreadsheets.text(value))
    except ValueError:
        share = Fraction(0)
    if not 0 < share <= 1:
        raise bad(_("Write a share as a fraction, like 1/2."))
    return str(share)
