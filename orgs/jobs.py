"""The ground floor's jobs. What is due is found in the database, so a lost message loses nothing."""

from datetime import timedelta
from uuid import UUID

import structlog
from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from orgs import retention
from orgs.accounts import devices
from orgs.attachments import attachments
from orgs.audit import seals
from orgs.imports import imports, worker
from orgs.notifications import notifications, short_messages

logger = structlog.get_logger(__name__)


@shared_task(time_limit=120)
def seal_audit() -> None:
    """Seals the audit entries that are old enough."""
    seals.seal(now=timezone.now())


@shared_task(time_limit=600)
def forget_expired() -> None:
    """Every night: what has expired, and uploads that nobody used."""
    now = timezone.now()
    counts = retention.forget_expired(now=now)
    counts |= {
        "attachments": attachments.forget_unused(now=now),
        "imports": imports.forget(now=now),
        "short_messages": short_messages.forget(now=now),
        "devices": devices.forget(now=now),
    }
    logger.info("forgotten", **counts)


# Messages that wait and the scheduler's table know these two by the names that they had first.
@shared_task(time_limit=1800, name=imports.JOB)
def work_on_import(key: int) -> bool:
    """Reads, applies or undoes one import, unless another worker has it."""
    return worker.work(key=key, clock=timezone.now)


@shared_task(time_limit=60, name="residents.jobs.sweep_imports")
def sweep_imports() -> int:
    """Queues the imports that wait, whose message was lost or whose worker died."""
    keys = list(worker.due(timezone.now()).order_by("pk").values_list("pk", flat=True)[:100])
    for key in keys:
        work_on_import.delay(key)
    return len(keys)


@shared_task(time_limit=300)
def prepare_attachment(attachment_id: str) -> None:
    """Prepares one video, unless another worker has it."""
    attachments.prepare(attachment_id=UUID(attachment_id), now=timezone.now())


@shared_task(time_limit=60)
def process_waiting_attachments() -> None:
    """Queues the videos that wait, whose message was lost or whose worker died."""
    for attachment_id in attachments.waiting(timezone.now()):
        prepare_attachment.delay(str(attachment_id))


@shared_task(time_limit=240)
def deliver_notices() -> int:
    """Sends the notices and the short messages that are due; answers how many."""
    now = timezone.now()
    half = notifications.LONGEST / 2
    return notifications.deliver(now=now, longest=half) + short_messages.deliver(
        now=now, longest=half
    )


# When beat sends them. A key or name that changes needs a migration: beat stores both, and never
# deletes an entry.
SCHEDULE = {
    "deliver-notices": {"task": "orgs.jobs.deliver_notices", "schedule": timedelta(seconds=30)},
    "seal-audit": {"task": "orgs.jobs.seal_audit", "schedule": crontab(minute="*/5")},
    "forget-expired": {"task": "orgs.jobs.forget_expired", "schedule": crontab(hour=3, minute=17)},
    "process-waiting-attachments": {
        "task": "orgs.jobs.process_waiting_attachments",
        "schedule": crontab(minute="*/2"),
    },
    # Its name is older than its place: beat keeps names for ever.
    "sweep-imports": {"task": "residents.jobs.sweep_imports", "schedule": timedelta(seconds=30)},
}
