"""The compounds with the most reports of the last thirty days, for each dashboard that covers them."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Sum
from django.utils import timezone

from governance.dashboards.counting.places import Boards
from governance.dashboards.counting.rows import reckoning, replace
from governance.dashboards.enums import BoardKind, Part
from governance.dashboards.models import BoardDay, HotSpot

DAYS, MOST = 30, 10
Spots = dict[int, list[tuple[int, int]]]


def window(now: datetime) -> tuple[date, date]:
    """The last thirty days, today included."""
    today = timezone.localdate(now)
    return today - timedelta(days=DAYS - 1), today


def count(now: datetime) -> int | None:
    """Finds them anew; answers how many rows changed, None where they are newer."""
    with reckoning(Part.SPOTS, now) as is_due:
        if not is_due:
            return None
        since, until = window(now)
        wanted = {
            (board, unit): {"reported": reported, "since": since, "until": until}
            for board, spots in the_most(reports(since, until), Boards.all()).items()
            for reported, unit in spots
        }
        return replace(HotSpot.objects.all(), ("board_id", "unit_id"), wanted)


def reports(since: date, until: date) -> Iterator[tuple[int, int | None, int, int]]:
    """How much was reported in each compound: with its community and its tree; one statement."""
    days = BoardDay.objects.filter(
        board__kind=BoardKind.COMPOUND, day__range=(since, until), reported__gt=0
    )
    rows = days.order_by().values_list("board__unit", "board__unit__parent", "board__unit__tree_id")
    yield from rows.annotate(sum=Sum("reported"))


def the_most(rows: Iterator[tuple[int, int | None, int, int]], boards: Boards) -> Spots:
    """The first ten of each dashboard above a compound, the most reported first, then by key."""
    spots: Spots = defaultdict(list)
    for compound, community, tree, reported in rows:
        for board in boards.over(None, community, tree):
            spots[board].append((reported, compound))
    return {
        board: sorted(found, key=lambda spot: (-spot[0], spot[1]))[:MOST]
        for board, found in spots.items()
    }
