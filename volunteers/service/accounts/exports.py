"""Voluntary service on its way to the official volunteer system: an acknowledgement per record.

The file goes over by whoever runs the portal, the answers come back the same way: the official system
publishes no interface. What was not accepted yet stays on a list until it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from orgs.audit import audit
from volunteers.service.enums import ExportState, MinutesKind
from volunteers.service.models import Credit, ExportRecord

if TYPE_CHECKING:
    from orgs.models import User

# Records of one file.
MOST = 1000


@dataclass(frozen=True)
class Answer:
    """What the official system says of one record: its number there, or why it was not accepted."""

    record: int
    number: str = ""
    reason: str = ""


@transaction.atomic
def collect(now: datetime) -> int:
    """A waiting record for each voluntary credit in force that has none; how many. Duty never."""
    credits = Credit.objects.filter(
        is_latest=True, minutes_kind=MinutesKind.VOLUNTARY, minutes__gt=0, export=None
    )
    rows = [
        ExportRecord(credit_id=key) for key in credits.order_by("pk").values_list("pk", flat=True)
    ]
    ExportRecord.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return len(rows)


@transaction.atomic
def take(*, by: "User | None", now: datetime) -> list[dict[str, Any]]:
    """The next file: records that wait, marked as sent; the same record is never in two files."""
    waiting = (
        ExportRecord.objects.select_for_update(of=("self",))
        .filter(state=ExportState.WAITING)
        .select_related("credit__participant", "credit__unit")
        .order_by("pk")[:MOST]
    )
    rows = [
        {
            "record": row.pk,
            "name": row.credit.participant.name,
            "month": f"{row.credit.month:%Y-%m}",
            "minutes": row.credit.minutes,
            "place": row.credit.unit.path_name,
            "approved_on": f"{timezone.localdate(row.credit.approved_at)}",
        }
        for row in waiting
    ]
    keys = [row["record"] for row in rows]
    ExportRecord.objects.filter(pk__in=keys).update(state=ExportState.SENT, sent_at=now)
    if rows:
        audit.record("service.take-export", by=by, detail={"records": len(rows)}, now=now)
    return rows


@transaction.atomic
def acknowledge(answers: Iterable[Answer], *, by: "User | None", now: datetime) -> int:
    """Writes down what the official system answered, record by record; how many were waited for.

    An answer to a record that was accepted already changes nothing.
    """
    known = {answer.record: answer for answer in answers}
    rows = list(
        ExportRecord.objects.select_for_update()
        .filter(pk__in=known, state__in=[ExportState.SENT, ExportState.REFUSED])
        .order_by("pk")
    )
    for row in rows:
        answer = known[row.pk]
        row.state = ExportState.ACCEPTED if answer.number else ExportState.REFUSED
        row.number, row.reason = answer.number[:60], "" if answer.number else answer.reason[:300]
        row.answered_at = now
    ExportRecord.objects.bulk_update(rows, ["state", "number", "reason", "answered_at"])
    if rows:
        audit.record("service.answer-export", by=by, detail={"records": len(rows)}, now=now)
    return len(rows)


def not_accepted() -> QuerySet[ExportRecord]:
    """What is not in the official system yet, the oldest first."""
    open_ones = ExportRecord.objects.exclude(state=ExportState.ACCEPTED)
    return open_ones.select_related("credit__participant").order_by("pk")
