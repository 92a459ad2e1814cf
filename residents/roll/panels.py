"""What the roll adds to a unit's page: head counts, the pyramid, a building's doors."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.enums import UnitKind
from orgs.scoping import reach_of
from orgs.web.panels import Panel
from residents.enums import HOUSEHOLD_READERS, Permission
from residents.models import Household
from residents.roll.head_counts import ALL_AGES, CHILDREN, OLDER, HeadCounts, head_counts

if TYPE_CHECKING:
    from orgs.models import Unit, User


@dataclass(frozen=True)
class Overview:
    """What is shown; `floors` from the top, each with its rooms by entrance, for a building only."""

    unit: "Unit"
    counts: HeadCounts
    floors: list[tuple[int | None, list[Household]]]
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


def panel(*, unit: "Unit", user: "User", now: datetime) -> Panel | None:
    """The panel for those who may see households here; None for others."""
    if not (user.is_superuser or reach_of(user).roles_at(unit) & HOUSEHOLD_READERS):
        return None
    floors = doors(unit) if unit.kind == UnitKind.BUILDING else []
    values = Overview(
        unit,
        head_counts(unit, timezone.localdate(now)),
        floors,
        user.has_perm(Permission.VIEW_ROLL, unit),
        user.has_perm(Permission.KEEP_ROLL, unit),
    )
    return Panel("residents/roll/unit_panel.html", values)


def doors(building: "Unit") -> list[tuple[int | None, list[Household]]]:
    """The rooms of a building floor by floor, the highest first, with how many live there."""
    rooms = building.households.annotate(
        living=Count("belongings", filter=Q(belongings__ends=None))
    ).order_by("entrance", "room")
    placed = sorted(rooms, key=lambda room: (room.floor is None, -(room.floor or 0)))
    return [(floor, list(here)) for floor, here in groupby(placed, lambda room: room.floor)]
