"""Pages of lists by key: the next page starts after the last row seen, however many there are."""

from collections.abc import Sequence
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


def page_of(request: HttpRequest, rows: Sequence[Any], size: int = PAGE_SIZE) -> Page:
    """The same of a list that is in memory already, from `?from=`: how many come before."""
    start = min(key_of(request.GET.get("from")) or 0, len(rows)) // size * size
    return Page(
        list(rows[start : start + size]),
        _address(request, "from", start - size) if start else "",
        _address(request, "from", start + size) if start + size < len(rows) else "",
    )


def page_by_key(
    request: HttpRequest, queryset: QuerySet, size: int = PAGE_SIZE, order: tuple[str, ...] = ()
) -> Page:
    """One page from `?after=` or `?before=`; the other filters are kept.

    Newest key first; with an `order` of columns or annotations, by these and then by key.
    """
    after, before = (key_of(request.GET.get(name)) for name in ("after", "before"))
    forward = [*order, "pk"] if order else ["-pk"]
    backward = [name[1:] if name.startswith("-") else f"-{name}" for name in forward]
    if before:
        found = queryset.filter(_beyond(queryset, before, backward)).order_by(*backward)
        rows = list(found[: size + 1])
        more_before, more_after = len(rows) > size, True
        rows = rows[:size][::-1]
    else:
        older = queryset.filter(_beyond(queryset, after, forward)) if after else queryset
        rows = list(older.order_by(*forward)[: size + 1])
        more_before, more_after = bool(after), len(rows) > size
        rows = rows[:size]
    return Page(
        rows,
        _address(request, "before", rows[0].pk) if rows and more_before else "",
        _address(request, "after", rows[-1].pk) if rows and more_after else "",
    )


def _beyond(queryset: QuerySet, key: int, order: Sequence[str]) -> Q:
    """What comes after the row of a key. Several columns cost a query, and nothing comes after a row
    that is gone."""
    names = [name.removeprefix("-") for name in order]
    values: Any = queryset.filter(pk=key).values_list(*names).first() if len(names) > 1 else (key,)
    beyond = Q(pk__in=())
    for place, name in enumerate(names if values else ()):
        side = "lt" if order[place].startswith("-") else "gt"
        same = Q(**dict(zip(names[:place], values, strict=False)))
        beyond |= same & Q(**{f"{name}__{side}": values[place]})
    return beyond


def key_of(text: str | None) -> int | None:
    """The key of a row that an address or a form names; None for what is no key."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def _address(request: HttpRequest, name: str, key: int | str) -> str:
    query = request.GET.copy()
    for other in ("after", "before"):
        query.pop(other, None)
    query[name] = str(key)
    return f"?{query.urlencode()}"
