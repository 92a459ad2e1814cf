"""Small pieces of sentences."""

from collections.abc import Iterable

from django.utils.translation import pgettext


def listed(names: Iterable[str]) -> str:
    """Names one after the other, as the language separates them."""
    # Translators: what stands between the names of a list.
    return pgettext("between the names of a list", ", ").join(names)
