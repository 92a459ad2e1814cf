"""Telephone numbers: one way of writing, one way of hiding, one way of finding."""

import re

from orgs.crypto import blind_index
from orgs.errors import Refused
from orgs.values.names import compared
from orgs.values.sentences import gettext as _

MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"0\d{9,11}")
SHORTEST = 10


def normalise(text: str) -> str:
    """The digits of a mainland number, without country code, blanks or dashes.

    As people type and paste it: full-width digits, dashes of any kind, invisible signs, +86 before it,
    a 0 before a mobile number. Raises Refused for anything that is not a mobile number or a landline
    with its area code.
    """
    digits = re.sub(r"[\s()+\-._·/]", "", compared(text))
    digits = re.sub(r"^(?:0086|86)?0?(?=1[3-9]\d{9}$)", "", digits)
    # Abroad the 0 of the area code is left out.
    digits = re.sub(r"^(?:0086|86)0?(?=[1-9]\d{8,10}$)", "0", digits)
    if MOBILE.fullmatch(digits) or LANDLINE.fullmatch(digits):
        return digits
    raise Refused(
        _("Enter an 11-digit mobile number, or a landline with its area code."),
        code="bad_phone",
    )


def is_mobile(number: str) -> bool:
    """Whether a normalised number can receive a code."""
    return MOBILE.fullmatch(number) is not None


def mask(number: str) -> str:
    """138****5678; "" for no number. What is too short to be one is hidden whole."""
    if len(number) < SHORTEST:
        return "****" if number else ""
    return f"{number[:3]}****{number[-4:]}"


def index(number: str) -> str:
    """The blind index of a normalised number; "" for no number."""
    return blind_index("phone", number)


def mask_name(name: str) -> str:
    """王**: the family name only; "" for no name."""
    return name[:1] + "*" * max(1, min(2, len(name) - 1)) if name else ""
