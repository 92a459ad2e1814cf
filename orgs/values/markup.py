"""HTML put together from parts, where a page has hundreds of them."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString


def markup(template: str, *parts: Any) -> SafeString:
    """What Django's `format_html` gives: the parts are escaped, but for what is HTML already.

    `format_html` asks of each part, four functions deep, whether it is a text to be translated later:
    of the calls of functions behind a board of 120 cards that was a sixth (2026-11-30).
    """
    return SafeString(template.format(*map(_escaped, parts)))


def joined(parts: Iterable[SafeString], between: str = "") -> SafeString:
    """Pieces of HTML one after the other."""
    return SafeString(between.join(parts))


def _escaped(part: Any) -> str:
    kind = type(part)
    if kind is SafeString:
        return part
    return escape(part) if kind is str else conditional_escape(part)
