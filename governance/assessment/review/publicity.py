"""What is made public of a run (公示): masked names where people are concerned, no order by score."""

from collections.abc import Iterable
from dataclasses import dataclass

from governance.assessment.models import Run, Score
from governance.assessment.runs import queries
from governance.assessment.schemes.definitions import NO_SCORE


@dataclass(frozen=True)
class PublicRow:
    """One subject as everybody reads it."""

    name: str
    value: str | None
    band: str


def has_scores(run: Run) -> bool:
    """Whether the scheme gives scores at all."""
    return queries.definition_of(run).formula != NO_SCORE


def rows(run: Run, scores: Iterable[Score]) -> list[PublicRow]:
    """Scores as they are made public."""
    return [
        PublicRow(
            queries.public_name(run, score.name), score.value, queries.band_name(run, score.band)
        )
        for score in scores
    ]
