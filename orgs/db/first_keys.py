"""The keys of several lists in one statement, which the ORM does not write for all databases."""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet


def first_keys(*lists: QuerySet[Any]) -> list[list[int]]:
    """The keys of each list, in its order: of rows that are then read by them, all lists' at once.

    Lists that are cut off cannot be joined by `union` on SQLite; nested one in another they can, but
    then the ORM writes each of them several times.
    """
    parts: list[str] = []
    parameters: list[Any] = []
    keys: list[list[int]] = [[] for _list in lists]
    for number, rows in enumerate(lists):
        try:
            sql, values = rows.values("pk").query.sql_with_params()
        except EmptyResultSet:  # what nobody can see needs no asking
            continue
        part = f"SELECT {number}, part{number}.* FROM ({sql}) part{number}"  # noqa: S608  the ORM's own
        parts.append(part)
        parameters += values
    if parts:
        with connections[lists[0].db].cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), parameters)
            for number, key in cursor.fetchall():
                keys[number].append(key)
    return keys
