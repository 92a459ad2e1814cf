"""Which imports somebody may open."""

from orgs.imports.rosters import Roster, roster_of
from orgs.models import LedgerImport, User


def visible_import(user: User, pk: int) -> tuple[LedgerImport, Roster]:
    """An import in sight whose roster one keeps. Raises DoesNotExist for others."""
    seen = LedgerImport.objects.visible_to(user, one=True).select_related(
        "unit", "sent_by", "applied_by", "ended_by"
    )
    imported: LedgerImport = seen.get(pk=pk)
    roster = roster_of(imported.ledger)
    if roster is None or not user.has_perm(roster.permission, roster.target_of(imported)):
        raise LedgerImport.DoesNotExist
    return imported, roster
