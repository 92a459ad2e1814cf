"""Shares of a whole, as every page and export shows them."""


def per_mille(part: int, whole: int) -> int | None:
    """A share in whole per mille, rounded half up; None of nothing."""
    return (2000 * part + whole) // (2 * whole) if whole else None
