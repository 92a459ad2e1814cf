"""Computing a run again and comparing byte for byte: the row that changed is named."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from governance.assessment.indicators import registry
from governance.assessment.models import Run, Score
from governance.assessment.runs import computing
from governance.assessment.runs.results import Computer
from governance.assessment.runs.windows import window_of
from governance.assessment.schemes import definitions

if TYPE_CHECKING:
    from hashlib import _Hash

AT_ONCE = 2000


@dataclass(frozen=True)
class Difference:
    """One thing that is not as the run has it. `key` is the row of the portal, if it is one."""

    indicator: str
    subject: int
    key: int | None
    before: str
    now: str

    def __str__(self) -> str:
        if self.key is None:
            return _("score of subject %(subject)d: %(before)s, now %(now)s") % {
                "subject": self.subject, "before": self.before, "now": self.now,
            }  # fmt: skip
        described = registry.get(self.indicator).describe([self.key]).get(self.key)
        return _("%(indicator)s, row %(key)d (%(text)s): %(before)s, now %(now)s") % {
            "indicator": registry.get(self.indicator).label,
            "key": self.key,
            "text": described.text if described else _("not there any more"),
            "before": self.before,
            "now": self.now,
        }


def differences(run: Run) -> Iterator[Difference]:
    """Every row and every score that is not as it was; nothing where all is. Memory stays constant."""
    window = window_of(run)
    definition = definitions.read(run.scheme.definition)
    for item in definition.items:
        yield from _of_rows(run, item.code, window)
    digest = computing.digest_of(run)
    yield from _of_scores(run, Computer(definition), digest)
    if digest.hexdigest() != run.fingerprint:
        yield Difference("", 0, None, run.fingerprint, digest.hexdigest())


def _of_rows(run: Run, code: str, window: registry.Window) -> Iterator[Difference]:
    """Both sides side by side, as they come in order."""
    kept = iter(computing.kept_rows(run, code).iterator(chunk_size=AT_ONCE))
    now = iter(computing.rows_now(run, code, window).iterator(chunk_size=AT_ONCE))
    one, other = next(kept, None), next(now, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one[:2] < other[:2]):
            assert one is not None, "one of both is there"
            yield Difference(code, one[0], one[1], _text(one), _("not counted"))
            one = next(kept, None)
        elif one is None or other[:2] < one[:2]:
            yield Difference(code, other[0], other[1], _("not counted"), _text(other))
            other = next(now, None)
        else:
            if tuple(one) != tuple(other):
                yield Difference(code, one[0], one[1], _text(one), _text(other))
            one, other = next(kept, None), next(now, None)


def _text(row: tuple) -> str:
    return f"{row[2]}/{row[3]}"


def _of_scores(run: Run, computer: Computer, digest: "_Hash") -> Iterator[Difference]:
    """The scores that the kept rows do not give; all rows are read into the digest."""
    last, is_last = 0, False
    while not is_last:
        rows = Score.objects.filter(run=run, subject__gt=last).order_by("subject")
        batch = list(rows[:AT_ONCE])
        is_last = len(batch) < AT_ONCE
        until = None if is_last else batch[-1].subject
        sums = computing.read_rows(run, digest, last, until)
        for score in batch:
            value, band, text = computer.result(sums.get(score.subject, {}))
            if (value, band, text) != (score.value, score.band, score.result):
                yield Difference("", score.subject, None, score.result, text)
        last = until or last
