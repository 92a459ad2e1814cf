"""Panels on a unit's page, a household's, the desk and "my homes": each floor adds what it knows."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from orgs import registry

if TYPE_CHECKING:
    from orgs.models import Unit, User


@dataclass(frozen=True)
class Panel:
    """A part of the page: its template and what it shows, as `panel.values`; lower `place` first."""

    template: str
    values: Any
    place: int = 0


def panels_of(unit: "Unit", user: "User", now: datetime) -> list[Panel]:
    """What the floors show of a unit to this person. Each costs a fixed number of queries."""
    return called_panels(registry.Name.UNIT_PANELS, unit=unit, user=user, now=now)


def called_panels(name: registry.Name, **about: Any) -> list[Panel]:
    """The panels that the floors registered under a name, in their order, without empty ones."""
    answers = registry.call(name, **about)
    return sorted((panel for panel in answers if panel is not None), key=lambda panel: panel.place)
