"""What the care rosters add to a unit's page: counts, for those who are named and nobody else."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils import timezone

from orgs.db.counting import Counts, counted
from orgs.web.panels import Counting, Panel, UnitPanel
from residents.care import queries
from residents.care.queries import RosterCount
from residents.enums import CareKind
from residents.models.care import Naming, namings_of
from residents.roll.panels import tab_of

if TYPE_CHECKING:
    from orgs.models import Unit, User


@dataclass(frozen=True)
class CareOverview:
    """The counts by roster, each with the share of those whose next visit is planned."""

    unit: "Unit"
    rosters: list[RosterCount]
    # How many older people seem to live alone and stand on no roster; None where one may not ask.
    perhaps_alone: int | None


def unit_panel(*, unit: "Unit", user: "User", now: datetime) -> UnitPanel:
    """The panel for named readers of the place."""

    @cache
    def namings() -> list[Naming]:
        return [naming for naming in namings_of(user) if naming.covers(unit)]

    return UnitPanel(
        tab_of(unit),
        lambda: bool(namings()),
        lambda: _panel(unit, namings(), timezone.localdate(now)),
    )


def _panel(unit: "Unit", namings: list[Naming], today: date) -> Counting:
    kinds = [kind for kind in CareKind if any(naming.kind == kind for naming in namings)]
    keeps_alone = any(naming.keeps and naming.kind == CareKind.LIVING_ALONE for naming in namings)
    counting = queries.counting_queries(unit, kinds, today)
    # Over a whole street one would look through every home.
    if unit.level and keeps_alone:
        missing = queries.perhaps_alone(unit, today)
        counting.append(counted("perhaps-alone", missing, number=Count("pk")))

    def panel(counts: Counts) -> Panel:
        alone = next((row[2] for row in counts["perhaps-alone"]), None)
        rosters = queries.roster_counts(counts, kinds)
        return Panel("residents/care/panel.html", CareOverview(unit, rosters, alone))

    return Counting(counting, panel)
