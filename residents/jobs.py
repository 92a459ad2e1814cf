"""The residents' jobs."""

import structlog
from celery import shared_task
from django.utils import timezone

from residents import retention

logger = structlog.get_logger(__name__)


@shared_task(time_limit=600)
def forget_residents() -> None:
    """Every night: people who moved out long ago, papers of claims, old codes and requests."""
    logger.info("forgotten", **retention.forget(now=timezone.now()))
