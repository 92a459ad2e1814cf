"""What the care ledgers add to a unit's page: counts, for those who are named and nobody else."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from orgs.panels import Panel
from residents import care_reading
from residents.care_reading import LedgerCount

if TYPE_CHECKING:
    from orgs.models import Unit, User


@dataclass(frozen=True)
class CareOverview:
    """The counts by ledger, each with the share of those whose next visit is planned."""

    unit: "Unit"
    ledgers: list[LedgerCount]


def panel(*, unit: "Unit", user: "User", now: datetime) -> Panel | None:
    """The panel for named readers of the place; None for everybody else."""
    if not care_reading.kinds_of(user, unit=unit):
        return None
    ledgers = care_reading.counts(unit, user, timezone.localdate(now))
    return Panel("residents/care_panel.html", CareOverview(unit, ledgers))
