"""Pages of lists by key: the next page starts after the last row seen, however many there are."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
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
        found = queryset.filter(pk__lt=after) if after else queryset
        rows = list(found.order_by("-pk")[: size + 1])
        more_before, more_after = bool(after), len(rows) > size
        rows = rows[:size]
    return Page(
        rows,
        _address(request, "before", rows[0].pk) if rows and more_before else "",
        _address(request, "after", rows[-1].pk) if rows and more_after else "",
    )


def page_in_order(
    request: HttpRequest, queryset: QuerySet, order: Any, size: int = PAGE_SIZE
) -> Page:
    """The same, by an expression that is never null and then by key, both rising.

    The address names the last row's key alone; where that row is gone the list begins anew.
    """
    rows = queryset.annotate(sort_key=order)
    after, before = (key_of(request.GET.get(name)) for name in ("after", "before"))
    mark = before or after
    everything = queryset.model._default_manager.annotate(sort_key=order)
    at = everything.filter(pk=mark).values_list("sort_key", flat=True).first() if mark else None
    if mark and at is not None and before:
        earlier = rows.filter(Q(sort_key__lt=at) | Q(sort_key=at, pk__lt=mark))
        found = list(earlier.order_by("-sort_key", "-pk")[: size + 1])
        more_before, more_after = len(found) > size, True
        found = found[:size][::-1]
    else:
        later = Q(sort_key__gt=at) | Q(sort_key=at, pk__gt=mark) if at is not None else Q()
        found = list(rows.filter(later).order_by("sort_key", "pk")[: size + 1])
        more_before, more_after = at is not None, len(found) > size
        found = found[:size]
    return Page(
        found,
        _address(request, "before", found[0].pk) if found and more_before else "",
        _address(request, "after", found[-1].pk) if found and more_after else "",
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
