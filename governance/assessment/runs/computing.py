"""Computing a run: rows are collected set by set, then subjects are scored batch by batch.

What is done stands in the database after each step, so that a worker that dies is followed by another:
an indicator whose rows are there is not collected again, a subject that is scored not scored again. Each
step locks the run and compares the mark of its worker: two never both compute.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import (
    BooleanField,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
)

from governance.assessment.enums import RunAction, RunState, SubjectKind
from governance.assessment.indicators import registry
from governance.assessment.indicators.registry import Window
from governance.assessment.models import LeftOut, Run, RunRow, Score
from governance.assessment.runs import subjects
from governance.assessment.runs.results import Computer
from governance.assessment.runs.windows import window_of
from governance.assessment.runs.workflow import WORKFLOW
from governance.assessment.schemes import definitions
from orgs.db.insert_select import insert_all
from orgs.db.leases import lapsed
from orgs.workflow.transitions import SYSTEM

CLAIM_LASTS = timedelta(minutes=10)
AT_ONCE = 2000


class TakenOver(Exception):
    """Another worker has the run."""


def waiting(now: datetime) -> list[int]:
    """The runs that nobody computes, oldest period first."""
    rows = Run.objects.filter(lapsed("claimed_at", now, CLAIM_LASTS), state=RunState.COMPUTING)
    return list(rows.order_by("starts", "pk").values_list("pk", flat=True))


def compute(key: int, now: datetime) -> bool:
    """Computes a run to its end; False where there is nothing to do, or another worker has it."""
    mark = uuid4()
    free = Run.objects.filter(
        lapsed("claimed_at", now, CLAIM_LASTS), pk=key, state=RunState.COMPUTING
    )
    if not free.update(claim=mark, claimed_at=now):
        return False
    run = Run.objects.select_related("scheme", "district", "rate_rule").get(pk=key)
    work = _Work(run, mark, window_of(run), now)
    try:
        work.collect()
        work.score()
        work.finish()
    except TakenOver:
        return False
    return True


@dataclass
class _Work:
    """One worker at one run."""

    run: Run
    mark: UUID
    window: Window
    now: datetime
    begun: float = field(default_factory=monotonic)
    definition: definitions.Definition = field(init=False)

    def __post_init__(self) -> None:
        self.definition = definitions.read(self.run.scheme.definition)

    @property
    def clock(self) -> datetime:
        """The moment now, counted from when the work began."""
        return self.now + timedelta(seconds=monotonic() - self.begun)

    @contextmanager
    def _step(self) -> Iterator[Run]:
        """A transaction that holds the run, if it is still this worker's."""
        with transaction.atomic():
            rows = Run.objects.select_for_update(no_key=True)
            row = rows.filter(pk=self.run.pk, claim=self.mark, state=RunState.COMPUTING).first()
            if row is None:
                raise TakenOver
            row.claimed_at = self.clock
            yield row
            row.save(update_fields=["claimed_at", "collected", "subjects", "scored"])

    def collect(self) -> None:
        """The rows of each indicator, by one INSERT … SELECT each."""
        for item in self.definition.items:
            with self._step() as row:
                if item.code not in row.collected:
                    collect(self.run, item.code, self.window)
                    row.collected = [*row.collected, item.code]

    def score(self) -> None:
        """Subject by subject, in the order of their keys."""
        scheme, computer = self.run.scheme, Computer(self.definition)
        last = Score.objects.filter(run=self.run).aggregate(last=Max("subject"))["last"] or 0
        while True:
            with self._step() as row:
                if not row.subjects:
                    row.subjects = subjects.subjects(scheme, self.window).count()
                batch = subjects.after(scheme, self.window, last, AT_ONCE)
                Score.objects.bulk_create(scores(self.run, batch, computer))
                row.scored += len(batch)
                last = batch[-1].key if batch else last
            if len(batch) < AT_ONCE:
                return

    def finish(self) -> None:
        """The fingerprint of all that counted; then the run waits for its review."""
        fingerprint = fingerprint_of(self.run)
        with (
            self._step(),
            WORKFLOW.step(RunAction.COMPUTE, self.run, by=SYSTEM, now=self.clock) as move,
        ):
            move.row.fingerprint = fingerprint
            move.row.computed_at = move.now


