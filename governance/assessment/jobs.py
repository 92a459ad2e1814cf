"""This app's jobs."""

from datetime import timedelta
from typing import Any

import structlog
from celery import shared_task
from django.utils import timezone

from governance.assessment import notifications
from governance.assessment.runs import computing, due

logger = structlog.get_logger(__name__)


@shared_task(time_limit=3600)
def compute_run(key: int) -> None:
    """Computes one run that somebody started."""
    logger.info("run_computed", run=key, done=computing.compute(key, timezone.now()))


@shared_task(time_limit=3600)
def run_due() -> None:
    """Starts and computes every period that is over and has no run, and what a worker left."""
    logger.info("runs_computed", runs=due.run_due(timezone.now()))


@shared_task(time_limit=300)
def tell_of_assessments() -> None:
    """Tells people of runs that wait for them, and of their scores."""
    notifications.notify_of_entries(timezone.now())


# When beat sends them; the admin changes it. A key or name that changes needs a migration: beat stores
# both, and never deletes an entry.
SCHEDULE: dict[str, dict[str, Any]] = {
    "run-due-assessments": {
        "task": "governance.assessment.jobs.run_due",
        "schedule": timedelta(minutes=10),
    },
    "tell-of-assessments": {
        "task": "governance.assessment.jobs.tell_of_assessments",
        "schedule": timedelta(minutes=1),
    },
}
