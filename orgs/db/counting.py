"""Small counts of several tables, read in one statement."""

from collections import defaultdict
from typing import Any, TypeAlias

from django.db.models import QuerySet, Value

# Of each name the rows that were counted: two texts and two numbers.
Counts: TypeAlias = dict[str, list[tuple[str, str, int, int]]]


def counted(name: str, rows: QuerySet, *texts: Any, number: Any, more: Any = 0) -> QuerySet:
    """Rows counted by up to two texts, under a name that no other query beside it has.

    What is left out is "" or 0. Counted by no text, it is always one row.
    """
    first, second = (*texts, Value(""), Value(""))[:2]
    by_texts = rows.order_by().values_list(Value(name), first, second)
    return by_texts.annotate(number=number, more=more or Value(0))


def counts_of(queries: list[QuerySet]) -> Counts:
    """The rows of several queries made by `counted`; one statement, none for no queries."""
    counts: Counts = defaultdict(list)
    if queries:
        first, *others = queries
        for name, *row in first.union(*others, all=True) if others else first:
            counts[name].append(tuple(row))
    return counts
