"""How far the applying or undoing of an import is.

Both are one transaction, of which nobody sees anything before its end: so it is kept beside the
database. It is for the eye alone; nothing rests upon it.
"""

from django.core.cache import caches

from orgs.models import LedgerImport

# Longer than any chunk takes.
LASTS = 600


def record(imported: LedgerImport, rows: int) -> None:
    """Keeps how many rows are done."""
    caches["shared"].set(_key(imported), rows, LASTS)


def rows_done(imported: LedgerImport) -> int:
    """How many rows are done; 0 where nothing was said."""
    rows: int = caches["shared"].get(_key(imported), 0)
    return rows


def end(imported: LedgerImport) -> None:
    """Forgets it."""
    caches["shared"].delete(_key(imported))


def _key(imported: LedgerImport) -> str:
    return f"ledger-import-{imported.pk}"
