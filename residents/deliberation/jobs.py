"""This app's jobs."""

import structlog
from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from residents.deliberation.polls import notifications
from residents.deliberation.polls.box import checkpoints
from residents.deliberation.polls.course import polls

logger = structlog.get_logger(__name__)


@shared_task(time_limit=240)
def close_due_polls() -> None:
    """Every few minutes: voting whose announced time is over is closed."""
    logger.info("polls_closed", polls=polls.close_due(timezone.now()))


@shared_task(time_limit=240)
def tell_of_polls() -> None:
    """Every minute: voters are told what happened to their polls."""
    notifications.tell_of_events(timezone.now())


@shared_task(time_limit=600)
def publish_checkpoints() -> None:
    """Every night: how long each chain is, published and sent to the supervisors."""
    logger.info("checkpoints", published=checkpoints.publish(timezone.now()))


@shared_task(time_limit=600)
def remind_voters() -> None:
    """Every morning: who has not voted, two days before voting closes."""
    logger.info("voters_reminded", notices=notifications.remind(timezone.now()))


# When beat sends them. A key or name that changes needs a migration: beat stores both, and never
# deletes an entry.
SCHEDULE = {
    "close-due-polls": {
        "task": "residents.deliberation.jobs.close_due_polls",
        "schedule": crontab(minute="*/3"),
    },
    "tell-of-polls": {"task": "residents.deliberation.jobs.tell_of_polls", "schedule": 60.0},
    "publish-checkpoints": {
        "task": "residents.deliberation.jobs.publish_checkpoints",
        "schedule": crontab(hour=0, minute=13),
    },
    "remind-voters": {
        "task": "residents.deliberation.jobs.remind_voters",
        "schedule": crontab(hour=8, minute=37),
    },
}
