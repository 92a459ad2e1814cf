"""Lists page by key, never by offset."""

from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from orgs.errors import Refused
from orgs.web.paging import key_of, page_by_key


def _nowhere() -> Refused:
    return Refused(_("This cursor leads nowhere: start at the first page."), code="bad_cursor")


def _fits(queryset: QuerySet, ordering: Any, cursor: Any) -> bool:
    """Whether the position of a cursor can be compared with the column that orders the list."""
    position = cursor.position
    if position is None:
        return True
    if "\0" in position:
        return False
    try:
        field = queryset.model._meta.get_field(ordering[0].lstrip("-"))
        value = field.to_python(position)
    except FieldDoesNotExist:  # a column of the query; the database says
        return True
    except (ValidationError, ValueError, OverflowError):
        return False
    return not isinstance(value, int) or abs(value) < 2**63


class KeyPagination(CursorPagination):
    """`{results, next, previous}`, newest first unless the view orders otherwise."""

    ordering = "-id"
    page_size_query_param = "limit"
    max_page_size = 200

    def decode_cursor(self, request: Request) -> Any:
        try:
            return super().decode_cursor(request)
        except NotFound:
            raise _nowhere() from None

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        """A cursor that is well made but names no place in the list is refused too."""
        cursor = self.decode_cursor(request)
        if cursor is not None and not _fits(
            queryset, self.get_ordering(request, queryset, view), cursor
        ):
            raise _nowhere()
        return super().paginate_queryset(queryset, request, view)

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {"results": data, "next": self.get_next_link(), "previous": self.get_previous_link()}
        )


class SortedPagination(KeyPagination):
    """The same for a list in another order: pages start after the key of the last row seen.

    The view says in `sorted_by` by which columns or annotations; nothing for newest first.
    """

    found: Any = None

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        """Raises Refused for an address that names no row."""
        if not (order := view.sorted_by):
            return super().paginate_queryset(queryset, request, view)
        asked = request.query_params
        keys = [asked[name] for name in ("after", "before") if asked.get(name)]
        # A cursor belongs to the list in its usual order.
        if asked.get(self.cursor_query_param) or None in map(key_of, keys):
            raise _nowhere()
        size = self.get_page_size(request) or self.max_page_size
        self.request, self.found = request, page_by_key(request, queryset, size, tuple(order))
        return self.found.rows

    def get_next_link(self) -> str | None:
        return self._link(self.found.next) if self.found else super().get_next_link()

    def get_previous_link(self) -> str | None:
        return self._link(self.found.previous) if self.found else super().get_previous_link()

    def _link(self, query: str) -> str | None:
        address: str = self.request.build_absolute_uri(self.request.path)
        return f"{address}{query}" if query else None
