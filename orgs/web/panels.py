"""Panels on a unit's page, a household's, the desk and "my homes": each floor adds what it knows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from orgs import registry
from orgs.db.counting import Counts, counts_of

if TYPE_CHECKING:
    from orgs.models import Unit, User


@dataclass(frozen=True)
class Panel:
    """A part of the page: its template and what it shows, as `panel.values`; lower `place` first."""

    template: str
    values: Any
    place: int = 0


@dataclass(frozen=True)
class Counting:
    """A panel that waits for counts: its queries (each made by `counted`), and what makes it of their rows.

    Those of all panels of a page are read in one statement.
    """

    queries: list[QuerySet]
    panel: Callable[[Counts], Panel]


def panels_of(unit: "Unit", user: "User", now: datetime) -> list[Panel]:
    """What the floors show of a unit to this person. Each costs a fixed number of queries."""
    return called_panels(registry.Name.UNIT_PANELS, unit=unit, user=user, now=now)


def called_panels(name: registry.Name, **about: Any) -> list[Panel]:
    """The panels that the floors registered under a name, in their order, without empty ones."""
    answers = registry.call(name, **about)
    waiting = [answer for answer in answers if isinstance(answer, Counting)]
    counts = counts_of([query for answer in waiting for query in answer.queries])
    panels = [
        answer.panel(counts) if isinstance(answer, Counting) else answer for answer in answers
    ]
    return sorted((panel for panel in panels if panel is not None), key=lambda panel: panel.place)
