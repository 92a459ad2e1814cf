"""The reader of an import: from the file to staged rows with their verdicts."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from django.db import transaction
from django.utils.translation import gettext as _

from orgs.crypto import fernet
from orgs.errors import DomainError
from residents.enums import ImportState, Verdict
from residents.models import LedgerFile, LedgerImport, LedgerRow
from residents.rosters.planning import planned, staged
from residents.rosters.registry import Ledger, Row, Run
from residents.rosters.workbook_reader import Sheet, open_sheet

Clock: TypeAlias = Callable[[], datetime]


class Superseded(Exception):
    """Another worker has taken the import over: this one has to stop."""


def read(*, found: LedgerImport, ledger: Ledger, clock: Clock) -> None:
    """Reads the file of a claimed import. Each chunk is kept in a transaction of its own.

    A file that cannot be read makes the import failed, with the sentence why. Raises Superseded.
    """
    _begin(found, clock)
    try:
        sheet = open_sheet(_content(found), ledger)
        counts = _stage(found, ledger, sheet, clock)
    except DomainError as refusal:
        _end(found, state=ImportState.FAILED, problem=refusal.message)
        return
    if not counts:
        _end(found, state=ImportState.FAILED, problem=_("The sheet holds no rows."))
        return
    tally = {verdict.value: counts[verdict] for verdict in Verdict}
    _end(found, state=ImportState.PREVIEW, problem="", left_out=sheet.left_out, **tally)


def _content(found: LedgerImport) -> bytes:
    token = LedgerFile.objects.get(ledger_import=found).token
    return fernet().decrypt(bytes(token))


def _begin(found: LedgerImport, clock: Clock) -> None:
    """Whatever an earlier reader left is done anew."""
    with transaction.atomic():
        _alive(found, clock, state=ImportState.READING, rows_done=0, problem="")
        LedgerRow.objects.filter(ledger_import=found).delete()


def _stage(
    found: LedgerImport, ledger: Ledger, sheet: Sheet, clock: Clock
) -> Counter[Verdict | None]:
    run = Run(found.unit, found.sent_by, clock())
    counts: Counter[Verdict | None] = Counter()
    for chunk in planned(ledger, run, sheet.rows()):
        with transaction.atomic():
            done = counts.total() + len(chunk)
            _alive(found, clock, rows_done=done, rows_expected=max(done, sheet.expected))
            LedgerRow.objects.bulk_create([staged(row, found) for row in chunk])
        counts.update(_verdict(row) for row in chunk)
    return counts


def _verdict(row: Row) -> Verdict:
    return row.verdict or Verdict.WRONG


def _alive(found: LedgerImport, clock: Clock, **values: object) -> None:
    """A sign of life, which also locks the row. Raises Superseded if somebody else has the claim."""
    mine = LedgerImport.objects.filter(pk=found.pk, claim=found.claim)
    if not mine.update(claimed_at=clock(), **values):
        raise Superseded


def _end(found: LedgerImport, **values: object) -> None:
    mine = LedgerImport.objects.filter(pk=found.pk, claim=found.claim)
    if not mine.update(claim=None, claimed_at=None, **values):
        raise Superseded
