"""Sentences that are stored: in rows they stand as what is translated and what it is about.

Who reads such a row gets them in their own language, whoever caused them. What was stored before as
a translated text is shown as it stands.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils import translation
from django.utils.functional import Promise

# A stored sentence: its text in the source's language; with arguments, both.
Stored = str | list[Any]


class Sentence(str):
    """A translated sentence that knows its text in the source's language, and its arguments."""

    __slots__ = ("arguments", "source")
    source: str
    arguments: dict[str, Any]

    def __new__(cls, source: str, arguments: Mapping[str, Any] | None = None) -> "Sentence":
        text = translation.gettext(source) if source else ""
        self = super().__new__(cls, text % arguments if arguments else text)
        self.source, self.arguments = source, dict(arguments or {})
        return self

    def __mod__(self, arguments: Any) -> "Sentence":
        """The sentence with its named arguments."""
        return Sentence(self.source, arguments)

    @property
    def stored(self) -> Stored:
        """The sentence as it is kept."""
        if not self.arguments:
            return self.source
        return [self.source, {name: _stored(value) for name, value in self.arguments.items()}]


def gettext(source: str) -> Sentence:
    """Translates as Django's own, to a sentence that can be stored. Import it as `_`."""
    return Sentence(source)


def of(text: Promise | str) -> Sentence:
    """A library's text, or a label, as a sentence that can be stored."""
    with translation.override(None):
        source = str(text)
    return Sentence(source)


def _stored(value: Any) -> Any:
    """An argument as it is kept; one that is a sentence itself, in a list."""
    if isinstance(value, Promise):
        value = of(value)
    if isinstance(value, Sentence):
        return [
            value.source,
            {name: _stored(argument) for name, argument in value.arguments.items()},
        ]
    return value if isinstance(value, int) else str(value)


def restored(stored: Stored) -> Sentence:
    """What was kept, in the language in force."""
    if isinstance(stored, str):
        return Sentence(stored)
    source, arguments = stored
    return Sentence(
        source,
        {
            name: restored(value) if isinstance(value, list) else value
            for name, value in arguments.items()
        },
    )


class SentenceField(models.CharField):
    """A column of one sentence; for migrations it is plain text."""

    def deconstruct(self) -> Any:
        name, _path, positional, named = super().deconstruct()
        return name, "django.db.models.CharField", positional, named

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Sentence) and value.arguments:
            return _text(value, self.max_length)
        text = value.source if isinstance(value, Sentence) else super().get_prep_value(value)
        return text[: self.max_length] if isinstance(text, str) else text

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        if not value:
            return value
        try:
            return restored(json.loads(value) if value.startswith('["') else value)
        except (ValueError, TypeError, KeyError):
            # A text that only looks like one of ours.
            return value


def _text(sentence: Sentence, longest: int | None) -> str:
    """A sentence with arguments as one text; too long a one loses the ends of those that are words."""
    arguments = {name: _stored(value) for name, value in sentence.arguments.items()}
    text = _json(sentence.source, arguments)
    words = [name for name, value in arguments.items() if not isinstance(value, int)]
    for name in sorted(words, key=lambda name: -len(str(arguments[name]))):
        if longest is None or (over := len(text) - longest) <= 0:
            break
        arguments[name] = str(sentence.arguments[name])[: -over - 1] + "…"
        text = _json(sentence.source, arguments)
    # Words that nothing is left to take from: shown as they stand, rather than not kept at all.
    return text if longest is None or len(text) <= longest else str(sentence)[:longest]


def _json(source: str, arguments: dict[str, Any]) -> str:
    return json.dumps([source, arguments], ensure_ascii=False)


class SentencesField(models.JSONField):
    """A JSON column of sentences by name; for migrations it is plain JSON."""

    def deconstruct(self) -> Any:
        name, _path, positional, named = super().deconstruct()
        return name, "django.db.models.JSONField", positional, named

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, dict):
            value = {
                name: sentence.stored if isinstance(sentence, Sentence) else sentence
                for name, sentence in value.items()
            }
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        stored = super().from_db_value(value, expression, connection)
        if not isinstance(stored, dict):
            return stored
        return {name: restored(sentence) for name, sentence in stored.items()}
