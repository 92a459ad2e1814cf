"""Panels on a unit's page, a household's, the desk and "my homes": each floor adds what it knows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db.models import QuerySet

from orgs import registry
from orgs.db.counting import Counts, counts_of
from orgs.enums import UnitTab

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
    panel: Callable[[Counts], Panel | None]


# What a floor answers: nothing where there is nothing for this person.
Answer: TypeAlias = Panel | Counting | None


@dataclass(frozen=True)
class UnitPanel:
    """A panel of a unit's page: its tab, whether this person sees it, and what makes it where they do.

    Only the panels of the tab that is open are made.
    """

    tab: UnitTab
    sees: Callable[[], bool]
    make: Callable[[], Answer]


@dataclass(frozen=True)
class UnitPanels:
    """The tabs of a unit's page that a person sees, which is open, and its panels."""

    tabs: list[UnitTab]
    tab: UnitTab
    panels: list[Panel]


def unit_panels(unit: "Unit", user: "User", now: datetime, wished: str) -> UnitPanels:
    """What the floors show of a unit on one tab. Each panel costs a fixed number of queries.

    A tab that this person does not see, and one that nobody knows, is the overview.
    """
    known = registry.call(registry.Name.UNIT_PANELS, unit=unit, user=user, now=now)

    def made(tab: UnitTab) -> list[Panel]:
        return _ready(panel.make() for panel in known if panel.tab == tab and panel.sees())

    tab = UnitTab(wished) if wished in UnitTab.values else UnitTab.OVERVIEW
    panels = made(tab)
    if not panels and tab != UnitTab.OVERVIEW:
        tab = UnitTab.OVERVIEW
        panels = made(tab)
    tabs = [
        one
        for one in UnitTab
        if one in (UnitTab.OVERVIEW, tab)
        or any(panel.sees() for panel in known if panel.tab == one)
    ]
    return UnitPanels(tabs, tab, panels)


def called_panels(name: registry.Name, **about: Any) -> list[Panel]:
    """The panels that the floors registered under a name, in their order, without empty ones."""
    return _ready(registry.call(name, **about))


def _ready(made: Iterable[Answer]) -> list[Panel]:
    """The panels in their order; what they wait for is counted in one statement."""
    answers = list(made)
    waiting = [answer for answer in answers if isinstance(answer, Counting)]
    counts = counts_of([query for answer in waiting for query in answer.queries])
    panels = [
        answer.panel(counts) if isinstance(answer, Counting) else answer for answer in answers
    ]
    return sorted((panel for panel in panels if panel is not None), key=lambda panel: panel.place)
