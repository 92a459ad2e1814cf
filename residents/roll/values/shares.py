"""Shares of ownership as people write them: 1/2, 50%, 0.5."""

import re
import unicodedata
from fractions import Fraction

# Digits alone: of an exponent (1e99999999) arithmetic would make a number that fills the memory.
_WRITTEN = re.compile(r"\d{1,9}/\d{1,9}|\d{1,9}(?:\.\d{1,20})?")
LARGEST_WHOLE = 1_000_000


def parse(text: str) -> Fraction:
    """What a text says. Raises ValueError for what is no share, or one of more parts than are kept."""
    written = unicodedata.normalize("NFKC", text).replace(" ", "")
    of_hundred = written.endswith("%")
    number = written.removesuffix("%")
    if not _WRITTEN.fullmatch(number):
        raise ValueError(text)
    try:
        share = Fraction(number) / (100 if of_hundred else 1)
    except ZeroDivisionError:
        raise ValueError(text) from None
    if share.denominator > LARGEST_WHOLE:
        raise ValueError(text)
    return share
