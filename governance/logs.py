"""What logs must not hold: numbers of telephones and of identity cards."""

import re
from collections.abc import MutableMapping
from typing import Any

_MOBILE = re.compile(r"(?<!\d)((?:86)?1[3-9]\d)\d{4}(\d{4})(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?![\dXx])")
# What PostgreSQL adds to an error: the values of the row, whole.
_ROW = re.compile(r"(DETAIL: ).*?(?=\n[A-Z]{4,}: |\n\nThe above |\n\nDuring |\Z)", re.DOTALL)


def masked(text: str) -> str:
    """The text with the middle of each mobile and identity number hidden, and without the values of a
    row that the database refused."""
    text = _ROW.sub(r"\1(left out)", text)
    return _MOBILE.sub(r"\1****\2", _IDENTITY.sub(r"\1********\2", text))


def hide_private_numbers(
    logger: Any, name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A structlog processor: masks every text of an event and drops the addresses' queries."""
    for key, value in event.items():
        if isinstance(value, str):
            if key == "request":
                value = value.partition("?")[0]
            event[key] = masked(value)
    return event
