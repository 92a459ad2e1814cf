"""The residents' jobs."""

import structlog
from celery import shared_task
from django.utils import timezone

from residents import letter_runs, retention

logger = structlog.get_logger(__name__)


@shared_task(time_limit=600)
def forget_residents() -> None:
    """Every night: people who moved out long ago, papers of claims, old codes, letters and requests."""
    now = timezone.now()
    logger.info("forgotten", **retention.forget(now=now), letters=letter_runs.forget(now=now))


@shared_task(time_limit=300)
def make_letters(sheet_id: int) -> None:
    """Makes the letters of one building, unless another worker does."""
    letter_runs.make(sheet_id=sheet_id, now=timezone.now())


@shared_task(time_limit=60)
def make_waiting_letters() -> None:
    """Queues the sheets whose message was lost or whose worker died."""
    for sheet_id in letter_runs.waiting(timezone.now()):
        make_letters.delay(sheet_id)
