"""Pages of lists by key: the next page starts after the last row seen, however many there are."""

from dataclasses import dataclass
from datetime import datetime
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


def page_by_moment(
    request: HttpRequest, queryset: QuerySet, column: str, size: int = PAGE_SIZE
) -> Page:
    """One page by a column of moments, the earliest first, rows without one left out.

    `?after=` and `?before=` name the moment and the key of a row: "2026-03-13T18:00:00+08:00~12".
    """
    queryset = queryset.exclude(**{column: None})
    after, before = (_place_of(request.GET.get(name)) for name in ("after", "before"))
    if before:
        moment, key = before
        lies = Q(**{f"{column}__lt": moment}) | Q(**{column: moment, "pk__lt": key})
        rows = list(queryset.filter(lies).order_by(f"-{column}", "-pk")[: size + 1])
        more_before, more_after = len(rows) > size, True
        rows = rows[:size][::-1]
    else:
        if after:
            moment, key = after
            lies = Q(**{f"{column}__gt": moment}) | Q(**{column: moment, "pk__gt": key})
            queryset = queryset.filter(lies)
        rows = list(queryset.order_by(column, "pk")[: size + 1])
        more_before, more_after = bool(after), len(rows) > size
        rows = rows[:size]

    def place(row: Any) -> str:
        return f"{getattr(row, column).isoformat()}~{row.pk}"

    return Page(
        rows,
        _address(request, "before", place(rows[0])) if rows and more_before else "",
        _address(request, "after", place(rows[-1])) if rows and more_after else "",
    )


def _place_of(text: str | None) -> tuple[datetime, int] | None:
    """The moment and the key that an address names; None for anything else."""
    moment, _tilde, key = (text or "").partition("~")
    try:
        read = datetime.fromisoformat(moment)
    except ValueError:
        return None
    number = key_of(key)
    return (read, number) if number is not None and read.tzinfo else None


def key_of(text: str | None) -> int | None:
    """The key of a row that an address or a form names; None for what is no key."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def _address(request: HttpRequest, name: str, key: int | str) -> str:
    query = request.GET.copy()
    for other in ("after", "before"):
        query.pop(other, None)
    query[name] = str(key)
    return f"?{query.urlencode()}"
