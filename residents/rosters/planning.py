"""Planning the rows of an import chunk by chunk, and keeping them as encrypted staging rows."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from orgs.units.units import lock_roots
from residents.enums import Decision, Verdict
from residents.models import LedgerImport, LedgerRow
from residents.rosters.registry import Ledger, Row, Run

CHUNK = 1000
T = TypeVar("T")


def hold_street(found: LedgerImport) -> None:
    """Waits until no other import of the street is written: two would lock the same rows crosswise."""
    lock_roots([found.unit.tree_id])


def planned(ledger: Ledger, run: Run, rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Planned rows, chunk by chunk; those that wait for others come last."""
    waiting: list[Row] = []
    for chunk in chunks(rows):
        ledger.plan(chunk, run)
        waiting += [row for row in chunk if row.waits]
        yield [row for row in chunk if not row.waits]
    run.last = True
    for chunk in chunks(waiting):
        for row in chunk:
            row.waits = False
        ledger.plan(chunk, run)
        yield chunk


def chunks(things: Iterable[T]) -> Iterator[list[T]]:
    """Lists of at most `CHUNK` things."""
    walk = iter(things)
    while chunk := list(islice(walk, CHUNK)):
        yield chunk


def staged(row: Row, found: LedgerImport) -> LedgerRow:
    """A row as it is kept until somebody decides."""
    return LedgerRow(
        ledger_import=found,
        number=row.number,
        values=json.dumps([row.values, row.raw], ensure_ascii=False, separators=(",", ":")),
        verdict=row.verdict or Verdict.WRONG,
        problems=row.problems,
        changes=row.changes,
        candidates=row.candidates,
    )


def unstaged(kept: LedgerRow) -> Row:
    """A kept row, with what was decided, to be planned again."""
    return row_of(kept.number, kept.values, kept.decision, kept.chosen)


def row_of(number: int, kept: str, decision: str, chosen: int | None) -> Row:
    """The same from its columns alone."""
    values, raw = json.loads(kept)
    return Row(
        number, values, raw=raw, decision=Decision(decision) if decision else None, chosen=chosen
    )
