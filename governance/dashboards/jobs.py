"""This app's jobs: what dashboards show is counted beforehand. Days follow `tasks` by themselves."""

from typing import Any

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from governance.dashboards.counting import coverage, duty, spots, standing


@shared_task(time_limit=240)
def count_open() -> int | None:
    """What is open and red; answers how many dashboards changed."""
    return standing.count(timezone.now())


@shared_task(time_limit=280)
def count_around() -> None:
    """Hot spots and the monthly duty."""
    now = timezone.now()
    spots.count(now)
    duty.count(now)


@shared_task(time_limit=600)
def count_coverage() -> None:
    """The five full coverages of today."""
    coverage.count(timezone.now())


# When beat sends them. A key or name that changes needs a migration: beat stores both, and never
# deletes an entry.
SCHEDULE: dict[str, dict[str, Any]] = {
    "dashboards-count-open": {
        "task": "governance.dashboards.jobs.count_open",
        "schedule": crontab(minute="*/2"),
    },
    "dashboards-count-around": {
        "task": "governance.dashboards.jobs.count_around",
        "schedule": crontab(minute="4-59/10"),
    },
    "dashboards-count-coverage": {
        "task": "governance.dashboards.jobs.count_coverage",
        "schedule": crontab(minute=23),
    },
}
