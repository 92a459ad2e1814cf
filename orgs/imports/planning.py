"""Planning the rows of an import chunk by chunk, and keeping them as encrypted staging rows."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from orgs.enums import Decision, Verdict
from orgs.imports.rosters import Roster, Row, Run
from orgs.models import LedgerImport, LedgerRow
from orgs.units.units import lock_roots

CHUNK = 1000
T = TypeVar("T")


def hold_street(imported: LedgerImport) -> None:
    """Waits until no other import of the street is written: two would lock the same rows crosswise."""
    if imported.unit:
        lock_roots([imported.unit.tree_id])


def planned(roster: Roster, run: Run, rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Planned rows, chunk by chunk; those that wait for others come last."""
    waiting: list[Row] = []
    for chunk in chunks(rows):
        roster.plan(chunk, run)
        waiting += [row for row in chunk if row.waits]
        yield [row for row in chunk if not row.waits]
    run.last = True
    for chunk in chunks(waiting):
        for row in chunk:
            row.waits = False
        roster.plan(chunk, run)
        yield chunk


def chunks(things: Iterable[T]) -> Iterator[list[T]]:
    """Lists of at most `CHUNK` things."""
    walk = iter(things)
    while chunk := list(islice(walk, CHUNK)):
        yield chunk


def staged(row: Row, imported: LedgerImport) -> LedgerRow:
    """A row as it is kept until somebody decides."""
    return LedgerRow(
        ledger_import=imported,
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
