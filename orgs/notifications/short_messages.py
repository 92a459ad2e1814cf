"""Short messages to telephones: wait in the database until the sender that the settings name took them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.module_loading import import_string

from orgs.models import ShortMessage
from orgs.notifications.notifications import LEASE, LONGEST, WAITS, after_quiet_hours
from orgs.values import phones

log = structlog.get_logger(__name__)

# Messages are forgotten after so long, sent or not.
KEPT = timedelta(days=30)
# How many the demo's page shows.
SHOWN = 50


@dataclass(frozen=True)
class NewMessage:
    """A text for one telephone; the key says what it is about, so that it is told once."""

    key: str
    phone: str
    text: str


def queue(new: Iterable[NewMessage], *, now: datetime) -> int:
    """Lets messages wait for their sending, by day; to landlines none is sent. Answers how many."""
    rows = [
        ShortMessage(
            key=message.key, phone=message.phone, text=message.text, due_at=after_quiet_hours(now)
        )
        for message in new
        if phones.is_mobile(message.phone)
    ]
    known = set(
        ShortMessage.objects.filter(key__in=[row.key for row in rows]).values_list("key", flat=True)
    )
    fresh = [row for row in rows if row.key not in known]
    ShortMessage.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=500)
    return len(fresh)


def deliver(*, now: datetime, longest: float = LONGEST) -> int:
    """Sends what is due; begins none after `longest` seconds. Answers how many went out.

    A worker that dies between sending and noting it sends once more, never less.
    """
    due = ShortMessage.objects.filter(sent_at=None, failed_at=None, due_at__lte=now)
    due.filter(attempts__gt=len(WAITS)).update(failed_at=now)
    ends, sent = monotonic() + longest, 0
    while monotonic() < ends and (message := _claim(now)):
        sent += _send(message, now)
    return sent


def _claim(now: datetime) -> ShortMessage | None:
    """Takes the message that is due first."""
    with transaction.atomic():
        due = ShortMessage.objects.filter(sent_at=None, failed_at=None, due_at__lte=now)
        message: ShortMessage | None = (
            due.select_for_update(skip_locked=True).order_by("due_at", "pk").first()
        )
        if message:
            due.filter(pk=message.pk).update(due_at=now + LEASE, attempts=F("attempts") + 1)
            message.attempts += 1
    return message


def _send(message: ShortMessage, now: datetime) -> int:
    own = ShortMessage.objects.filter(pk=message.pk)
    try:
        import_string(settings.CODE_SENDER)(message.phone, message.text)
    except Exception:
        log.warning("short_message_failed", exc_info=True)
        if message.attempts > len(WAITS):
            own.update(failed_at=now)
        else:
            own.update(due_at=now + WAITS[message.attempts - 1])
        return 0
    own.update(sent_at=now)
    return 1


def forget(*, now: datetime) -> int:
    """Deletes what is old; answers how many."""
    return ShortMessage.objects.filter(due_at__lt=now - KEPT).delete()[0]
