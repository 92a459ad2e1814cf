"""Many rows at once: INSERT … SELECT, which the ORM does not write, and plain rows without an object each."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django.db import connections, models, router
from django.db.models import QuerySet


def insert_from(model: type[models.Model], rows: QuerySet[Any], **columns: Any) -> list[int]:
    """Makes a row of `model` from each of `rows`, in one statement; answers the keys of the new rows.

    `columns` gives every column of the model but its key an expression over `rows`. What a unique
    key refuses is left out.
    """
    statement, parameters, connection = _statement(model, rows, columns)
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            f"{statement} ON CONFLICT DO NOTHING RETURNING {quote(str(model._meta.pk.column))}",
            parameters,
        )
        return [key for (key,) in cursor.fetchall()]


def insert_all(model: type[models.Model], rows: QuerySet[Any], **columns: Any) -> int:
    """The same for any number of rows: answers how many, and keeps none of them in memory.

    What a unique key refuses breaks it.
    """
    statement, parameters, connection = _statement(model, rows, columns)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


# SQLite takes 32,766 parameters in a statement.
_PARAMETERS = 30_000


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Makes rows of values as the columns hold them, by a statement for thousands; an object for each
    would take most of the time."""
    into = _into(model, columns, router.db_for_write(model))
    place = f"({', '.join(['%s'] * len(columns))})"
    at_once = _PARAMETERS // len(columns)
    with connections[router.db_for_write(model)].cursor() as cursor:
        for start in range(0, len(rows), at_once):
            part = rows[start : start + at_once]
            places = ", ".join([place] * len(part))
            cursor.execute(f"{into} VALUES {places}", [value for row in part for value in row])


def _statement(
    model: type[models.Model], rows: QuerySet[Any], columns: dict[str, Any]
) -> tuple[str, Any, Any]:
    named = {f"new_{name}": value for name, value in columns.items()}
    chosen = rows.order_by().annotate(**named).values_list(*named)
    sql, parameters = chosen.query.sql_with_params()
    return f"{_into(model, columns, chosen.db)} {sql}", parameters, connections[chosen.db]


def _into(model: type[models.Model], columns: Iterable[str], database: str) -> str:
    """INSERT INTO the table, with the columns of some fields."""
    quote = connections[database].ops.quote_name
    fields = [cast("models.Field", model._meta.get_field(name)) for name in columns]
    names = ", ".join(quote(str(field.column)) for field in fields)
    return f"INSERT INTO {quote(model._meta.db_table)} ({names})"
