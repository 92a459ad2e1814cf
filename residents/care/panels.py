"""What the care rosters add to a unit's page: counts, for those who are named and nobody else."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from orgs.web.panels import Panel
from residents.care import queries
from residents.care.queries import RosterCount
from residents.enums import CareKind

if TYPE_CHECKING:
    from orgs.models import Unit, User


@dataclass(frozen=True)
class CareOverview:
    """The counts by roster, each with the share of those whose next visit is planned."""

    unit: "Unit"
    rosters: list[RosterCount]
    # How many older people seem to live alone and stand on no roster; None where one may not ask.
    perhaps_alone: int | None


def panel(*, unit: "Unit", user: "User", now: datetime) -> Panel | None:
    """The panel for named readers of the place; None for everybody else."""
    if not queries.kinds_of(user, unit=unit):
        return None
    today = timezone.localdate(now)
    rosters = queries.counts(unit, user, today)
    missing = None
    # Over a whole street one would look through every home.
    if unit.level and CareKind.LIVING_ALONE in queries.kinds_of(user, keeps=True, unit=unit):
        missing = queries.perhaps_alone(unit, today).count()
    return Panel("residents/care/panel.html", CareOverview(unit, rosters, missing))
