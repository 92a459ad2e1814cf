"""Identity numbers of residents (GB 11643-1999): one way of writing, checking, hiding, finding."""

import re
from datetime import date

from django.utils import timezone

from orgs.crypto import blind_index
from orgs.errors import Refused
from orgs.values.names import compared
from orgs.values.sentences import gettext as _
from residents.enums import Sex

SHAPE = re.compile(r"[1-9]\d{16}[\dX]")
# A number of the first generation (until 1999): the year in two digits, no check digit.
OLD_SHAPE = re.compile(r"[1-9]\d{14}")
SHORTEST = 15
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def normalise(text: str) -> str:
    """The eighteen characters of a number, without blanks, its last letter large.

    Full-width characters and invisible signs are accepted, and a number of the first generation, with
    15 digits. Raises Refused for a wrong length, a day of birth that does not exist or is still to
    come, or a wrong check digit.
    """
    number = re.sub(r"[\s\-'.·]", "", compared(text)).upper()
    number = re.sub("[×Х]$", "X", number)
    if OLD_SHAPE.fullmatch(number):
        number = _renewed(number)
    if not SHAPE.fullmatch(number):
        raise _bad(_("An ID number has 18 digits; the last may be X."))
    if check_digit(number) != number[-1]:
        raise _bad(_("The check digit of this ID number is wrong: a digit was mistyped."))
    try:
        born = birth_date(number)
    except ValueError:
        raise _bad(_("The day of birth in this ID number does not exist."))
    if born.year < 1880 or born > timezone.localdate():
        raise _bad(_("The day of birth in this ID number does not exist."))
    return number


def _renewed(number: str) -> str:
    """A number of the first generation as GB 11643-1999 writes it.

    A year of 19 or 20 is rather that of a number that lost its last three digits.
    """
    if number[6:8] in ("19", "20"):
        raise _bad(_("An ID number has 18 digits; the last may be X."))
    whole = f"{number[:6]}19{number[6:]}"
    return whole + check_digit(whole)


def _bad(message: str) -> Refused:
    return Refused(message, code="bad_id_number", field="id_number")


def check_digit(number: str) -> str:
    """The 18th character that belongs to the first seventeen (ISO 7064, MOD 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return _CHECKS[total % 11]


def birth_date(number: str) -> date:
    """The day of birth written in a number. Raises ValueError for a day that does not exist."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def sex(number: str) -> Sex:
    """The sex written in a number: the 17th digit is odd for men."""
    return Sex.MALE if int(number[16]) % 2 else Sex.FEMALE


def mask(number: str) -> str:
    """4211**********1234; "" for no number. What is too short to be one is hidden whole."""
    if len(number) < SHORTEST:
        return "****" if number else ""
    return f"{number[:4]}**********{number[-4:]}"


def index(number: str) -> str:
    """The blind index of a normalised number; "" for no number."""
    return blind_index("id_number", number)
