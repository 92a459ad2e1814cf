"""The residents' jobs."""

from datetime import timedelta

import structlog
from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from residents.claims import letter_runs
from residents.organisations import contracts, coverage_days, expiry_reminders
from residents.privacy import retention

logger = structlog.get_logger(__name__)


@shared_task(time_limit=600)
def forget_residents() -> None:
    """Every night: people who moved out long ago, papers of claims, old codes, letters and requests."""
    now = timezone.now()
    letters = letter_runs.forget(now=now)
    logger.info("forgotten", **retention.forget(now=now), letters=letters)


@shared_task(time_limit=1800)
def count_coverage() -> None:
    """Every night: profiles follow contracts that began or ran out, and two days are counted.

    Yesterday for good, with what was entered late; today so far.
    """
    today = timezone.localdate()
    followed = contracts.follow(today=today)
    counted = [coverage_days.snapshot(day=day) for day in (today - timedelta(days=1), today)]
    logger.info("coverage_counted", profiles=followed, units=counted)


@shared_task(time_limit=300)
def remind_of_endings() -> None:
    """Every morning: terms of office and contracts that run out."""
    logger.info("endings_told", notices=expiry_reminders.remind(now=timezone.now()))


@shared_task(time_limit=300)
def make_letters(sheet_id: int) -> None:
    """Makes the letters of one building, unless another worker does."""
    letter_runs.make(sheet_id=sheet_id, now=timezone.now())


@shared_task(time_limit=60)
def make_waiting_letters() -> None:
    """Queues the sheets whose message was lost or whose worker died."""
    for sheet_id in letter_runs.waiting(timezone.now()):
        make_letters.delay(sheet_id)


# When beat sends them. A key or name that changes needs a migration: beat stores both, and never
# deletes an entry.
SCHEDULE = {
    "forget-residents": {
        "task": "residents.jobs.forget_residents",
        "schedule": crontab(hour=3, minute=37),
    },
    "count-coverage": {
        "task": "residents.jobs.count_coverage",
        "schedule": crontab(hour=0, minute=19),
    },
    "remind-of-endings": {
        "task": "residents.jobs.remind_of_endings",
        "schedule": crontab(hour=8, minute=22),
    },
    "make-waiting-letters": {
        "task": "residents.jobs.make_waiting_letters",
        "schedule": crontab(minute="*/5"),
    },
}
