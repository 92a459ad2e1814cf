"""Starting, releasing, correcting, publishing and archiving runs."""

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.assessment.enums import (
    PeriodKind,
    Permission,
    RunAction,
    RunState,
    RunWho,
    SchemeState,
)
from governance.assessment.models import Run, Scheme
from governance.assessment.periods import Period
from governance.assessment.runs.workflow import WORKFLOW
from orgs.audit import audit
from orgs.db.queue import enqueue
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.values.names import is_visible
from tasks.rates.rates import rule_in_force

if TYPE_CHECKING:
    from orgs.models import User

COMPUTE = "governance.assessment.jobs.compute_run"


def start(*, scheme: Scheme, period: str, by: "User | None", now: datetime) -> Run:
    """Starts the run of a period; a worker computes it.

    `by` is empty where a job starts the run: it computes it itself, and no message is sent.

    Raises NotAllowed; Refused for a period that is none of the scheme's; WrongState (`run_exists`)
    where the period was computed already, (`period_not_over`), (`scheme_not_in_force`).
    """
    if by is not None and not by.has_perm(Permission.START_RUNS, scheme):
        raise NotAllowed(_("Only whoever answers for the scheme starts its runs."))
    named = Period.parse(period, PeriodKind(scheme.period_kind))
    if scheme.state != SchemeState.PUBLISHED:
        raise WrongState(_("Only a scheme in force is computed."), code="scheme_not_in_force")
    if Run.objects.filter(
        district=scheme.district_id, code=scheme.code, period=named.name
    ).exists():
        raise _exists()
    if named.last >= timezone.localdate(now):
        raise WrongState(_("This period is not over yet."), code="period_not_over")
    try:
        with transaction.atomic():
            run = Run.objects.create(
                scheme=scheme,
                district_id=scheme.district_id,
                code=scheme.code,
                period=named.name,
                starts=named.first,
                ends=named.last,
                rate_rule=rule_in_force(),
                as_of=now,
                started_by=by,
                started_at=now,
            )
            _note_start(run, by, now)
    except IntegrityError:
        raise _exists() from None
    return run


def _exists() -> WrongState:
    return WrongState(
        _("This period was computed already; what came late needs a correction."),
        code="run_exists",
    )


def _note_start(run: Run, by: "User | None", now: datetime) -> None:
    run.entries.create(
        action=RunAction.START,
        by=by,
        who=RunWho.KEEPER if by else RunWho.SYSTEM,
        at=now,
        text=run.reason,
    )
    audit.record(
        "assessment.start-run", by=by, obj=run, now=now,
        detail={"scheme": run.code, "period": run.period, "revision": run.revision},
    )  # fmt: skip
    if by:
        enqueue(COMPUTE, [run.pk])


def release(*, run: Run, by: "User", now: datetime) -> Run:
    """After the review: the assessed read their own and may appeal until the end of the last day."""
    with WORKFLOW.step(RunAction.RELEASE, run, by=by, now=now) as move:
        row: Run = move.row
        row.released_at = now
        last = timezone.localdate(now) + timedelta(days=row.scheme.appeal_days)
        row.appeal_until = timezone.make_aware(datetime.combine(last + timedelta(days=1), time(0)))
        return row


def publish(*, run: Run, by: "User", now: datetime) -> Run:
    """Publishes the results when the time to appeal is over and every appeal is decided.

    Raises WrongState (`appeal_window_open`, `appeals_waiting`, `correction_needed`).
    """
    with WORKFLOW.step(RunAction.PUBLISH, run, by=by, now=now) as move:
        move.row.published_at = now
        return move.row


def archive(*, run: Run, by: "User", now: datetime) -> Run:
    """Puts a published run into the archive: read, and no more corrected by mistake."""
    with WORKFLOW.step(RunAction.ARCHIVE, run, by=by, now=now) as move:
        move.row.archived_at = now
        return move.row


def correct(*, run: Run, reason: str, by: "User", now: datetime) -> Run:
    """Starts the next revision of a period, with the reason; the run itself stays as it is.

    Raises Refused without a reason, WrongState (`run_corrected`) where there is a correction.
    """
    if not is_visible(reason):
        raise Refused(_("Say why."), code="no_reason", field="reason")
    try:
        with WORKFLOW.step(RunAction.CORRECT, run, by=by, now=now) as move:
            move.text = reason.strip()[:500]
            old: Run = move.row
            again = Run.objects.create(
                scheme=old.scheme,
                district_id=old.district_id,
                code=old.code,
                period=old.period,
                starts=old.starts,
                ends=old.ends,
                revision=old.revision + 1,
                corrects=old,
                reason=reason.strip()[:500],
                state=RunState.COMPUTING,
                rate_rule_id=old.rate_rule_id,
                as_of=now,
                started_by=by,
                started_at=now,
            )
            _note_start(again, by, now)
    except IntegrityError:
        raise WrongState(
            _("A correction has taken the place of this run."), code="run_corrected"
        ) from None
    return again
