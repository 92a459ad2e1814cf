"""Whoever works on an import: what is due is claimed by one worker, and taken over if it dies.

What is due lives in the database. A worker gives a sign of life with every chunk; an import without
one for `LEASE` is anybody's again, and its reader starts anew.
"""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db.models import Q, QuerySet

from residents.enums import ImportState
from residents.models import LedgerImport
from residents.rosters import apply, progress, read_file, undo
from residents.rosters.read_file import Clock, Superseded
from residents.rosters.registry import ledger_of

LEASE = timedelta(minutes=2)
DUE_STATES = (
    ImportState.UPLOADED,
    ImportState.READING,
    ImportState.APPLYING,
    ImportState.UNDOING,
)


def due(now: datetime) -> QuerySet[LedgerImport]:
    """The imports that wait for a worker, or whose worker gave no sign of life."""
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - LEASE)
    found: QuerySet[LedgerImport] = LedgerImport.objects.filter(free, state__in=DUE_STATES)
    return found


def claim(*, key: int, now: datetime) -> LedgerImport | None:
    """Takes an import for oneself; None if there is nothing to do or somebody else has it."""
    mark = uuid4()
    if not due(now).filter(pk=key).update(claim=mark, claimed_at=now):
        return None
    people = ("unit", "sent_by", "applied_by", "ended_by")
    return LedgerImport.objects.select_related(*people).get(pk=key)


def work(*, key: int, clock: Clock) -> bool:
    """Does what an import waits for; answers whether there was something to do."""
    found = claim(key=key, now=clock())
    if found is None:
        return False
    ledger = ledger_of(found.ledger)
    assert ledger is not None, f"no ledger {found.ledger} is registered"
    try:
        if found.state == ImportState.APPLYING:
            apply.apply(found=found, ledger=ledger, now=clock())
        elif found.state == ImportState.UNDOING:
            undo.undo(found=found, ledger=ledger, now=clock())
        else:
            read_file.read(found=found, ledger=ledger, clock=clock)
    except Superseded:
        return False
    progress.end(found)
    return True
