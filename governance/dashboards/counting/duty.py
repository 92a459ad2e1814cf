"""The monthly duty of the members of a place: the last two months that were counted."""

from collections import Counter, defaultdict
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q

from governance.dashboards.counting.places import PLACE, Boards, at_places, make_missing
from governance.dashboards.counting.rows import reckoning, replace
from governance.dashboards.enums import Part
from governance.dashboards.models import DutyMonth
from volunteers.service.models import MonthResult, ServiceMonth

MONTHS = 2
Months = dict[tuple[int, date], Counter[str]]


def count(now: datetime) -> int | None:
    """Adds the results up; answers how many rows changed, None where they are newer."""
    with reckoning(Part.DUTY, now) as is_due:
        if not is_due:
            return None
        make_missing()
        wanted: dict[tuple[Any, ...], dict[str, Any]] = {
            key: {"members": counts["members"], "met": counts["met"]}
            for key, counts in results(Boards.all()).items()
        }
        return replace(DutyMonth.objects.all(), ("board_id", "month"), wanted)


def results(boards: Boards) -> Months:
    """How many owed and did their duty, by dashboard and month; two statements."""
    counted = ServiceMonth.objects.filter(results__isnull=False).order_by("-month")
    months = list(counted.values_list("month", flat=True).distinct()[:MONTHS])
    rows = at_places(MonthResult.objects.filter(month__month__in=months), "participant__place")
    groups = rows.order_by().values("month__month", *PLACE)
    sums: Months = defaultdict(Counter)
    for row in groups.annotate(n_members=Count("pk"), n_met=Count("pk", filter=Q(met=True))):
        for board in boards.over(*(row[name] for name in PLACE)):
            sums[board, row["month__month"]].update(members=row["n_members"], met=row["n_met"])
    return sums
