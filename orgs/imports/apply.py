"""Applying an import: planned anew and written inside one transaction, all of it or nothing."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db import IntegrityError, models, transaction

from orgs.audit import audit
from orgs.crypto import blind_index
from orgs.db import statistics
from orgs.enums import Decision, ImportState, Verdict
from orgs.errors import DomainError, NotAllowed, WrongState
from orgs.imports import progress
from orgs.imports.planning import CHUNK, hold_street, planned, row_of
from orgs.imports.rosters import Roster, Row, Run, Touched
from orgs.models import LedgerFile, LedgerImport, LedgerRow, LedgerTrace
from orgs.values.names import ComparedField
from orgs.values.sentences import gettext as _

# Stands for the digest of what was deleted.
GONE = ""

# Fewer objects change nothing of how a table is read.
MANY = 500


class Stale(WrongState):
    """Rows that were fine in the preview are not any more: what is entered has changed."""

    code = "stale_preview"

    def __init__(self, rows: list[Row]) -> None:
        super().__init__(_("Something was changed meanwhile. Look through the preview again."))
        self.rows = rows


def apply(*, imported: LedgerImport, roster: Roster, now: datetime) -> None:
    """Applies a claimed import. What stands against it sends it back to the preview, with why."""
    try:
        with transaction.atomic():
            locked = LedgerImport.objects.select_for_update(of=("self",)).get(pk=imported.pk)
            if locked.state != ImportState.APPLYING or locked.claim != imported.claim:
                return
            write_rows(imported=locked, roster=roster, now=now)
    except Stale as stale:
        _send_back(imported, stale.message, stale.rows)
    except DomainError as refusal:
        _send_back(imported, refusal.message)
    except IntegrityError:
        _send_back(imported, _("Something was changed at the same moment. Apply once more."))


def write_rows(
    *, imported: LedgerImport, roster: Roster, now: datetime, seen: dict[Any, Any] | None = None
) -> Run:
    """Plans and writes the rows of a locked import, in the transaction of the caller.

    `seen` is known to the roster's planner and writer from the beginning. Raises Stale with rows that
    stand against it.
    """
    by = imported.applied_by
    assert by is not None, "whoever applies is written down with the state"
    hold_street(imported)
    run = Run(roster.target_of(imported), by, now, applying=True, seen=seen or {})
    if not by.has_perm(roster.permission, run.target):
        raise NotAllowed(_("You may not import this roster here."))
    counts: Counter[Verdict | None] = Counter()
    written: Counter[type[models.Model]] = Counter()
    for chunk in planned(roster, run, _kept(imported)):
        _refuse_stale(chunk)
        roster.write([row for row in chunk if row.verdict != Verdict.UNCHANGED], run)
        _refuse_stale(chunk)
        written.update(type(touched.thing) for touched in run.touched)
        _trace(imported, run)
        counts.update(row.verdict for row in chunk)
        progress.record(imported, counts.total())
    _finish(imported, roster, counts, now)
    if large := [model for model, count in written.items() if count >= MANY]:
        statistics.refresh(*large)
    return run


def _refuse_stale(rows: list[Row]) -> None:
    stale = [row for row in rows if row.is_open or row.verdict is None]
    if stale:
        raise Stale(stale)


def _kept(imported: LedgerImport) -> Iterator[Row]:
    rows = imported.rows.exclude(decision=Decision.LEAVE_OUT).order_by("number")
    columns = rows.values_list("number", "values", "decision", "chosen")
    for kept in columns.iterator(chunk_size=CHUNK):
        yield row_of(*kept)


def _trace(imported: LedgerImport, run: Run) -> None:
    """Keeps what undoing needs, one row of it for each row of the file that did something."""
    by_row = groupby(sorted(run.touched, key=attrgetter("row")), attrgetter("row"))
    LedgerTrace.objects.bulk_create(
        [_trace_of(imported, number, list(touched)) for number, touched in by_row], batch_size=500
    )
    run.touched.clear()


def _trace_of(imported: LedgerImport, number: int, touched: list[Touched]) -> LedgerTrace:
    before = [change.before for change in touched]
    return LedgerTrace(
        ledger_import=imported,
        number=number,
        touched=[
            [change.thing._meta.label, change.thing.pk, _digest(change)] for change in touched
        ],
        before=json.dumps(before, default=_plain) if any(before) else "",
    )


def _digest(change: Touched) -> str:
    return GONE if change.deleted else digest_of(change.thing)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(value)


def digest_of(thing: models.Model) -> str:
    """A keyed digest of an object's values: another one means that somebody changed it since."""
    values = vars(thing)
    texts = [_written(values[name]) for name in _names_of(type(thing))]
    return blind_index("trace", "\0".join(texts))[:32]


