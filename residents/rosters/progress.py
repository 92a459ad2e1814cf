"""How far the applying or undoing of an import is.

Both are one transaction, of which nobody sees anything before its end: so it is told beside the
database. What is told is for the eye alone; nothing rests upon it.
"""

from django.core.cache import caches

from residents.models import LedgerImport

# Longer than any chunk takes.
LASTS = 600


def tell(found: LedgerImport, rows: int) -> None:
    """Says how many rows are done."""
    caches["shared"].set(_key(found), rows, LASTS)


def told(found: LedgerImport) -> int:
    """How many rows are done; 0 where nothing was said."""
    rows: int = caches["shared"].get(_key(found), 0)
    return rows


def end(found: LedgerImport) -> None:
    """Forgets it."""
    caches["shared"].delete(_key(found))


def _key(found: LedgerImport) -> str:
    return f"ledger-import-{found.pk}"
