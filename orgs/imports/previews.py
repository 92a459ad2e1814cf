"""What the preview of an import shows of its rows, private values masked."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Min

from orgs.enums import Verdict
from orgs.imports import imports
from orgs.imports.planning import unstaged
from orgs.imports.rosters import Column, Roster, Row
from orgs.imports.workbooks.cells import says_nothing
from orgs.models import LedgerImport, LedgerRow

if TYPE_CHECKING:
    from orgs.models import User


# So many wrong rows are counted, so many faults shown, with so many of their rows.
FAULTS_READ, FAULTS_SHOWN, ROWS_NAMED = 1000, 20, 5
LONGEST_VALUE = 60


@dataclass(frozen=True)
class Shown:
    """One row as it is shown: cells and problems with the headings of their columns."""

    row: LedgerRow
    cells: list[tuple[str, str]]
    problems: list[tuple[str, str]]
    changes: list[str]
    candidates: list[tuple[int, str]]


def shown(kept: Iterable[LedgerRow], roster: Roster, user: "User") -> list[Shown]:
    """Rows for the preview; those whom they could mean as far as they are in sight."""
    kept = list(kept)
    keys = {key for row in kept for key in row.candidates}
    known = roster.candidates(user, keys) if roster.candidates and keys else {}
    headings = roster.headings
    return [
        Shown(
            row,
            cells_of(row, roster),
            roster.with_headings(row.problems),
            [headings[key] for key in row.changes if key in headings],
            [(key, known[key]) for key in row.candidates if key in known],
        )
        for row in kept
    ]


@dataclass(frozen=True)
class Doubt:
    """What several rows wait with: the first of them, how many, how many could be one person only."""

    row: int
    problems: list[tuple[str, str]]
    count: int
    single: int


def doubts(imported: LedgerImport, roster: Roster) -> list[Doubt]:
    """The doubts that more than one row waits with, the commonest first; one query."""
    grouped = (
        imports.waiting_rows(imported)
        .order_by()
        .values("problems")
        .annotate(
            first=Min("pk"),
            count=Count("pk"),
            single=Count("pk", filter=imports.COULD_BE_ONE),
        )
        .filter(count__gt=1)
        .order_by("-count", "first")
    )
    return [
        Doubt(
            group["first"],
            roster.with_headings(group["problems"]),
            group["count"],
            group["single"],
        )
        for group in grouped
    ]


@dataclass(frozen=True)
class Fault:
    """What is wrong with the same words in some rows: the column, what stands there, why, where."""

    heading: str
    value: str
    sentence: str
    count: int
    rows: list[int]


def faults(imported: LedgerImport, roster: Roster) -> list[Fault]:
    """What is wrong in a file, the commonest first: one query, and no more rows than are counted."""
    numbers: dict[tuple[str, str, str], list[int]] = {}
    columns = {column.key: column for column in roster.columns}
    wrong = imported.rows.filter(verdict=Verdict.WRONG).order_by("number")
    for kept in wrong[:FAULTS_READ]:
        row = unstaged(kept)
        for key, sentence in kept.problems.items():
            value = written_in(row, columns.get(key))
            numbers.setdefault((key, value, str(sentence)), []).append(kept.number)
    shown = sorted(numbers.items(), key=lambda fault: (-len(fault[1]), fault[1][0]))
    headings = roster.headings
    return [
        Fault(headings.get(key, ""), value, sentence, len(rows), rows[:ROWS_NAMED])
        for (key, value, sentence), rows in shown[:FAULTS_SHOWN]
    ]


def written_in(row: Row, column: Column | None) -> str:
    """What stands in a cell of a row, masked where it is private; "" for no cell."""
    if column is None:
        return ""
    text = row.raw.get(column.key) or str(row.get(column.key))
    return _masked(text, column)[:LONGEST_VALUE]


def cells_of(kept: LedgerRow, roster: Roster) -> list[tuple[str, str]]:
    """What the cells of a row say, with their headings."""
    row, cells = unstaged(kept), []
    for column in roster.columns:
        text = _masked(row.raw.get(column.key) or str(row.get(column.key)), column)
        if text:
            cells.append((column.heading, text))
    return cells


def _masked(text: str, column: Column) -> str:
    """Masked where the column is private; what says that there is nothing (无) is no secret."""
    if not column.private or column.mask is None or says_nothing(text):
        return text
    return column.mask(text)
