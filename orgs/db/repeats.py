"""What was sent twice is done once: the API by its Idempotency-Key, pages by the mark of their form."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from rest_framework.utils.encoders import JSONEncoder

from orgs.models import IdempotentAnswer, User

# The hidden field of a page's form.
FIELD = "once"


def new_mark() -> str:
    """A mark for one form."""
    return secrets.token_urlsafe(12)


@dataclass(frozen=True)
class Sender:
    """Who sends: an account, or (with `browser`, a signed key) the browser of a passer-by."""

    user: User | None = None
    browser: str = ""

    def columns(self) -> dict[str, Any]:
        return {"user": self.user, "browser": self.browser}


def earlier_answer(sender: Sender, key: str) -> IdempotentAnswer | None:
    """What was answered under a key before."""
    found = IdempotentAnswer.objects.exclude(status=0)
    return found.filter(key=key, **sender.columns()).first()


def answer_once(
    sender: Sender,
    key: str,
    fingerprint: str,
    work: Callable[[], tuple[int, Any]],
    now: datetime,
) -> tuple[IdempotentAnswer, bool]:
    """Does the work, which gives a status and what JSON can hold, unless the key was answered before.

    The answer is stored in the transaction of the work itself: either both exist or neither. A second
    request with the same key waits for the first. Gives the answer, and whether it is new.
    """
    key_was_free = False
    try:
        with transaction.atomic():
            row = IdempotentAnswer.objects.create(
                key=key, fingerprint=fingerprint, created_at=now, **sender.columns()
            )
            key_was_free = True
            row.status, body = work()
            row.body = json.dumps(body, cls=JSONEncoder)
            row.save(update_fields=["status", "body"])
            return row, True
    except IntegrityError:
        if key_was_free:
            raise
        return IdempotentAnswer.objects.get(key=key, **sender.columns()), False
