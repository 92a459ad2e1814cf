"""Applying an import: planned anew and written inside one transaction, all of it or nothing."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.crypto import blind_index
from orgs.errors import DomainError, NotAllowed, WrongState
from residents.enums import Decision, ImportState, Verdict
from residents.models import LedgerFile, LedgerImport, LedgerRow, LedgerTrace
from residents.rosters import progress
from residents.rosters.planning import CHUNK, hold_street, planned, row_of
from residents.rosters.registry import Ledger, Row, Run, Touched


class Stale(WrongState):
    """Rows that were fine in the preview are not any more: the roll has changed."""

    code = "stale_preview"

    def __init__(self, rows: list[Row]) -> None:
        super().__init__(_("The roll was changed meanwhile. Look through the preview again."))
        self.rows = rows


def apply(*, found: LedgerImport, ledger: Ledger, now: datetime) -> None:
    """Applies a claimed import. What stands against it sends it back to the preview, with why."""
    try:
        with transaction.atomic():
            locked = LedgerImport.objects.select_for_update(of=("self",)).get(pk=found.pk)
            if locked.state != ImportState.APPLYING or locked.claim != found.claim:
                return
            hold_street(locked)
            _write(locked, ledger, now)
    except Stale as stale:
        _send_back(found, stale.message, stale.rows)
    except DomainError as refusal:
        _send_back(found, refusal.message)
    except IntegrityError:
        _send_back(found, _("The roll was changed at the same moment. Apply once more."))


def _write(found: LedgerImport, ledger: Ledger, now: datetime) -> None:
    by = found.applied_by
    assert by is not None, "whoever applies is written down with the state"
    if not by.has_perm(ledger.permission, found.unit):
        raise NotAllowed(_("You may not import this ledger here."))
    run = Run(found.unit, by, now, applying=True)
    counts: Counter[Verdict | None] = Counter()
    for chunk in planned(ledger, run, _kept(found)):
        stale = [row for row in chunk if row.is_open or row.verdict is None]
        if stale:
            raise Stale(stale)
        ledger.write([row for row in chunk if row.verdict != Verdict.UNCHANGED], run)
        _trace(found, run)
        counts.update(row.verdict for row in chunk)
        progress.tell(found, counts.total())
    _finish(found, counts, now)


def _kept(found: LedgerImport) -> Iterator[Row]:
    rows = found.rows.exclude(decision=Decision.LEAVE_OUT).order_by("number")
    columns = rows.values_list("number", "values", "decision", "chosen")
    for kept in columns.iterator(chunk_size=CHUNK):
        yield row_of(*kept)


def _trace(found: LedgerImport, run: Run) -> None:
    """Keeps what undoing needs, one row of it for each row of the file that did something."""
    by_row = groupby(sorted(run.touched, key=lambda one: one.row), lambda one: one.row)
    LedgerTrace.objects.bulk_create(
        [_trace_of(found, number, list(touched)) for number, touched in by_row], batch_size=500
    )
    run.touched.clear()


def _trace_of(found: LedgerImport, number: int, touched: list[Touched]) -> LedgerTrace:
    before = [one.before for one in touched]
    return LedgerTrace(
        ledger_import=found,
        number=number,
        touched=[[one.thing._meta.label, one.thing.pk, digest_of(one.thing)] for one in touched],
        before=json.dumps(before, default=_plain) if any(before) else "",
    )


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(value)


def digest_of(thing: models.Model) -> str:
    """A keyed digest of an object's values: another one means that somebody changed it since."""
    values = vars(thing)
    told = [_written(values[name]) for name in _names_of(type(thing))]
    return blind_index("trace", "\0".join(told))[:32]


@cache
def _names_of(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def _written(value: Any) -> str:
    return str(value.timestamp()) if isinstance(value, datetime) else str(value)


def _finish(found: LedgerImport, counts: Counter[Verdict | None], now: datetime) -> None:
    tally = {name.value: counts[name] for name in Verdict}
    LedgerImport.objects.filter(pk=found.pk).update(
        state=ImportState.APPLIED, applied_at=now, claim=None, claimed_at=None, problem="", **tally
    )
    forget_content(found)
    audit.record(
        "residents.apply-ledger",
        by=found.applied_by,
        obj=found,
        detail={"ledger": found.ledger} | tally,
        now=now,
    )


def forget_content(found: LedgerImport) -> None:
    """Deletes the file and its staged rows: nobody needs them any more."""
    LedgerFile.objects.filter(ledger_import=found).delete()
    LedgerRow.objects.filter(ledger_import=found)._raw_delete("default")


def _send_back(found: LedgerImport, problem: str, rows: Iterable[Row] = ()) -> None:
    """Back to the preview, where the rows that stand against it show why."""
    with transaction.atomic():
        mine = LedgerImport.objects.filter(
            pk=found.pk, state=ImportState.APPLYING, claim=found.claim
        )
        if not mine.update(
            state=ImportState.PREVIEW, applied_by=None, claim=None, claimed_at=None, problem=problem
        ):
            return
        for row in rows:
            found.rows.filter(number=row.number).update(
                verdict=row.verdict or Verdict.WRONG, problems=row.problems,
                candidates=row.candidates, decision="", chosen=None, decided_by=None,
                decided_at=None,
            )  # fmt: skip
        recount(found)


def recount(found: LedgerImport) -> None:
    """The counts of an import from its staged rows."""
    counted = found.rows.order_by().values_list("verdict").annotate(count=models.Count("pk"))
    counts = Counter(dict(counted))
    LedgerImport.objects.filter(pk=found.pk).update(
        **{verdict.value: counts[verdict.value] for verdict in Verdict}
    )
