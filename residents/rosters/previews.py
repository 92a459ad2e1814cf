"""What the preview of an import shows of its rows, private values masked."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Min

from residents.models import Belonging, LedgerImport, LedgerRow, Person
from residents.roll import queries
from residents.rosters import imports
from residents.rosters.planning import unstaged
from residents.rosters.registry import Column, Ledger

if TYPE_CHECKING:
    from orgs.models import User


@dataclass(frozen=True)
class Shown:
    """One row as it is shown: cells and problems with the headings of their columns."""

    row: LedgerRow
    cells: list[tuple[str, str]]
    problems: list[tuple[str, str]]
    changes: list[str]
    candidates: list[Person]


def shown(kept: Iterable[LedgerRow], ledger: Ledger, user: "User") -> list[Shown]:
    """Rows for the preview; the people whom they could mean as far as they are in sight."""
    kept = list(kept)
    keys = {key for row in kept for key in row.candidates}
    seen = Person.objects.visible_to(user).filter(pk__in=keys)
    at_home = queries.with_homes(seen, Belonging.objects.visible_to(user))
    people = {one.pk: one for one in at_home} if keys else {}
    headings = headings_of(ledger)
    return [
        Shown(
            row,
            cells_of(row, ledger),
            [(headings.get(key, ""), sentence) for key, sentence in row.problems.items()],
            [headings[key] for key in row.changes if key in headings],
            [people[key] for key in row.candidates if key in people],
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


def doubts(found: LedgerImport, ledger: Ledger) -> list[Doubt]:
    """The doubts that more than one row waits with, the commonest first; one query."""
    headings = headings_of(ledger)
    grouped = (
        imports.waiting_rows(found)
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
            one["first"],
            [(headings.get(key, ""), text) for key, text in one["problems"].items()],
            one["count"],
            one["single"],
        )
        for one in grouped
    ]


def headings_of(ledger: Ledger) -> dict[str, str]:
    """The headings of columns by their keys."""
    return {column.key: column.heading for column in ledger.columns}


def cells_of(kept: LedgerRow, ledger: Ledger) -> list[tuple[str, str]]:
    """What the cells of a row say, with their headings."""
    row, found = unstaged(kept), []
    for column in ledger.columns:
        said = row.raw.get(column.key) or str(row.get(column.key))
        if said:
            found.append((column.heading, _masked(said, column)))
    return found


def _masked(said: str, column: Column) -> str:
    return column.mask(said) if column.private and column.mask else said
