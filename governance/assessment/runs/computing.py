"""Computing a run: rows are collected set by set, then subjects are scored batch by batch.

What is done stands in the database after each step, so that a worker that dies is followed by another:
an indicator whose rows are there is not collected again, a subject that is scored not scored again. Each
step locks the run and compares the mark of its worker: two never both compute. Rows are read once, in
order: their sums give the scores, their digest is the fingerprint.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import (
    BooleanField,
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Value,
)

from governance.assessment.enums import RunAction, RunState, SubjectKind
from governance.assessment.indicators import registry
from governance.assessment.indicators.registry import Window
from governance.assessment.models import LeftOut, Run, RunRow, Score
from governance.assessment.runs import subjects
from governance.assessment.runs.results import Computer, Sums
from governance.assessment.runs.windows import window_of
from governance.assessment.runs.workflow import WORKFLOW
from governance.assessment.schemes import definitions
from orgs.db.insert_select import insert_all, insert_rows
from orgs.db.leases import lapsed
from orgs.workflow.transitions import SYSTEM

if TYPE_CHECKING:
    from hashlib import _Hash

# The sums of some subjects by indicator: numerator, denominator, number of rows.
SumsOf: TypeAlias = dict[int, dict[str, tuple[int, int, int]]]
CLAIM_LASTS = timedelta(minutes=10)
AT_ONCE = 5000


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
    digest: "_Hash" = field(init=False)

    def __post_init__(self) -> None:
        self.definition = definitions.read(self.run.scheme.definition)
        self.digest = digest_of(self.run)

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
        if last:
            read_rows(self.run, self.digest, until=last)
        while True:
            with self._step() as row:
                if not row.subjects:
                    row.subjects = subjects.subjects(scheme, self.window).count()
                batch = subjects.after(scheme, self.window, last, AT_ONCE)
                is_last = len(batch) < AT_ONCE
                sums = read_rows(self.run, self.digest, last, None if is_last else batch[-1].key)
                insert_rows(Score, SCORE_COLUMNS, scores(self.run, batch, sums, computer))
                row.scored += len(batch)
            if is_last:
                return
            last = batch[-1].key

    def finish(self) -> None:
        """The fingerprint of all that counted; then the run waits for its review."""
        with (
            self._step(),
            WORKFLOW.step(RunAction.COMPUTE, self.run, by=SYSTEM, now=self.clock) as move,
        ):
            move.row.fingerprint = self.digest.hexdigest()
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


def digest_of(run: Run) -> "_Hash":
    """The fingerprint of a run before its first row: of the definition alone."""
    return sha256(run.scheme.definition.encode())


def read_rows(run: Run, digest: "_Hash", after: int = 0, until: int | None = None) -> SumsOf:
    """Reads the rows of the subjects after one key and up to another, in order, into the digest; answers
    their sums, without what is left out."""
    rows = RunRow.objects.filter(run=run, subject__gt=after).order_by("subject", "indicator", "key")
    if until is not None:
        rows = rows.filter(subject__lte=until)
    columns = ("subject", "indicator", "key", "numerator", "denominator", "left_out")
    found: SumsOf = defaultdict(dict)
    for subject, code, key, numerator, denominator, left_out in rows.values_list(*columns).iterator(
        chunk_size=AT_ONCE
    ):
        digest.update(f"{subject}:{code}:{key}:{numerator}:{denominator}:{left_out:d}\n".encode())
        if not left_out:
            part, whole, times = found[subject].get(code, (0, 0, 0))
            found[subject][code] = (part + numerator, whole + denominator, times + 1)
    return found


# --- Scores --------------------------------------------------------------------------------------

SCORE_COLUMNS = (
    "run", "subject", "code", "name", "unit", "department", "account", "value", "band", "result",
)  # fmt: skip


def scores(
    run: Run, batch: list[subjects.Subject], sums: Mapping[int, Sums], computer: Computer
) -> list[tuple[Any, ...]]:
    """The scores of some subjects, as SCORE_COLUMNS has them."""
    return [
        (
            run.pk, one.key, one.code, one.name or one.code, one.unit_id, one.department_id,
            one.account_id, *computer.result(sums.get(one.key, {})),
        )
        for one in batch
    ]  # fmt: skip