@cache
def _names_of(model: type[models.Model]) -> list[str]:
    fields = model._meta.concrete_fields
    return [field.attname for field in fields if not isinstance(field, ComparedField)]


def _written(value: Any) -> str:
    return str(value.timestamp()) if isinstance(value, datetime) else str(value)


def _finish(
    imported: LedgerImport, roster: Roster, counts: Counter[Verdict | None], now: datetime
) -> None:
    tally = {name.value: counts[name] for name in Verdict}
    LedgerImport.objects.filter(pk=imported.pk).update(
        state=ImportState.APPLIED, applied_by=imported.applied_by, applied_at=now, claim=None,
        claimed_at=None, problem="", **tally,
    )  # fmt: skip
    forget_content(imported)
    detail = audited(imported) | tally
    audit.record(
        roster.applied_as, by=imported.applied_by, obj=imported, detail=detail, now=now
    )  # fmt: skip


def audited(imported: LedgerImport) -> dict[str, Any]:
    """What the audit says of every step of an import: its roster, and what that is kept for if that is
    no unit."""
    detail: dict[str, Any] = {"ledger": imported.ledger}
    return detail | ({"subject": imported.subject_id} if imported.subject_id else {})


def forget_content(imported: LedgerImport) -> None:
    """Deletes the file and its staged rows: nobody needs them any more."""
    LedgerFile.objects.filter(ledger_import=imported).delete()
    LedgerRow.objects.filter(ledger_import=imported).delete()


def _send_back(imported: LedgerImport, problem: str, rows: Iterable[Row] = ()) -> None:
    """Back to the preview, where the rows that stand against it show why."""
    with transaction.atomic():
        mine = LedgerImport.objects.filter(
            pk=imported.pk, state=ImportState.APPLYING, claim=imported.claim
        )
        if not mine.update(
            state=ImportState.PREVIEW, applied_by=None, claim=None, claimed_at=None, problem=problem
        ):
            return
        _mark(imported, rows)


def mark_stale(imported: LedgerImport, stale: Stale) -> None:
    """In a preview that could not be applied at once, the rows that stand against it show why."""
    with transaction.atomic():
        mine = LedgerImport.objects.filter(pk=imported.pk, state=ImportState.PREVIEW)
        if mine.update(problem=stale.message):
            _mark(imported, stale.rows)


def _mark(imported: LedgerImport, rows: Iterable[Row]) -> None:
    for row in rows:
        imported.rows.filter(number=row.number).update(
            verdict=row.verdict or Verdict.WRONG, problems=row.problems,
            candidates=row.candidates, decision="", chosen=None, decided_by=None,
            decided_at=None,
        )  # fmt: skip
    recount(imported)


def recount(imported: LedgerImport) -> None:
    """The counts of an import from its staged rows."""
    counted = imported.rows.order_by().values_list("verdict").annotate(count=models.Count("pk"))
    counts = Counter(dict(counted))
    LedgerImport.objects.filter(pk=imported.pk).update(
        **{verdict.value: counts[verdict.value] for verdict in Verdict}
    )
