"""Exact numbers as text: declared rounding, and JSON that is the same on every engine."""

import json
from fractions import Fraction
from typing import Any


def half_up(value: Fraction, digits: int) -> Fraction:
    """Rounded to so many decimals; a half goes away from zero (四舍五入)."""
    scaled = abs(value) * 10**digits
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if value >= 0 else -whole, 10**digits)


def text_of(value: Fraction | None, digits: int) -> str | None:
    """A decimal like 87.50, rounded half up; None for no value."""
    if value is None:
        return None
    scaled = half_up(value, digits) * 10**digits
    whole, rest = divmod(abs(scaled.numerator), 10**digits)
    sign = "-" if scaled < 0 else ""
    return f"{sign}{whole}.{rest:0{digits}}" if digits else f"{sign}{whole}"


def canonical(value: Any) -> str:
    """JSON with sorted keys and no blanks. Raises TypeError for a float: none is exact."""
    _refuse_floats(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("a float is not exact")
    if isinstance(value, dict):
        for one in value.values():
            _refuse_floats(one)
    elif isinstance(value, list | tuple):
        for one in value:
            _refuse_floats(one)
