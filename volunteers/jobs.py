"""This floor's jobs."""

import structlog
from celery import shared_task
from django.utils import timezone

from volunteers import retention

logger = structlog.get_logger(__name__)


@shared_task(time_limit=600)
def forget_volunteers() -> None:
    """Every night: memberships, posts and contacts that ended long ago."""
    logger.info("forgotten", **retention.forget(now=timezone.now()))
