"""Printed sheets that somebody orders: workers make one encrypted PDF each, kept for some days.

What is due lies in the database: a sheet that nobody makes is found by the sweep, and a worker that
died is given up after CLAIM_LASTS. A model of sheets has `run` (which has `expires_at`), `state`,
`claimed_at`, `tries` and `file`; its states begin with those named here.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, QuerySet

from orgs.audit import audit
from orgs.crypto import fernet
from orgs.db.leases import lapsed
from orgs.errors import WrongState

KEPT = timedelta(days=7)
CLAIM_LASTS = timedelta(minutes=10)
MAX_TRIES = 3
WAITING, READY, FAILED = "waiting", "ready", "failed"


def make(
    *, sheets: QuerySet[Any], key: int, now: datetime, content: Callable[[Any], bytes | str]
) -> bool:
    """Makes one sheet; False where there was nothing to do (another worker has it, it is made).

    `content` answers the PDF of a sheet, or the state in which it ends without one.
    """
    claimed = _claimable(sheets, now).filter(pk=key)
    if not claimed.update(claimed_at=now, tries=F("tries") + 1):
        return False
    sheet = sheets.get(pk=key)
    made = content(sheet) if sheet.tries <= MAX_TRIES else FAILED
    if isinstance(made, bytes):
        sealed = ContentFile(fernet().encrypt(made))
        sheet.file.save(f"{sheet.pk}-{sheet.tries}.sealed", sealed, save=False)
        sheet.state = READY
    else:
        sheet.state = made
    sheet.save()
    return True


def read(*, sheet: Any, now: datetime, gone: str) -> bytes:
    """The PDF of a sheet. Raises WrongState (`no_file`, with the sentence `gone`) before it is made
    and when it is deleted.
    """
    if not sheet.file or sheet.run.expires_at <= now:
        raise WrongState(gone, code="no_file")
    with sheet.file.open("rb") as file:
        return fernet().decrypt(file.read())


def waiting(*, sheets: QuerySet[Any], now: datetime) -> list[int]:
    """The sheets that nobody is making."""
    return list(_claimable(sheets, now).order_by("pk").values_list("pk", flat=True)[:100])


def forget(*, sheets: QuerySet[Any], runs: QuerySet[Any], action: str, now: datetime) -> int:
    """Deletes the runs that have expired, files included, under an action of the audit; answers the
    number of sheets.
    """
    files = [sheet.file for sheet in sheets.filter(run__expires_at__lte=now)]
    if not files:
        return 0
    with transaction.atomic():
        runs.filter(expires_at__lte=now).delete()
        audit.record(action, by=None, detail={"sheets": len(files)}, now=now)
    for file in files:
        if file:
            file.storage.delete(str(file.name))
    return len(files)


def _claimable(sheets: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    free = lapsed("claimed_at", now, CLAIM_LASTS)
    rows = sheets.model._default_manager
    return rows.filter(free, state=WAITING, run__expires_at__gt=now)
