"""All parts counted one after the other, as the jobs do: for the demo and before a proof."""

from datetime import datetime

from governance.dashboards.counting import coverage, duty, spots, standing
from tasks.rates import day_counts


def count(now: datetime) -> None:
    """Counts what changed of the days, and all else whole."""
    day_counts.count_touched(now)
    standing.count(now)
    spots.count(now)
    duty.count(now)
    coverage.count(now)
