"""What the care ledgers add to a unit's page: counts, for those who are named and nobody else."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from orgs.panels import Panel
from residents import care_reading
from residents.care_reading import LedgerCount
from residents.enums import CareKind

if TYPE_CHECKING:
    from orgs.models import Unit, User


@dataclass(frozen=True)
class CareOverview:
    """The counts by ledger, each with the share of those whose next visit is planned."""

    unit: "Unit"
    ledgers: list[LedgerCount]
    # How many older people seem to live alone and stand on no ledger; None where one may not ask.
    perhaps_alone: int | None


def panel(*, unit: "Unit", user: "User", now: datetime) -> Panel | None:
    """The panel for named readers of the place; None for everybody else."""
    if not care_reading.kinds_of(user, unit=unit):
        return None
    today = timezone.localdate(now)
    ledgers = care_reading.counts(unit, user, today)
    missing = None
    # Over a whole street one would look through every home.
    if unit.level and CareKind.LIVING_ALONE in care_reading.kinds_of(user, keeps=True, unit=unit):
        missing = care_reading.perhaps_alone(unit, today).count()
    return Panel("residents/care_panel.html", CareOverview(unit, ledgers, missing))
