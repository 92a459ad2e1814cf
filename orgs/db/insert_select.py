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


def insert_or_update(
    model: type[models.Model],
    rows: QuerySet[Any],
    *,
    conflict: Sequence[str],
    update: Sequence[str],
    **columns: Any,
) -> int:
    """Makes a row of each, or brings the one with the same unique key `conflict` up to date; how many.

    Of a known row only the columns of `update` are written (which are never null), and only where one
    differs: a second run writes nothing.
    """
    statement, parameters, connection = _statement(model, rows, columns)
    changed = _columns(model, update, rows.db)
    quote = connection.ops.quote_name
    known = ", ".join(f"{quote(model._meta.db_table)}.{name}" for name in changed)
    new = ", ".join(f"EXCLUDED.{name}" for name in changed)
    sets = ", ".join(f"{name} = EXCLUDED.{name}" for name in changed)
    key = ", ".join(_columns(model, conflict, rows.db))
    with connection.cursor() as cursor:
        cursor.execute(
            f"{statement} ON CONFLICT ({key}) DO UPDATE SET {sets} WHERE ({known}) <> ({new})",
            parameters,
        )
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
    table = connections[database].ops.quote_name(model._meta.db_table)
    return f"INSERT INTO {table} ({', '.join(_columns(model, columns, database))})"


def _columns(model: type[models.Model], names: Iterable[str], database: str) -> list[str]:
    """The quoted columns of some fields."""
    fields = [cast("models.Field", model._meta.get_field(name)) for name in names]
    return [connections[database].ops.quote_name(str(field.column)) for field in fields]
