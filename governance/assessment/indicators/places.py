"""Whose place a row lies at: the street, community or compound of its unit."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import F, OuterRef, Subquery

from governance.assessment.enums import SubjectKind
from governance.assessment.indicators.registry import Rows, Source, Window
from orgs.models import Unit

LEVELS = {SubjectKind.STREET: 0, SubjectKind.COMMUNITY: 1, SubjectKind.COMPOUND: 2}


def place_at(level: int, path: str) -> Any:
    """The key of the unit of a level around (or at) the unit that `path` leads to."""
    around = Unit.objects.filter(
        tree_id=OuterRef(f"{path}tree_id"),
        lft__lte=OuterRef(f"{path}lft"),
        rght__gte=OuterRef(f"{path}rght"),
        level=level,
    ).order_by()
    return Subquery(around.values("pk")[:1])


Counting = Callable[[Window], tuple[Any, Any, Any]]


def by_place(count: Counting, path: str) -> Mapping[SubjectKind, Source]:
    """Sources for streets, communities and compounds of rows whose unit `path` leads to.

    `count` gives the rows with the expressions of both sides.
    """
    return {kind: _at(count, path, level) for kind, level in LEVELS.items()}


def _at(count: Counting, path: str, level: int) -> Source:
    def source(window: Window) -> Rows:
        rows, numerator, denominator = count(window)
        rows = rows.filter(**{f"{path}tree_id__in": window.trees, f"{path}level__gte": level})
        return Rows(rows, place_at(level, path), F("pk"), numerator, denominator)

    return source


def by_column(count: Counting, column: str, **condition: Any) -> Source:
    """A source of rows that name their subject in a column."""

    def source(window: Window) -> Rows:
        rows, numerator, denominator = count(window)
        rows = rows.filter(**{f"{column}__isnull": False}, **condition)
        return Rows(rows, F(column), F("pk"), numerator, denominator)

    return source
