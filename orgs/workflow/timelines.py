"""Reading the timelines since the last time: for jobs that follow what happens."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from orgs.models import Bookmark

# Transactions under way may still add entries before the last one seen: so long we look back.
SETTLED_AFTER = timedelta(minutes=2)


def read_events(
    name: str,
    handle: Callable[[list[Any]], None],
    *,
    events: QuerySet[Any],
    now: datetime,
    at_once: int,
    oldest: timedelta | None = None,
) -> bool:
    """Gives `handle` the entries after the bookmark, some at a time; False where others read them.

    The bookmark stays before the first entry that others may still join, so `handle` meets the
    latest ones again. `oldest`: the very first time nothing older is read.
    """
    with transaction.atomic():
        bookmark = _claimed(name, events, now, oldest)
        if bookmark is None:
            return False
        last, settled = bookmark.position, True
        while batch := list(events.filter(pk__gt=last).order_by("pk")[:at_once]):
            handle(batch)
            last = batch[-1].pk
            if settled:
                fresh = next((event for event in batch if event.at > now - SETTLED_AFTER), None)
                bookmark.position = fresh.pk - 1 if fresh else last
                settled = fresh is None
        bookmark.save(update_fields=["position"])
    return True


def _claimed(
    name: str, events: QuerySet[Any], now: datetime, oldest: timedelta | None
) -> Bookmark | None:
    """The bookmark, locked; None where another worker has it."""
    rows = Bookmark.objects.filter(name=name)
    if (bookmark := rows.select_for_update(skip_locked=True).first()) or rows.exists():
        return bookmark
    position = None
    if oldest:
        past = events.model._default_manager.filter(at__lt=now - oldest).order_by("-pk")
        position = past.values_list("pk", flat=True).first()
    # Begun by two at once, one of them reads.
    bookmark, is_new = rows.get_or_create(name=name, defaults={"position": position or 0})
    return bookmark if is_new else None
