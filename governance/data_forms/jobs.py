"""This app's jobs."""

from typing import Any

import structlog
from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from governance.data_forms.fillings import fillings

logger = structlog.get_logger(__name__)


@shared_task(time_limit=600)
def fill_form(key: int) -> None:
    """Fills one form, unless another worker does."""
    fillings.make(file_id=key, now=timezone.now())


@shared_task(time_limit=60)
def fill_waiting_forms() -> None:
    """Queues the files whose message was lost or whose worker died."""
    for key in fillings.waiting(timezone.now()):
        fill_form.delay(key)


@shared_task(time_limit=300)
def forget_filled_forms() -> None:
    """Every night: filled files of 30 days ago."""
    logger.info("filled_forms_forgotten", files=fillings.forget(now=timezone.now()))


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
}
