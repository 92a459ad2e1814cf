"""Undefined variables fail in our own templates.

pytest-django's FAIL_INVALID_TEMPLATE_VARS knows no exceptions but whole tests, and the stock templates
of Django and allauth name variables that nobody sets. So a failure is asked of the place: only what
lies in templates/ fails.
"""

import sys
from pathlib import Path
from types import FrameType

import pytest
from django.conf import settings

OURS = str(Path(settings.BASE_DIR) / "templates")


class Undefined:
    """What Django puts where a variable has no value (its option `string_if_invalid`)."""

    def __contains__(self, placeholder: str) -> bool:
        return placeholder == "%s"

    def __mod__(self, variable: object) -> str:
        place = _place_of(sys._getframe(1))
        if place.startswith(OURS):
            pytest.fail(f"Undefined variable “{variable}” in {place}", pytrace=False)
        return ""

    def __str__(self) -> str:
        return self % "a lookup that raised"


def _place_of(frame: FrameType | None) -> str:
    """The file of the innermost node that is being rendered; "" where there is none."""
    while frame:
        if frame.f_code.co_name == "render":
            origin = getattr(frame.f_locals.get("self"), "origin", None)
            if origin is not None:
                return str(origin)
        frame = frame.f_back
    return ""
