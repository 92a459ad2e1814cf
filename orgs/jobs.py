"""The ground floor's jobs. What is due is found in the database, so a lost message loses nothing."""

from uuid import UUID

import structlog
from celery import shared_task
from django.utils import timezone

from orgs import retention
from orgs.attachments import attachments
from orgs.audit import seals
from orgs.notifications import notifications

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
    logger.info("forgotten", **counts, attachments=attachments.forget_unused(now=now))


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
    """Sends the notices that are due; answers how many."""
    return notifications.deliver(now=timezone.now())
