"""Keeping the counts of the five full coverages day by day; counted again, a day is the same."""

from datetime import date

from django.db import transaction

from orgs.models import Bookmark
from residents.enums import Coverage
from residents.models import CoverageDay
from residents.organisations.coverage import Counted, every_count

LOCK = "residents.coverage"
_COLUMNS = ["compounds", "all_five", *Coverage.values]


@transaction.atomic
def snapshot(*, day: date) -> int:
    """Counts one day for every street and community that has compounds; answers how many.

    From base rows with their days, so that a past day can be counted anew at any time. The tree and
    the branches' areas are taken as they are now.
    """
    # Counted twice at once, the second reads after the first: an older count never covers a newer one.
    Bookmark.objects.select_for_update().get_or_create(name=LOCK)
    rows = [_row(counted, day) for counted in every_count(day)]
    CoverageDay.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["unit", "day"],
        update_fields=_COLUMNS,
        batch_size=500,
    )
    CoverageDay.objects.filter(day=day).exclude(unit__in=[row.unit_id for row in rows]).delete()
    return len(rows)


def _row(counted: Counted, day: date) -> CoverageDay:
    assert counted.pk is not None
    having = {kind.value: count for kind, count in counted.having.items()}
    return CoverageDay(
        unit_id=counted.pk,
        day=day,
        compounds=counted.compounds,
        all_five=counted.all_five,
        **having,
    )
