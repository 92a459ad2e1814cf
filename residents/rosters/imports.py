"""Imports of ledgers: sending a file, deciding about rows, applying, discarding, undoing.

Reading, applying and undoing are done by a job; what is here says what is wanted.
"""

import hashlib
import io
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from celery import current_app
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.crypto import fernet
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.imports import spreadsheets
from orgs.models import Unit
from residents.enums import Decision, ImportState, Verdict
from residents.models import LedgerFile, LedgerImport, LedgerRow, LedgerTrace
from residents.rosters.apply import forget_content
from residents.rosters.registry import Ledger, ledger_of
from residents.rosters.workbook_reader import refuse_too_large

if TYPE_CHECKING:
    from orgs.models import User

LONGEST_NAME = 120
FILES_LAST = timedelta(days=7)
UNDONE_WITHIN = timedelta(days=30)
# Rows with no second candidate.
COULD_BE_ONE = Q(candidates__1__isnull=True)
NOT_APPLIED = (ImportState.UPLOADED, ImportState.READING, ImportState.PREVIEW, ImportState.FAILED)


def upload(
    *,
    ledger: Ledger,
    unit: Unit,
    name: str,
    content: bytes,
    by: "User",
    now: datetime,
) -> LedgerImport:
    """Keeps a file for its reader, encrypted.

    Raises NotAllowed for a ledger or a unit that is not `by`'s; TooLarge; Refused for an empty file
    or one that is no workbook.
    """
    _must(by, ledger, unit)
    refuse_too_large(len(content))
    spreadsheets.refuse_other_kinds(io.BytesIO(content))
    with transaction.atomic():
        found = LedgerImport.objects.create(
            unit=unit,
            ledger=ledger.code,
            file_name=name[-LONGEST_NAME:],
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            sent_by=by,
            sent_at=now,
        )
        LedgerFile.objects.create(ledger_import=found, token=fernet().encrypt(content))
        detail = {"ledger": ledger.code, "bytes": len(content)}
        audit.record("residents.upload-ledger", by=by, obj=found, detail=detail, now=now)
        _queue(found)
    return found


def _queue(found: LedgerImport) -> None:
    """By name: a use-case imports no jobs. The sweep makes up for a message that is lost or not sent."""
    job = current_app.signature("residents.jobs.work_on_import", [found.pk])
    transaction.on_commit(job.delay, robust=True)


def decide(
    *,
    row: LedgerRow,
    decision: Decision,
    chosen: int | None = None,
    alike: bool = False,
    by: "User",
    now: datetime,
) -> list[LedgerRow]:
    """Says whom an unsure row means: one of its candidates, somebody new, or nobody (left out).

    With `alike` all rows that wait with the same doubt are decided so, each as its own candidate; who
    could be several people waits on. Answers the decided rows.

    Raises NotAllowed; WrongState outside the preview or for a row that is not unsure; Refused for
    somebody who is no candidate.
    """
    with transaction.atomic():
        found = _locked(row.ledger_import, by)
        row = LedgerRow.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if found.state != ImportState.PREVIEW or row.verdict != Verdict.UNSURE:
            raise WrongState(_("There is nothing to decide about this row."))
        detail: dict[str, Any] = {"row": row.number, "decision": decision.value}
        rows = [row]
        if alike:
            rows = _alike(found, row, decision)
            detail["rows"] = len(rows)
        for one in rows:
            one.decision, one.decided_by, one.decided_at = decision.value, by, now
            one.chosen = (
                _chosen(one, None if alike else chosen) if decision == Decision.SAME else None
            )
        if not rows:
            raise _no_candidate()
        fields = ["decision", "chosen", "decided_by", "decided_at"]
        LedgerRow.objects.bulk_update(rows, fields, batch_size=500)
        audit.record("residents.decide-ledger-row", by=by, obj=found, detail=detail, now=now)
    return rows


def _alike(found: LedgerImport, row: LedgerRow, decision: Decision) -> list[LedgerRow]:
    """The rows that wait with the same doubt; only those that could be one person, to be that person."""
    waiting = waiting_rows(found).filter(problems=row.problems)
    if decision == Decision.SAME:
        waiting = waiting.filter(COULD_BE_ONE)
    return list(waiting.only("number", "candidates").order_by("number"))


def _chosen(row: LedgerRow, chosen: int | None) -> int:
    if chosen is None and len(row.candidates) == 1:
        chosen = row.candidates[0]
    if chosen is None or chosen not in row.candidates:
        raise _no_candidate()
    return chosen


