"""The marks by which rows of filled copies are known when they come back.

A mark names the copy, and the row by a keyed digest: it tells nobody outside whom the row is about, is
another one on another form, and cannot be made up.
"""

import re
from collections.abc import Iterable

from governance.data_forms.models import BlankForm
from orgs.crypto import blind_index

_LENGTH = 16
_MARK = re.compile(r"(\d{1,18})-([0-9a-f]{16})", re.ASCII)


def of_row(form: BlankForm, key: int, *, copy: int) -> str:
    """The mark of a row in one copy."""
    return f"{copy}-{_digest(form, key)}"


def read(text: str) -> tuple[int, str] | None:
    """The copy of a mark, and what names its row; None for what is no mark."""
    found = _MARK.fullmatch(text)
    return (int(found[1]), found[2]) if found else None


def by_digest(form: BlankForm, keys: Iterable[int]) -> dict[str, int]:
    """The keys of rows by what their marks call them."""
    return {_digest(form, key): key for key in keys}


def _digest(form: BlankForm, key: int) -> str:
    return blind_index("form-row", f"{form.pk}:{key}")[:_LENGTH]
