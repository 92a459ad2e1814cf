"""What the roll adds to a unit's page: head counts, the pyramid, a building's doors."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.db.counting import Counts
from orgs.enums import UnitKind, UnitTab
from orgs.scoping import reach_of
from orgs.web.panels import Counting, Panel, UnitPanel
from residents.enums import HOUSEHOLD_READERS, Permission
from residents.models import Household
from residents.roll.head_counts import (
    ALL_AGES,
    CHILDREN,
    OLDER,
    HeadCounts,
    head_counts,
    queries_of,
)

if TYPE_CHECKING:
    from orgs.models import Unit, User


@dataclass(frozen=True)
class Doors:
    """The rooms of a building: floors from the top, in each the rooms of every entrance."""

    entrances: list[str]
    floors: list[tuple[int | None, list[list[Household]]]]


@dataclass(frozen=True)
class Overview:
    """What is shown; `doors` for a building only."""

    unit: "Unit"
    counts: HeadCounts
    doors: "Doors | None"
    reads_roll: bool
    keeps_roll: bool

    @property
    def figures(self) -> list[tuple[str, int, str]]:
        """Figures of people, each with the age by which the list of people finds them."""
        return [
            (ALL_AGES, self.counts.people, _("people")),
            (OLDER, self.counts.old, _("aged 60 or more")),
            (CHILDREN, self.counts.children, _("under 14")),
        ]


def tab_of(unit: "Unit") -> UnitTab:
    """Where a unit's page shows people: what a building's page is opened for stands on it at once."""
    return UnitTab.OVERVIEW if unit.kind == UnitKind.BUILDING else UnitTab.PEOPLE


def unit_panel(*, unit: "Unit", user: "User", now: datetime) -> UnitPanel:
    """The panel for those who may see households here."""
    return UnitPanel(tab_of(unit), partial(_sees, unit, user), partial(_panel, unit, user, now))


def _sees(unit: "Unit", user: "User") -> bool:
    return user.is_superuser or bool(reach_of(user).roles_at(unit) & HOUSEHOLD_READERS)


def _panel(unit: "Unit", user: "User", now: datetime) -> Counting:
    today = timezone.localdate(now)

    def panel(counts: Counts) -> Panel:
        values = Overview(
            unit,
            head_counts(counts, today),
            doors(unit) if unit.kind == UnitKind.BUILDING else None,
            user.has_perm(Permission.VIEW_ROLL, unit),
            user.has_perm(Permission.KEEP_ROLL, unit),
        )
        return Panel("residents/roll/unit_panel.html", values)

    return Counting(queries_of(unit, today), panel)


def doors(building: "Unit") -> Doors:
    """The rooms of a building as a grid, with how many live behind each door; one query."""
    rooms = building.households.annotate(
        living=Count("belongings", filter=Q(belongings__ends=None))
    ).order_by("entrance", "room")
    grid: dict[int | None, dict[str, list[Household]]] = {}
    for room in rooms:
        grid.setdefault(room.floor, {}).setdefault(room.entrance, []).append(room)
    entrances = sorted({room.entrance for room in rooms}, key=_number)
    floors = sorted(grid, key=lambda floor: (floor is None, -(floor or 0)))
    return Doors(
        entrances,
        [(floor, [grid[floor].get(entrance, []) for entrance in entrances]) for floor in floors],
    )


def _number(entrance: str) -> tuple[int, str]:
    """2 before 10, figures before letters."""
    return (int(entrance) if entrance.isdecimal() else 10**6, entrance)
