"""The residents' jobs."""

from datetime import timedelta

import structlog
from celery import shared_task
from django.utils import timezone

from residents import contracts, coverage_days, retention

logger = structlog.get_logger(__name__)


@shared_task(time_limit=600)
def forget_residents() -> None:
    """Every night: people who moved out long ago, papers of claims, old codes and requests."""
    logger.info("forgotten", **retention.forget(now=timezone.now()))


@shared_task(time_limit=1800)
def count_coverage() -> None:
    """Every night: profiles follow contracts that began or ran out, and two days are counted.

    Yesterday for good, with what was entered late; today so far.
    """
    today = timezone.localdate()
    followed = contracts.follow(today=today)
    counted = [coverage_days.snapshot(day=day) for day in (today - timedelta(days=1), today)]
    logger.info("coverage_counted", profiles=followed, units=counted)
