"""Related rows that are known without asking, kept where `prefetch_related` keeps its own.

Django has no public way to put them there (decision 0036): this is the one place that does.
"""

from typing import Any

from django.db.models import Model, QuerySet

_CACHE = "_prefetched_objects_cache"


def remember(row: Model, **related: QuerySet[Any]) -> None:
    """What the related managers of a row answer from now on; of others nothing is known any more."""
    vars(row)[_CACHE] = related


def knows(row: Model, name: str) -> bool:
    """Whether the rows of a related manager are known, so that they cost no statement."""
    return name in vars(row).get(_CACHE, ())


def evaluated(rows: QuerySet[Any], *known: Any) -> QuerySet[Any]:
    """A queryset that has been read, and gave these rows."""
    rows._result_cache = list(known)
    return rows
