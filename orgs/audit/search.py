"""Reading the audit: entries by who, what, result, day and record."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from orgs.models import AuditEntry


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def search(
    *,
    who: str = "",
    what: str = "",
    result: str = "",
    since: date | None = None,
    until: date | None = None,
    record: str = "",
) -> QuerySet[AuditEntry]:
    """The entries that fit; both days are included."""
    wanted: dict[str, Any] = {
        "actor": who,
        "action__startswith": what,
        "result": result,
        "at__gte": _start_of(since) if since else None,
        "at__lt": _start_of(until + timedelta(days=1)) if until else None,
        "object_id": record,
    }
    return AuditEntry.objects.filter(**{name: value for name, value in wanted.items() if value})
