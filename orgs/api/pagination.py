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
