"""Whoever works on an import: what is due is claimed by one worker, and taken over if it dies.

What is due lives in the database. A worker gives a sign of life with every chunk; an import without
one for `LEASE` is anybody's again, and its reader starts anew.
"""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db.models import QuerySet

from orgs.db.leases import lapsed
from orgs.enums import ImportState
from orgs.imports import apply, progress, read_file, undo
from orgs.imports.read_file import Clock, Superseded
from orgs.imports.rosters import roster_of_import
from orgs.models import LedgerImport

LEASE = timedelta(minutes=2)
DUE_STATES = (
    ImportState.UPLOADED,
    ImportState.READING,
    ImportState.APPLYING,
    ImportState.UNDOING,
)


def due(now: datetime) -> QuerySet[LedgerImport]:
    """The imports that wait for a worker, or whose worker gave no sign of life."""
    free = lapsed("claimed_at", now, LEASE)
    imports: QuerySet[LedgerImport] = LedgerImport.objects.filter(free, state__in=DUE_STATES)
    return imports


def claim(*, key: int, now: datetime) -> LedgerImport | None:
    """Takes an import for oneself; None if there is nothing to do or somebody else has it."""
    mark = uuid4()
    if not due(now).filter(pk=key).update(claim=mark, claimed_at=now):
        return None
    people = ("unit", "sent_by", "applied_by", "ended_by")
    return LedgerImport.objects.select_related(*people).get(pk=key)


def work(*, key: int, clock: Clock) -> bool:
    """Does what an import waits for; answers whether there was something to do."""
    imported = claim(key=key, now=clock())
    if imported is None:
        return False
    roster = roster_of_import(imported)
    try:
        if imported.state == ImportState.APPLYING:
            apply.apply(imported=imported, roster=roster, now=clock())
        elif imported.state == ImportState.UNDOING:
            undo.undo(imported=imported, roster=roster, now=clock())
        else:
            read_file.read(imported=imported, roster=roster, clock=clock)
    except Superseded:
        return False
    progress.end(imported)
    return True
