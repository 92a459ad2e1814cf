"""This app's jobs."""

from datetime import timedelta

import structlog
from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from residents.deliberation.topics import notifications, watcher

logger = structlog.get_logger(__name__)


@shared_task(time_limit=300)
def watch_topics() -> None:
    """Every hour: limits of reviews and petitions, evaluations that end."""
    logger.info("topics_watched", steps=watcher.watch(timezone.now()))


@shared_task(time_limit=300)
def tell_of_topics() -> None:
    """Tells people what happens to their topics."""
    notifications.tell_of_entries(timezone.now())


# When beat sends them. A key or name that changes needs a migration: beat stores both, and never
# deletes an entry.
SCHEDULE = {
    "watch-topics": {
        "task": "residents.deliberation.jobs.watch_topics",
        "schedule": crontab(minute=13),
    },
    "tell-of-topics": {
        "task": "residents.deliberation.jobs.tell_of_topics",
        "schedule": timedelta(seconds=30),
    },
}
