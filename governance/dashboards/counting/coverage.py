"""The five full coverages of today, kept by the residents' floor for streets and communities."""

from datetime import datetime

from django.utils import timezone

from governance.dashboards.counting.rows import reckoning
from governance.dashboards.enums import Part
from residents.organisations import coverage_days


def count(now: datetime) -> int | None:
    """Counts today anew; answers how many places, None where they are newer."""
    with reckoning(Part.COVERAGE, now) as is_due:
        return coverage_days.snapshot(day=timezone.localdate(now)) if is_due else None
