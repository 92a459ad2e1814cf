"""Small pieces of sentences."""

import re
from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import pgettext


def listed(names: Iterable[str]) -> str:
    """Names one after the other, as the language separates them."""
    # Translators: what stands between the names of a list.
    return pgettext("between the names of a list", ", ").join(names)


def uuids(keys: Iterable[str]) -> list[UUID]:
    """Those of the texts that are ids at all."""
    ids = []
    for key in keys:
        try:
            ids.append(UUID(key))
        except ValueError:
            continue
    return ids


# A title that is shorter than this says nothing: the next sentence belongs to it.
_SHORTEST_TITLE = 6
_SENTENCES = re.compile(r"[^。！？!?；;]+[。！？!?；;]?")
# What a telephone or another long number is made of: no title names it.
_LONG_NUMBER = re.compile(r"\d[\d\s-]{5,}\d")


def first_words(text: str, most: int) -> str:
    """The beginning of a text as a title: its first sentence, cut off at `most` characters.

    Long numbers are left out: titles stand in notices and lists.
    """
    title = ""
    for sentence in _SENTENCES.findall(_LONG_NUMBER.sub("…", " ".join(text.split()))):
        title += sentence
        if len(title.strip()) >= _SHORTEST_TITLE:
            break
    title = title.strip(" 。；;，,、")
    return title if len(title) <= most else title[: most - 1].rstrip() + "…"
