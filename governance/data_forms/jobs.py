"""This app's jobs."""

from typing import Any

import structlog
from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from governance.data_forms.collections import notifications, periodic
from governance.data_forms.fillings import fillings
from governance.data_forms.submissions import filling, merging

logger = structlog.get_logger(__name__)


@shared_task(time_limit=600)
def fill_form(key: int) -> None:
    """Fills one form or merges a collection, unless another worker does."""
    make = merging.make if merging.is_merged(key) else fillings.make
    make(file_id=key, now=timezone.now())


@shared_task(time_limit=60)
def fill_waiting_forms() -> None:
    """Queues the files whose message was lost or whose worker died."""
    for key in fillings.waiting(timezone.now()):
        fill_form.delay(key)


@shared_task(time_limit=300)
def forget_filled_forms() -> None:
    """Every night: filled files of 30 days ago."""
    now = timezone.now()
    logger.info(
        "filled_forms_forgotten", files=fillings.forget(now=now), rows=periodic.forget_rows(now)
    )


@shared_task(time_limit=600)
def fill_submission(key: int) -> None:
    """Fills what one community is asked for."""
    filling.fill(key=key, now=timezone.now())


@shared_task(time_limit=60)
def fill_waiting_submissions() -> None:
    """Queues the submissions whose message was lost, or for which nobody was there before."""
    for key in filling.waiting(timezone.now()):
        fill_submission.delay(key)


@shared_task(time_limit=600)
def ask_periodic_forms() -> None:
    """Opens the round of every period that is over and has none, oldest first."""
    logger.info("rounds_opened", rounds=periodic.ask_due(timezone.now()))


@shared_task(time_limit=300)
def tell_of_collections() -> None:
    """Tells people of forms that they are asked for, of what is sent back and of what is delivered."""
    notifications.notify_of_entries(timezone.now())


@shared_task(time_limit=300)
def remind_of_collections() -> None:
    """Tells communities of limits that come or have passed, and streets who is late."""
    notifications.remind(timezone.now())


# When beat sends them. A key or name that changes needs a migration: beat stores both, and never
# deletes an entry.
SCHEDULE: dict[str, dict[str, Any]] = {
    "fill-waiting-forms": {
        "task": "governance.data_forms.jobs.fill_waiting_forms",
        "schedule": crontab(minute="*/5"),
    },
    "forget-filled-forms": {
        "task": "governance.data_forms.jobs.forget_filled_forms",
        "schedule": crontab(hour=3, minute=51),
    },
    "fill-waiting-submissions": {
        "task": "governance.data_forms.jobs.fill_waiting_submissions",
        "schedule": crontab(minute="*/5"),
    },
    "ask-periodic-forms": {
        "task": "governance.data_forms.jobs.ask_periodic_forms",
        "schedule": crontab(hour=0, minute=20),
    },
    "tell-of-collections": {
        "task": "governance.data_forms.jobs.tell_of_collections",
        "schedule": crontab(),
    },
    "remind-of-collections": {
        "task": "governance.data_forms.jobs.remind_of_collections",
        "schedule": crontab(hour=8, minute=5),
    },
}
