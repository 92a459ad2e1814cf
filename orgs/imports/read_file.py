"""The reader of an import: from the file to staged rows with their verdicts."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from django.db import transaction

from orgs.crypto import fernet
from orgs.enums import ImportState, Verdict
from orgs.errors import DomainError, Refused
from orgs.imports.planning import planned, staged
from orgs.imports.rosters import Roster, Run
from orgs.imports.workbooks.reader import Sheet, open_sheet
from orgs.models import LedgerFile, LedgerImport, LedgerRow
from orgs.values.sentences import gettext as _

Clock: TypeAlias = Callable[[], datetime]


class Superseded(Exception):
    """Another worker has taken the import over: this one has to stop."""


def read(*, imported: LedgerImport, roster: Roster, clock: Clock) -> DomainError | None:
    """Reads the file of a claimed import. Each chunk is kept in a transaction of its own.

    A file that cannot be read makes the import failed, with the sentence why; the refusal is answered.
    Raises Superseded.
    """
    _begin(imported, clock)
    try:
        sheet = open_sheet(_content(imported), roster)
        counts = _stage(imported, roster, sheet, clock)
        if not counts:
            raise Refused(_("The sheet holds no rows."), code="no_rows")
    except DomainError as refusal:
        _end(imported, state=ImportState.FAILED, problem=refusal.message)
        return refusal
    tally = {verdict.value: counts[verdict] for verdict in Verdict}
    _end(imported, state=ImportState.PREVIEW, problem="", left_out=sheet.left_out, **tally)
    return None


def _content(imported: LedgerImport) -> bytes:
    token = LedgerFile.objects.get(ledger_import=imported).token
    return fernet().decrypt(bytes(token))


def _begin(imported: LedgerImport, clock: Clock) -> None:
    """Whatever an earlier reader left is done anew."""
    with transaction.atomic():
        _alive(imported, clock, state=ImportState.READING, rows_done=0, problem="")
        LedgerRow.objects.filter(ledger_import=imported).delete()


def _stage(
    imported: LedgerImport, roster: Roster, sheet: Sheet, clock: Clock
) -> Counter[Verdict | None]:
    run = Run(roster.target_of(imported), imported.sent_by, clock())
    counts: Counter[Verdict | None] = Counter()
    for chunk in planned(roster, run, sheet.rows()):
        with transaction.atomic():
            done = counts.total() + len(chunk)
            _alive(imported, clock, rows_done=done, rows_expected=max(done, sheet.expected))
            LedgerRow.objects.bulk_create([staged(row, imported) for row in chunk])
        counts.update(row.verdict or Verdict.WRONG for row in chunk)
    return counts


def _alive(imported: LedgerImport, clock: Clock, **values: object) -> None:
    """A sign of life, which also locks the row. Raises Superseded if somebody else has the claim."""
    mine = LedgerImport.objects.filter(pk=imported.pk, claim=imported.claim)
    if not mine.update(claimed_at=clock(), **values):
        raise Superseded


def _end(imported: LedgerImport, **values: object) -> None:
    mine = LedgerImport.objects.filter(pk=imported.pk, claim=imported.claim)
    if not mine.update(claim=None, claimed_at=None, **values):
        raise Superseded
