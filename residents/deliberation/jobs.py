"""This app's jobs."""

from datetime import timedelta

import structlog
from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from residents.deliberation.polls import notifications as poll_notifications
from residents.deliberation.polls import printing
from residents.deliberation.polls.box import checkpoints
from residents.deliberation.polls.course import polls, postings
from residents.deliberation.topics import notifications as topic_notifications
from residents.deliberation.topics.course import watcher

logger = structlog.get_logger(__name__)


@shared_task(time_limit=240)
def close_due_polls() -> None:
    """Every few minutes: voting whose announced time is over is closed."""
    logger.info("polls_closed", polls=polls.close_due(timezone.now()))


@shared_task(time_limit=240)
def watch_postings() -> None:
    """Every morning: votes that can be opened, results whose posting is over or need not wait,
    objections not answered.
    """
    now = timezone.now()
    told = poll_notifications.remind_of_objections(now) + poll_notifications.remind_to_publish(now)
    told += poll_notifications.remind_to_open(now)
    logger.info("postings_watched", ended=postings.end_due_postings(now), notices=told)


@shared_task(time_limit=240)
def tell_of_polls() -> None:
    """Every minute: voters are told what happened to their polls."""
    now = timezone.now()
    poll_notifications.tell_of_events(now)
    poll_notifications.tell_of_late_papers(now)
    poll_notifications.tell_of_desk_disputes(now)
    poll_notifications.tell_of_answers(now)


@shared_task(time_limit=300)
def print_ballots(sheet_id: int) -> None:
    """Makes one sheet of printed ballots, unless another worker does."""
    printing.make(sheet_id=sheet_id, now=timezone.now())


@shared_task(time_limit=60)
def print_waiting_ballots() -> None:
    """Queues the sheets whose message was lost or whose worker died; deletes old ones."""
    now = timezone.now()
    printing.forget(now=now)
    for sheet_id in printing.waiting(now):
        print_ballots.delay(sheet_id)


@shared_task(time_limit=600)
def publish_checkpoints() -> None:
    """Every night: how long each chain is, published and sent to the supervisors."""
    logger.info("checkpoints", published=checkpoints.publish(timezone.now()))


@shared_task(time_limit=600)
def remind_voters() -> None:
    """Every morning: who has not voted, two days before voting closes."""
    logger.info("voters_reminded", notices=poll_notifications.remind(timezone.now()))


@shared_task(time_limit=300)
def watch_topics() -> None:
    """Every hour: limits of reviews and petitions, evaluations that end."""
    logger.info("topics_watched", steps=watcher.watch(timezone.now()))


@shared_task(time_limit=300)
def tell_of_topics() -> None:
    """Tells people what happens to their topics."""
    topic_notifications.notify_of_entries(timezone.now())


# When beat sends them. A key or name that changes needs a migration: beat stores both, and never
# deletes an entry.
SCHEDULE = {
    "close-due-polls": {
        "task": "residents.deliberation.jobs.close_due_polls",
        "schedule": crontab(minute="*/3"),
    },
    "tell-of-polls": {"task": "residents.deliberation.jobs.tell_of_polls", "schedule": 60.0},
    "print-waiting-ballots": {
        "task": "residents.deliberation.jobs.print_waiting_ballots",
        "schedule": crontab(minute="*/5"),
    },
    "publish-checkpoints": {
        "task": "residents.deliberation.jobs.publish_checkpoints",
        "schedule": crontab(hour=0, minute=13),
    },
    "watch-postings": {
        "task": "residents.deliberation.jobs.watch_postings",
        "schedule": crontab(hour=8, minute=27),
    },
    "remind-voters": {
        "task": "residents.deliberation.jobs.remind_voters",
        "schedule": crontab(hour=8, minute=37),
    },
    "watch-topics": {
        "task": "residents.deliberation.jobs.watch_topics",
        "schedule": crontab(minute=13),
    },
    "tell-of-topics": {
        "task": "residents.deliberation.jobs.tell_of_topics",
        "schedule": timedelta(seconds=30),
    },
}