def _no_candidate() -> Refused:
    message = _("Choose one of the people whom the row could mean.")
    return Refused(message, code="no_candidate")


def waiting_rows(found: LedgerImport) -> QuerySet[LedgerRow]:
    """The unsure rows that nobody has decided about."""
    rows: QuerySet[LedgerRow] = found.rows.filter(verdict=Verdict.UNSURE, decision="")
    return rows


def undecided(found: LedgerImport) -> int:
    """How many unsure rows nobody has decided about."""
    return waiting_rows(found).count()


def apply(*, found: LedgerImport, by: "User", now: datetime) -> LedgerImport:
    """Asks for an import to be applied. Raises NotAllowed; WrongState while rows stand against it."""
    with transaction.atomic():
        found = _locked(found, by)
        if found.state != ImportState.PREVIEW:
            raise WrongState(_("Only an import that is being looked through can be applied."))
        if found.wrong:
            message = _("%(count)d rows are wrong: correct them and send the file again.")
            raise WrongState(message % {"count": found.wrong}, code="wrong_rows")
        if waiting := undecided(found):
            message = _("%(count)d rows are still to be decided.") % {"count": waiting}
            raise WrongState(message, code="undecided_rows")
        found.state, found.applied_by, found.problem = ImportState.APPLYING, by, ""
        found.save(update_fields=["state", "applied_by", "problem"])
        _queue(found)
    return found


def discard(*, found: LedgerImport, by: "User", now: datetime) -> LedgerImport:
    """Drops an import that was not applied, with its file. Raises NotAllowed, WrongState."""
    with transaction.atomic():
        found = _locked(found, by)
        if found.state not in NOT_APPLIED:
            raise WrongState(_("Only an import that was not applied can be discarded."))
        _drop(found, by, now)
    return found


def _drop(found: LedgerImport, by: "User | None", now: datetime) -> None:
    found.state, found.ended_by, found.ended_at = ImportState.DISCARDED, by, now
    found.claim = found.claimed_at = None
    found.save(update_fields=["state", "ended_by", "ended_at", "claim", "claimed_at"])
    forget_content(found)
    detail = {"ledger": found.ledger}
    audit.record("residents.discard-ledger", by=by, obj=found, detail=detail, now=now)


def undo(*, found: LedgerImport, by: "User", now: datetime) -> LedgerImport:
    """Asks for an import to be undone. Raises NotAllowed; WrongState if it is none or too old."""
    with transaction.atomic():
        found = _locked(found, by)
        if not may_undo(found, now):
            message = _("Only an import of the last %(days)d days that was applied can be undone.")
            raise WrongState(message % {"days": UNDONE_WITHIN.days})
        found.state, found.ended_by, found.problem = ImportState.UNDOING, by, ""
        found.save(update_fields=["state", "ended_by", "problem"])
        _queue(found)
    return found


def may_undo(found: LedgerImport, now: datetime) -> bool:
    """Whether an import is applied and recent."""
    if found.state != ImportState.APPLIED or found.applied_at is None:
        return False
    return now - found.applied_at < UNDONE_WITHIN


def forget(*, now: datetime) -> int:
    """Every night: drops imports that nobody applied, and traces too old to undo with."""
    old = LedgerImport.objects.filter(state__in=NOT_APPLIED, sent_at__lt=now - FILES_LAST)
    count = 0
    for key in old.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            found = LedgerImport.objects.select_for_update(of=("self",)).get(pk=key)
            if found.state in NOT_APPLIED:
                _drop(found, None, now)
                count += 1
    too_old = LedgerImport.objects.filter(applied_at__lt=now - UNDONE_WITHIN)
    LedgerTrace.objects.filter(ledger_import__in=too_old).delete()
    return count


def _locked(found: LedgerImport, by: "User") -> LedgerImport:
    """The row, locked. Raises NotAllowed for whoever does not keep this ledger there."""
    row = LedgerImport.objects.select_for_update(of=("self",)).get(pk=found.pk)
    ledger = ledger_of(row.ledger)
    assert ledger is not None, f"no ledger {row.ledger} is registered"
    _must(by, ledger, row.unit)
    return row


def _must(by: "User", ledger: Ledger, unit: Unit) -> None:
    if not by.has_perm(ledger.permission, unit):
        raise NotAllowed(_("You may not import this ledger here."))
