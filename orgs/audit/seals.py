"""Sealing the audit: each batch of entries is hashed together with the seal before it.

PostgreSQL hands out numbers before transactions commit, so a lower number may appear after a higher
one. Before a batch is chosen, writers under way are waited for; below the number found then, nothing
can appear any more. So a seal covers every entry of its range, and its count and digest the exact set.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import OperationalError, connection, transaction
from django.db.models import Max, QuerySet

from orgs.models import AuditEntry, AuditSeal

BATCH = 5000
# How long new entries may be held up while writers under way are waited for.
PATIENCE_MS = 1000
_FIELDS = (
    *("id", "at", "actor_id", "actor", "action", "object_type", "object_id"),
    *("result", "detail", "ip", "request_id"),
)


@dataclass(frozen=True)
class Break:
    """Where the chain no longer holds: the range of the first seal that does not fit its entries."""

    first_id: int
    last_id: int
    expected: int
    found: int


def seal(*, now: datetime) -> int:
    """Seals all entries that no seal covers yet; gives their number.

    Busy writers put it off to the next run (then 0).
    """
    final = _last_final_id()
    sealed = 0
    while count := _seal_batch(final, now):
        sealed += count
    return sealed


def verify() -> tuple[int, Break | None]:
    """Recomputes the whole chain: the number of entries that hold, and the first break if any."""
    digest, last, holding = "", 0, 0
    for row in AuditSeal.objects.order_by("last_id").iterator():
        digest, count = _digest(digest, _rows(last, row.last_id))
        if (digest, count, last + 1) != (row.digest, row.count, row.first_id):
            return holding, Break(last + 1, row.last_id, row.count, count)
        holding += count
        last = row.last_id
    return holding, None


def _last_final_id() -> int:
    """The highest number up to which no entry can appear any more; 0 if writers are too busy."""
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = {PATIENCE_MS}")
                    cursor.execute(f"LOCK TABLE {AuditEntry._meta.db_table} IN SHARE MODE")
            return AuditEntry.objects.aggregate(last=Max("id"))["last"] or 0
    except OperationalError:
        if connection.vendor == "postgresql":
            return 0
        raise


def _seal_batch(final: int, now: datetime) -> int:
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {AuditSeal._meta.db_table} IN EXCLUSIVE MODE")
        before = AuditSeal.objects.order_by("last_id").last()
        start = before.last_id if before else 0
        rows = list(_rows(start, final)[:BATCH])
        if not rows:
            return 0
        digest, count = _digest(before.digest if before else "", rows)
        AuditSeal.objects.create(
            first_id=start + 1, last_id=rows[-1][0], count=count, digest=digest, sealed_at=now
        )
    return count


def _rows(after: int, until: int) -> QuerySet:
    return (
        AuditEntry.objects.filter(id__gt=after, id__lte=until).order_by("id").values_list(*_FIELDS)
    )


def _digest(before: str, rows: Iterable[tuple]) -> tuple[str, int]:
    """SHA-256 over the seal before and the rows, one canonical line each; and their number."""
    digest = hashlib.sha256(before.encode())
    count = 0
    for row in rows:
        count += 1
        digest.update(json.dumps(row, sort_keys=True, ensure_ascii=False, default=_text).encode())
        digest.update(b"\n")
    return digest.hexdigest(), count


def _text(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
