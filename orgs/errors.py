"""Errors of the domain: a code for software, a sentence for people."""

from collections.abc import Sequence
from typing import Any

from django.db import DataError


class DomainError(Exception):
    """Something the rules refuse. Pages show the message; the API answers problem+json.

    `code` is stable and in English; `message` is a translated sentence; `status` is the HTTP status;
    `fields` names what was wrong with each field, `field` the one that the message is about; `extra`
    joins the API's answer.
    """

    status = 400
    code = "invalid"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        field: str = "",
        fields: dict[str, Sequence[str]] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.fields = {**({field: [message]} if field else {}), **(fields or {})}
        self.extra = extra or {}


class Refused(DomainError):
    """Bad input: 400."""


class NotAllowed(DomainError):
    """Seen, but not allowed: 403."""

    status = 403
    code = "permission_denied"


class WrongState(DomainError):
    """Not possible in the present state: 409."""

    status = 409
    code = "wrong_state"


class TooLarge(DomainError):
    """More bytes than are taken: 413."""

    status = 413
    code = "too_large"


class TooOften(DomainError):
    """Too many tries: 429."""

    status = 429
    code = "too_often"


class NotNow(DomainError):
    """A part that is needed is away (a disk is full): 503."""

    status = 503
    code = "not_now"


def is_unstorable(error: Exception) -> bool:
    """Whether a database was asked for what it cannot hold, like a whole number beyond 64 bits."""
    return isinstance(error, OverflowError | DataError)
