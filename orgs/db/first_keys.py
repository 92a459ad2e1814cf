"""The keys of several lists in one statement, which the ORM does not write for all databases."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

# Its SQL and the values in it; no SQL where there is nothing to ask.
Statement: TypeAlias = tuple[str, Sequence[Any]]


def first_keys(*lists: QuerySet[Any]) -> list[list[int]]:
    """The keys of each list, in its order: of rows that are then read by them, all lists' at once."""
    return keys_of(keys_statement(*lists), len(lists))


def keys_statement(*lists: QuerySet[Any]) -> Statement:
    """What reads them; for `keys_of`.

    Lists that are cut off cannot be joined by `union` on SQLite; nested one in another they can, but
    then the ORM writes each of them several times.
    """
    parts: list[str] = []
    parameters: list[Any] = []
    for number, rows in enumerate(lists):
        sql, values = statement_of(rows.values("pk"))
        if sql:
            part = f"SELECT {number}, part{number}.* FROM ({sql}) part{number}"  # noqa: S608  the ORM's own
            parts.append(part)
            parameters += values
    return " UNION ALL ".join(parts), parameters


def keys_of(statement: Statement, lists: int) -> list[list[int]]:
    """The keys of so many lists, read by their statement."""
    keys: list[list[int]] = [[] for _list in range(lists)]
    for number, key in read(statement):
        keys[number].append(key)
    return keys


def statement_of(rows: QuerySet[Any]) -> Statement:
    """How the ORM would read some rows."""
    try:
        return rows.query.sql_with_params()
    except EmptyResultSet:  # what nobody can see needs no asking
        return "", ()


def read(statement: Statement) -> list[tuple[Any, ...]]:
    """The rows of a statement, as the database gives them."""
    sql, values = statement
    if not sql:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
