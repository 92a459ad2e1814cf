"""Pages of lists by key: the next page starts after the last row seen, however many there are."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

PAGE_SIZE = 50


@dataclass(frozen=True)
class Page:
    """Some rows, and the addresses of what lies before and after them ("" for nothing)."""

    rows: list[Any]
    previous: str
    next: str


def page_by_key(request: HttpRequest, queryset: QuerySet, size: int = PAGE_SIZE) -> Page:
    """One page, newest key first, from `?after=` or `?before=`; the other filters are kept."""
    after, before = (key_of(request.GET.get(name)) for name in ("after", "before"))
    if before:
        rows = list(queryset.filter(pk__gt=before).order_by("pk")[: size + 1])
        more_before, more_after = len(rows) > size, True
        rows = rows[:size][::-1]
    else:
        older = queryset.filter(pk__lt=after) if after else queryset
        rows = list(older.order_by("-pk")[: size + 1])
        more_before, more_after = bool(after), len(rows) > size
        rows = rows[:size]
    return Page(
        rows,
        _address(request, "before", rows[0].pk) if rows and more_before else "",
        _address(request, "after", rows[-1].pk) if rows and more_after else "",
    )


def key_of(text: str | None) -> int | None:
    """The key of a row that an address or a form names; None for what is no key."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def _address(request: HttpRequest, name: str, key: int) -> str:
    query = request.GET.copy()
    for other in ("after", "before"):
        query.pop(other, None)
    query[name] = str(key)
    return f"?{query.urlencode()}"