# --- Rows ----------------------------------------------------------------------------------------


def collect(run: Run, code: str, window: Window) -> int:
    """Writes the rows of an indicator; answers how many."""
    source = registry.get(code).sources[SubjectKind(run.scheme.subject_kind)](window)
    rows = source.rows.annotate(for_subject=source.subject).filter(for_subject__isnull=False)
    return insert_all(
        RunRow,
        rows,
        run=Value(run.pk),
        indicator=Value(code, CharField()),
        subject=F("for_subject"),
        key=source.key,
        numerator=source.numerator,
        denominator=source.denominator,
        left_out=_left_out(run, code, source.key),
    )


def _left_out(run: Run, code: str, key: Any) -> ExpressionWrapper:
    """Whether a reviewed reason keeps a row outside."""
    reasons = LeftOut.objects.filter(
        district=run.district_id, code=run.code, indicator=code, key=OuterRef(key.name)
    )
    return ExpressionWrapper(Q(Exists(reasons)), output_field=BooleanField())


def rows_now(run: Run, code: str, window: Window) -> QuerySet:
    """What the rows of an indicator would be now, in the order of subject and key."""
    source = registry.get(code).sources[SubjectKind(run.scheme.subject_kind)](window)
    rows = source.rows.annotate(for_subject=source.subject).filter(for_subject__isnull=False)
    return (
        rows.order_by("for_subject", source.key)
        .annotate(of_numerator=source.numerator, of_denominator=source.denominator)
        .values_list("for_subject", source.key, "of_numerator", "of_denominator")
    )


def kept_rows(run: Run, code: str) -> QuerySet:
    """The rows of an indicator as the run has them, in the same order."""
    rows = RunRow.objects.filter(run=run, indicator=code).order_by("subject", "key")
    return rows.values_list("subject", "key", "numerator", "denominator")


def fingerprint_of(run: Run) -> str:
    """A digest of the definition and of every row that counted."""
    digest = sha256(run.scheme.definition.encode())
    rows = RunRow.objects.filter(run=run).order_by("subject", "indicator", "key")
    columns = ("subject", "indicator", "key", "numerator", "denominator", "left_out")
    for subject, code, key, numerator, denominator, left_out in rows.values_list(*columns).iterator(
        chunk_size=AT_ONCE
    ):
        digest.update(
            f"{subject}:{code}:{key}:{numerator}:{denominator}:{int(left_out)}\n".encode()
        )
    return digest.hexdigest()


# --- Scores --------------------------------------------------------------------------------------


def sums_of(run: Run, keys: list[int]) -> dict[int, dict[str, tuple[int, int, int]]]:
    """The sums of some subjects (in order of key) by indicator; one statement."""
    found: dict[int, dict[str, tuple[int, int, int]]] = defaultdict(dict)
    if not keys:
        return found
    rows = RunRow.objects.filter(
        run=run, subject__gte=keys[0], subject__lte=keys[-1], left_out=False
    )
    grouped = rows.order_by().values("subject", "indicator")
    summed = grouped.annotate(
        all_numerators=Sum("numerator"), all_denominators=Sum("denominator"), times=Count("pk")
    )
    columns = ("subject", "indicator", "all_numerators", "all_denominators", "times")
    for subject, code, numerator, denominator, times in summed.values_list(*columns):
        found[subject][code] = (int(numerator), int(denominator), times)
    return found


def scores(run: Run, batch: list[subjects.Subject], computer: Computer) -> list[Score]:
    """The scores of some subjects, not saved."""
    sums = sums_of(run, [subject.key for subject in batch])
    made = []
    for subject in batch:
        value, band, text = computer.result(sums.get(subject.key, {}))
        made.append(
            Score(
                run=run,
                subject=subject.key,
                code=subject.code,
                name=subject.name or subject.code,
                unit_id=subject.unit_id,
                department_id=subject.department_id,
                account_id=subject.account_id,
                value=value,
                band=band,
                result=text,
            )
        )
    return made
