"""Names of people, places and firms: one form to show, one form to compare.

What is shown keeps the letters that were typed. What is compared makes one of all ways of writing the
same name, so that 赵　四 is 赵四, 甲４栋 is 甲4栋 and 买买提•热合曼 is 买买提·热合曼.
"""

import re
import unicodedata
from typing import Any

from django.db import models

# Dots that stand between the parts of a name; many keyboards have one of their own.
_DOTS = re.compile("[·•‧∙⋅・･ㆍ⸱ꞏᐧ●˙]")
_DASHES = re.compile("[‐‑‒–—―−﹘﹣－]")
_HAN = "㐀-鿿豈-﫿\U00020000-\U000323af〇"
_HAN_BLANK = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")
_HAN_FULL_STOP = re.compile(rf"(?<=[{_HAN}])[.．](?=[{_HAN}])")
# A blank says something between two words of letters and digits other than Han only.
_IDLE_BLANK = re.compile(rf"(?<![^\W{_HAN}]) | (?![^\W{_HAN}])")
_NUMBERED = re.compile(rf"[0-9]+[a-z]?[{_HAN}#]")
# Letters by their category that show nothing: fillers of Hangul, a blank of Braille.
_EMPTY_SIGNS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs", "Mn", "Me"})


def without_format(text: str) -> str:
    """A text without signs that only steer how it is shown: zero-width, direction, soft hyphens."""
    return "".join(
        sign
        for sign in text
        if sign not in _EMPTY_SIGNS
        and (unicodedata.category(sign) not in ("Cf", "Cc") or sign.isspace())
    )


def is_visible(text: str) -> bool:
    """Whether a text shows anything at all."""
    return any(
        sign not in _EMPTY_SIGNS and unicodedata.category(sign) not in _UNSEEN for sign in text
    )


def shown(text: str) -> str:
    """A name as it is kept to be shown: blanks single, none between Han letters, one middle dot."""
    if not is_visible(text):
        return ""
    name = _DOTS.sub("·", " ".join(without_format(text).split()))
    name = _HAN_FULL_STOP.sub("·", _HAN_BLANK.sub("", name))
    return re.sub(r"\s*·\s*", "·", name)


def compared(text: str) -> str:
    """A name as it is compared: NFKC, no format characters, one middle dot, one dash, small letters,
    and blanks only where they part words of other letters than Han.
    """
    name = unicodedata.normalize("NFKC", _DOTS.sub("·", without_format(text)))
    name = _DASHES.sub("-", _HAN_FULL_STOP.sub("·", name))
    return _IDLE_BLANK.sub("", " ".join(name.casefold().split()))


def squeezed(text: str) -> str:
    """Letters and digits alone: two names that are the same so may be the same, and are asked about."""
    return re.sub(r"[\W_]", "", compared(text))


def contains_word(column: str, word: str, lookup: str = "contains") -> models.Q:
    """Rows whose column holds a word. A number that a unit follows is the whole number: 5栋 is not 15栋."""
    fits = models.Q((f"{column}__{lookup}", word))
    if _NUMBERED.match(word):
        fits &= models.Q((f"{column}__iregex", f"(^|[^0-9]){re.escape(word)}"))
    return fits


class _Derived:
    """The attribute of a ComparedField: always what its source says now."""

    def __init__(self, field: "ComparedField") -> None:
        self.field = field

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        if self.field.source not in instance.__dict__ and self.field.attname in instance.__dict__:
            return instance.__dict__[self.field.attname]  # the source was deferred
        return self.field.of(getattr(instance, self.field.source))

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class ComparedField(models.CharField):
    """The comparing form of another column, kept beside it so that it is indexed and unique.

    It follows whatever is saved. An `update()`, a `bulk_update()` or `update_fields` that names the
    source names this field too.
    """

    def __init__(self, *, source: str, **options: Any) -> None:
        self.source = source
        super().__init__(**{"max_length": 120, "editable": False, "blank": True} | options)

    def of(self, text: str) -> str:
        """The comparing form of a text, as this column keeps it."""
        return compared(text)[: self.max_length]

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Derived(self))

    def deconstruct(self) -> Any:
        name, path, positional, options = super().deconstruct()
        return name, path, positional, options | {"source": self.source}
