"""Imports of rosters: sending a file, deciding about rows, applying, discarding, undoing.

Reading, applying and undoing are done by a job; what is here says what is wanted.
"""

import hashlib
import io
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from orgs.audit import audit
from orgs.crypto import fernet
from orgs.db.queue import enqueue
from orgs.enums import Decision, ImportState, Verdict
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.imports import read_file
from orgs.imports.apply import Stale, audited, forget_content, mark_stale, write_rows
from orgs.imports.rosters import UNIT, Roster, Run, roster_of, roster_of_import
from orgs.imports.workbooks import spreadsheets
from orgs.models import LedgerFile, LedgerImport, LedgerRow, LedgerTrace
from orgs.values.sentences import gettext as _

if TYPE_CHECKING:
    from orgs.models import User

# Its name stands in messages that wait: it stays as it was first.
JOB = "residents.jobs.work_on_import"
LONGEST_NAME = 120
FILES_LAST = timedelta(days=7)
UNDONE_WITHIN = timedelta(days=30)
# Rows with no second candidate.
COULD_BE_ONE = Q(candidates__1__isnull=True)
NOT_APPLIED = (ImportState.UPLOADED, ImportState.READING, ImportState.PREVIEW, ImportState.FAILED)


def upload(
    *,
    roster: Roster,
    target: Any,
    name: str,
    content: bytes,
    by: "User",
    now: datetime,
    claim: UUID | None = None,
) -> LedgerImport:
    """Keeps a file for its reader, encrypted; with a `claim` for whoever reads it at once.

    Raises NotAllowed for a roster or a place that is not `by`'s; TooLarge; Refused for an empty file
    or one that is no workbook.
    """
    _must(by, roster, target)
    roster.refuse_too_large(len(content))
    spreadsheets.refuse_other_kinds(io.BytesIO(content))
    with transaction.atomic():
        imported = LedgerImport.objects.create(
            ledger=roster.code,
            **kept_for(roster, target),
            file_name=name[-LONGEST_NAME:],
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            sent_by=by,
            sent_at=now,
            claim=claim,
            claimed_at=now if claim else None,
        )
        LedgerFile.objects.create(ledger_import=imported, token=fernet().encrypt(content))
        detail = audited(imported) | {"bytes": len(content)}
        audit.record("residents.upload-ledger", by=by, obj=imported, detail=detail, now=now)
        if claim is None:
            _queue(imported)
    return imported


def visible_import(user: "User", pk: int) -> tuple[LedgerImport, Roster]:
    """An import in sight whose roster one keeps; 404 for others."""
    seen = LedgerImport.objects.visible_to(user, one=True).select_related(
        "unit", "sent_by", "applied_by", "ended_by"
    )
    imported: LedgerImport = get_object_or_404(seen, pk=pk)
    roster = roster_of(imported.ledger)
    if roster is None or not user.has_perm(roster.permission, roster.target_of(imported)):
        raise Http404
    return imported, roster_of_import(imported)


def kept_for(roster: Roster, target: Any) -> dict[str, Any]:
    """How an import says what its roster is kept for."""
    if roster.subject == UNIT:
        return {"unit": target}
    return {"subject_id": target.pk if target else None}


def _queue(imported: LedgerImport) -> None:
    enqueue(JOB, [imported.pk])


def look(
    *, roster: Roster, target: Any, name: str, content: bytes, by: "User", now: datetime
) -> LedgerImport:
    """Sends a file and reads it at once: for small ones, where somebody waits for the answer.

    Raises what `upload` raises, and why the file cannot be read; it is kept no longer then. Raises
    WrongState if it took so long that a job has taken it over.
    """
    imported = upload(
        roster=roster, target=target, name=name, content=content, by=by, now=now, claim=uuid4()
    )
    try:
        refusal = read_file.read(imported=imported, roster=roster, clock=lambda: now)
    except read_file.Superseded:
        message = _(
            "Reading the file took too long and goes on elsewhere. Look at the import later."
        )
        raise WrongState(message)
    if refusal:
        discard(imported=imported, by=by, now=now)
        raise refusal
    imported.refresh_from_db()
    return imported


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
        imported = _locked(row.ledger_import, by)
        if decision == Decision.NEW and roster_of_import(imported).known_rows:
            raise _no_candidate()
        row = LedgerRow.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if imported.state != ImportState.PREVIEW or row.verdict != Verdict.UNSURE:
            raise WrongState(_("There is nothing to decide about this row."))
        detail: dict[str, Any] = {"row": row.number, "decision": decision.value}
        rows = [row]
        if alike:
            rows = _alike(imported, row, decision)
            detail["rows"] = len(rows)
        for decided in rows:
            decided.decision, decided.decided_by, decided.decided_at = decision.value, by, now
            decided.chosen = (
                _chosen(decided, None if alike else chosen) if decision == Decision.SAME else None
            )
        if not rows:
            raise _no_candidate()
        fields = ["decision", "chosen", "decided_by", "decided_at"]
        LedgerRow.objects.bulk_update(rows, fields, batch_size=500)
        audit.record("residents.decide-ledger-row", by=by, obj=imported, detail=detail, now=now)
    return rows


def _alike(imported: LedgerImport, row: LedgerRow, decision: Decision) -> list[LedgerRow]:
    """The rows that wait with the same doubt; only those that could be one person, to be that person."""
    waiting = waiting_rows(imported).filter(problems=row.problems)
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


