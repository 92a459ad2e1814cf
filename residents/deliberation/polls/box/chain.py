"""The chain of a ballot box: canonical JSON, commitments, hashes, the lock, checkpoints."""

import hashlib
import json
import secrets
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from orgs.errors import WrongState
from residents.deliberation.models import BallotBox, Checkpoint, Poll

# What the first ballot of a poll carries as the hash before it.
GENESIS = "0" * 64


def canonical(value: Any) -> str:
    """Sorted, blank-free JSON; UTF-8 when it is hashed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(text: str) -> str:
    """The SHA-256 of a text in UTF-8, as hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def new_nonce() -> str:
    """Makes a commitment impossible to guess."""
    return secrets.token_hex(16)


def commitment(poll: int, entry: int, choices: Any, nonce: str) -> str:
    """The SHA-256 of {poll, entry, choices, nonce}."""
    return sha256(canonical({"poll": poll, "entry": entry, "choices": choices, "nonce": nonce}))


def link(prev: str, commitment_: str) -> str:
    """The hash of a ballot: that of the hash before it and the commitment, as text."""
    return sha256(prev + commitment_)


# By hand, as all of a voter's way into the box: compiling it anew for every ballot takes longer than
# what it asks.
_COLUMNS = ("poll_id", "is_open", "closes_at", "length", "head")
_BOX = """
SELECT poll_id, is_open, closes_at, length, head FROM deliberation_ballotbox
WHERE poll_id = %s FOR NO KEY UPDATE
"""
_LONGER = "UPDATE deliberation_ballotbox SET length = %s, head = %s WHERE poll_id = %s"


def locked_box(poll: Poll) -> BallotBox:
    """The box of a poll, locked until the end of the transaction. Raises WrongState without one."""
    box = _locked_row(poll.pk) if connection.features.has_select_for_update else _row(poll.pk)
    if box is None:
        raise WrongState(_("Voting has not opened."), code="not_open")
    return box


def _locked_row(poll: int) -> BallotBox | None:
    with connection.cursor() as cursor:
        cursor.execute(_BOX, [poll])
        row = cursor.fetchone()
    return BallotBox.from_db(connection.alias, _COLUMNS, row) if row else None


def _row(poll: int) -> BallotBox | None:
    """SQLite has no locks of rows: whoever writes holds the whole file from BEGIN on."""
    return BallotBox.objects.filter(poll=poll).order_by().first()


def lengthen(box: BallotBox, i: int, hash_: str) -> None:
    """Writes into a locked box how long its chain is now, and with which hash it ends."""
    box.length, box.head = i, hash_
    with connection.cursor() as cursor:
        cursor.execute(_LONGER, [i, hash_, box.poll_id])


def checkpoint(box: BallotBox, now: datetime) -> Checkpoint | None:
    """Publishes how long the chain is and its last hash; not twice the same."""
    last = box.poll.checkpoints.order_by("-id").first()
    if last and last.i == box.length and last.hash == box.head:
        return None
    return Checkpoint.objects.create(poll_id=box.poll_id, at=now, i=box.length, hash=box.head)
