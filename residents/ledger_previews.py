"""What the preview of an import shows of its rows, private values masked."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from residents import queries
from residents.ledger_planning import unstaged
from residents.ledgers import Column, Ledger
from residents.models import Belonging, LedgerRow, Person

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
