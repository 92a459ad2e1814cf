"""Rows that were counted take the place of those before; what is the same is not written."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from governance.dashboards.enums import Part
from governance.dashboards.models import Reckoning

AT_ONCE = 500


@contextmanager
def reckoning(part: Part, now: datetime) -> Iterator[bool]:
    """Counts a part in one transaction, true as of `now` afterwards.

    Whoever counts the same waits; False where a newer count is there already, which an older one
    must not cover.
    """
    Reckoning.objects.get_or_create(part=part)
    with transaction.atomic():
        row = Reckoning.objects.select_for_update().get(part=part)
        is_due = row.as_of is None or row.as_of <= now
        yield is_due
        if is_due:
            row.as_of = now
            row.save(update_fields=["as_of"])


def replace(
    kept: QuerySet[Any], key: tuple[str, ...], wanted: Mapping[tuple[Any, ...], Mapping[str, Any]]
) -> int:
    """Makes the kept rows be the wanted ones, by their key; answers how many were written.

    Every wanted row names the same columns.
    """
    model = kept.model
    columns = list(next(iter(wanted.values()), {}))
    new, changed, gone = dict(wanted), [], []
    for row in kept.order_by("pk"):
        values = new.pop(tuple(getattr(row, name) for name in key), None)
        if values is None:
            gone.append(row.pk)
        elif any(getattr(row, name) != value for name, value in values.items()):
            vars(row).update(values)
            changed.append(row)
    for start in range(0, len(gone), AT_ONCE):
        model.objects.filter(pk__in=gone[start : start + AT_ONCE]).delete()
    if changed:
        model.objects.bulk_update(changed, columns, batch_size=AT_ONCE)
    model.objects.bulk_create(
        [
            model(**dict(zip(key, values_of_key, strict=True)), **values)
            for values_of_key, values in new.items()
        ],
        batch_size=AT_ONCE,
    )
    return len(gone) + len(changed) + len(new)