def waiting_rows(imported: LedgerImport) -> QuerySet[LedgerRow]:
    """The unsure rows that nobody has decided about."""
    rows: QuerySet[LedgerRow] = imported.rows.filter(verdict=Verdict.UNSURE, decision="")
    return rows


def undecided(imported: LedgerImport) -> int:
    """How many unsure rows nobody has decided about."""
    return waiting_rows(imported).count()


def apply(*, imported: LedgerImport, by: "User", now: datetime) -> LedgerImport:
    """Asks for an import to be applied. Raises NotAllowed; WrongState while rows stand against it."""
    with transaction.atomic():
        imported = _to_be_applied(imported, by)
        imported.state = ImportState.APPLYING
        imported.save(update_fields=["state", "applied_by", "problem"])
        _queue(imported)
    return imported


def apply_now(
    *, imported: LedgerImport, by: "User", now: datetime, seen: dict[Any, Any] | None = None
) -> Run:
    """Applies an import while somebody waits for what only the answer tells; raises what stands
    against it, and then nothing is kept. `seen` is known to the roster from the beginning.

    Rows that were fine in the preview and are not any more (Stale) show it there from then on.
    """
    try:
        with transaction.atomic():
            locked = _to_be_applied(imported, by)
            return write_rows(imported=locked, roster=roster_of_import(locked), now=now, seen=seen)
    except Stale as stale:
        mark_stale(imported, stale)
        raise


def refuse_unready(*, imported: LedgerImport, by: "User") -> None:
    """Raises what stands against applying it, as far as the preview knows."""
    with transaction.atomic():
        _to_be_applied(imported, by)


def _to_be_applied(imported: LedgerImport, by: "User") -> LedgerImport:
    """The row, locked. Raises NotAllowed; WrongState while rows stand against it."""
    imported = _locked(imported, by)
    if imported.state != ImportState.PREVIEW:
        raise WrongState(_("Only an import that is being looked through can be applied."))
    if imported.wrong:
        message = _("%(count)d rows are wrong: correct them and send the file again.")
        raise WrongState(message % {"count": imported.wrong}, code="wrong_rows")
    if waiting := undecided(imported):
        message = _("%(count)d rows are still to be decided.") % {"count": waiting}
        raise WrongState(message, code="undecided_rows")
    imported.applied_by, imported.problem = by, ""
    return imported


def discard(*, imported: LedgerImport, by: "User", now: datetime) -> LedgerImport:
    """Drops an import that was not applied, with its file. Raises NotAllowed, WrongState."""
    with transaction.atomic():
        imported = _locked(imported, by)
        if imported.state not in NOT_APPLIED:
            raise WrongState(_("Only an import that was not applied can be discarded."))
        _drop(imported, by, now)
    return imported


def _drop(imported: LedgerImport, by: "User | None", now: datetime) -> None:
    imported.state, imported.ended_by, imported.ended_at = ImportState.DISCARDED, by, now
    imported.claim = imported.claimed_at = None
    imported.save(update_fields=["state", "ended_by", "ended_at", "claim", "claimed_at"])
    forget_content(imported)
    detail = audited(imported)
    audit.record("residents.discard-ledger", by=by, obj=imported, detail=detail, now=now)


def undo(*, imported: LedgerImport, by: "User", now: datetime) -> LedgerImport:
    """Asks for an import to be undone. Raises NotAllowed; WrongState if it is none or too old."""
    with transaction.atomic():
        imported = _locked(imported, by)
        if not may_undo(imported, now):
            message = _("Only an import of the last %(days)d days that was applied can be undone.")
            raise WrongState(message % {"days": UNDONE_WITHIN.days})
        imported.state, imported.ended_by, imported.problem = ImportState.UNDOING, by, ""
        imported.save(update_fields=["state", "ended_by", "problem"])
        _queue(imported)
    return imported


def may_undo(imported: LedgerImport, now: datetime) -> bool:
    """Whether an import is applied and recent."""
    if imported.state != ImportState.APPLIED or imported.applied_at is None:
        return False
    if not roster_of_import(imported).undoable:
        return False
    return now - imported.applied_at < UNDONE_WITHIN


def forget(*, now: datetime) -> int:
    """Every night: drops imports that nobody applied, and traces too old to undo with."""
    old = LedgerImport.objects.filter(state__in=NOT_APPLIED, sent_at__lt=now - FILES_LAST)
    count = 0
    for key in old.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            imported = LedgerImport.objects.select_for_update(of=("self",)).get(pk=key)
            if imported.state in NOT_APPLIED:
                _drop(imported, None, now)
                count += 1
    too_old = LedgerImport.objects.filter(applied_at__lt=now - UNDONE_WITHIN)
    too_old = too_old.exclude(state=ImportState.UNDOING)
    LedgerTrace.objects.filter(ledger_import__in=too_old).delete()
    return count


def _locked(imported: LedgerImport, by: "User") -> LedgerImport:
    """The row, locked. Raises NotAllowed for whoever does not keep this roster there."""
    row = LedgerImport.objects.select_for_update(of=("self",)).get(pk=imported.pk)
    roster = roster_of_import(row)
    _must(by, roster, roster.target_of(row))
    return row


def _must(by: "User", roster: Roster, target: Any) -> None:
    if not by.has_perm(roster.permission, target):
        raise NotAllowed(_("You may not import this roster here."))
