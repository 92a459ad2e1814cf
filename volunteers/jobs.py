"""This floor's jobs."""

import structlog
from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from volunteers import retention

logger = structlog.get_logger(__name__)


@shared_task(time_limit=600)
def forget_volunteers() -> None:
    """Every night: memberships, posts and contacts that ended long ago."""
    logger.info("forgotten", **retention.forget(now=timezone.now()))


# When beat sends them. A key or name that changes needs a migration: beat stores both, and never
# deletes an entry.
SCHEDULE = {
    "forget-volunteers": {
        "task": "volunteers.jobs.forget_volunteers",
        "schedule": crontab(hour=3, minute=47),
    },
}
