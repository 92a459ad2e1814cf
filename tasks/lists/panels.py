"""What tasks add to a unit's page: the open ones by state and light, each figure with its list."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from orgs.scoping import lies_in, reach_of
from orgs.web.panels import Panel
from tasks.enums import OPEN, WATCHING_ROLES, Light, Status
from tasks.models import Task
from tasks.workflow.limits.limits import counts_by_state

if TYPE_CHECKING:
    from orgs.models import Unit, User
    from residents.models import Household


@dataclass(frozen=True)
class OpenTasks:
    """Counts of the open tasks of a place, in the order of their states; lights from the worst."""

    unit: "Unit"
    states: list[tuple[Status, int]]
    lights: list[tuple[Light, int]]

    @property
    def total(self) -> int:
        return sum(count for _state, count in self.states)


def household_panel(*, household: "Household", user: "User", now: datetime) -> Panel | None:
    """On a household's page: the open tasks of its building."""
    return panel(unit=household.building, user=user, now=now)


def panel(*, unit: "Unit", user: "User", now: datetime) -> Panel | None:
    """For those who watch over the tasks of the place; None for others. One statement."""
    if not (user.is_superuser or reach_of(user).roles_at(unit) & WATCHING_ROLES):
        return None
    here = Task.objects.visible_to(user).filter(lies_in(unit, "unit"), status__in=OPEN)
    states, lights = counts_by_state(here, now)
    values = OpenTasks(
        unit, list(states.items()), [(light, lights[light]) for light in reversed(Light)]
    )
    return Panel("tasks/lists/unit_panel.html", values)
