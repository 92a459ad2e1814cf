"""The values of a row as they are kept: JSON in which days stay days."""

import json
from datetime import date
from typing import Any

_DAY = "day"


def packed(values: dict[int, Any]) -> str:
    """Values by column as text; what is empty is left out."""
    kept = {
        str(place): {_DAY: value.isoformat()} if isinstance(value, date) else value
        for place, value in values.items()
        if value not in (None, "")
    }
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str) -> dict[int, Any]:
    """Values by column, as they were packed."""
    return {
        int(place): date.fromisoformat(value[_DAY]) if isinstance(value, dict) else value
        for place, value in json.loads(text).items()
    }
