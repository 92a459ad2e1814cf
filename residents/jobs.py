"""The residents' jobs."""

import structlog
from celery import shared_task
from django.utils import timezone

from residents import ledger_imports, ledger_work, retention

logger = structlog.get_logger(__name__)


@shared_task(time_limit=600)
def forget_residents() -> None:
    """Every night: people who moved out long ago, papers of claims, old codes and requests."""
    now = timezone.now()
    imports = ledger_imports.forget(now=now)
    logger.info("forgotten", **retention.forget(now=now), ledger_imports=imports)


@shared_task(time_limit=1800)
def work_on_import(key: int) -> bool:
    """Reads, applies or undoes one import, unless another worker has it."""
    return ledger_work.work(key=key, clock=timezone.now)


@shared_task(time_limit=60)
def sweep_imports() -> int:
    """Queues the imports that wait, whose message was lost or whose worker died."""
    keys = list(ledger_work.due(timezone.now()).order_by("pk").values_list("pk", flat=True)[:100])
    for key in keys:
        work_on_import.delay(key)
    return len(keys)
