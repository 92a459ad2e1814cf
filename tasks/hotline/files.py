"""Sheets of hotline tickets between preview and import: kept encrypted, for a day at most."""

import base64
import hashlib
import io
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from tasks.hotline.imports import Sheet, examine, import_tickets
from tasks.models import HotlineFile

if TYPE_CHECKING:
    from orgs.models import User

KEPT = timedelta(days=1)
MAX_FILE_NAME = 120


def keep(*, name: str, content: bytes, by: "User", now: datetime) -> HotlineFile:
    """Stores a sheet that can be read, for its preview. Raises what `examine` raises."""
    examine(file=io.BytesIO(content), size=len(content), by=by, now=now)
    return HotlineFile.objects.create(
        name=name[-MAX_FILE_NAME:],
        sha256=hashlib.sha256(content).hexdigest(),
        content=base64.b64encode(content).decode(),
        sent_by=by,
        sent_at=now,
    )


def preview(*, kept: HotlineFile, by: "User", now: datetime) -> Sheet:
    """What the import of a kept sheet would do now."""
    content = base64.b64decode(kept.content)
    return examine(file=io.BytesIO(content), size=len(content), by=by, now=now)


def apply(*, kept: HotlineFile, by: "User", now: datetime) -> HotlineFile:
    """Imports a kept sheet and forgets what it held; a second time nothing happens.

    Raises what `import_tickets` raises.
    """
    with transaction.atomic():
        row = HotlineFile.objects.select_for_update().get(pk=kept.pk)
        if row.applied_at:
            return row
        content = base64.b64decode(row.content)
        done = import_tickets(file=io.BytesIO(content), size=len(content), by=by, now=now)
        row.new, row.known, row.applied_at, row.content = len(done.tasks), done.known, now, ""
        row.save(update_fields=["new", "known", "applied_at", "content"])
        return row


def forget(now: datetime) -> int:
    """Deletes the sheets that nobody imported within a day; answers how many."""
    stale = HotlineFile.objects.filter(applied_at=None, sent_at__lt=now - KEPT)
    return stale.delete()[0]
