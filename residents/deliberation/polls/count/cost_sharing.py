"""Costs shared among flats, to the cent, with exact totals."""

from collections.abc import Mapping
from typing import TypeVar

Key = TypeVar("Key")


def share(amount: int, weights: Mapping[Key, int]) -> dict[Key, int]:
    """Divides an amount (in 0.01 yuan) by weights; the parts add up to it exactly.

    Largest remainders get the odd cents, earlier keys first. ValueError: no positive weight, or a
    negative one.
    """
    whole = sum(weights.values())
    if amount < 0 or whole <= 0 or min(weights.values()) < 0:
        raise ValueError("an amount is shared by positive weights")
    parts = {key: amount * weight // whole for key, weight in weights.items()}
    rest = amount - sum(parts.values())
    by_remainder = sorted(weights, key=lambda key: -(amount * weights[key] % whole))
    for key in by_remainder[:rest]:
        parts[key] += 1
    return parts
