"""Many rows at once: INSERT … SELECT, which the ORM does not write."""

from typing import Any, cast

from django.db import connections, models
from django.db.models import QuerySet


def insert_from(model: type[models.Model], rows: QuerySet[Any], **columns: Any) -> list[int]:
    """Makes a row of `model` from each of `rows`, in one statement; answers the keys of the new rows.

    `columns` gives every column of the model but its key an expression over `rows`. What a unique
    key refuses is left out.
    """
    fields = [cast("models.Field", model._meta.get_field(name)) for name in columns]
    named = {f"new_{name}": value for name, value in columns.items()}
    chosen = rows.order_by().annotate(**named).values_list(*named)
    sql, parameters = chosen.query.sql_with_params()
    connection = connections[chosen.db]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(model._meta.db_table)} ({names}) {sql} ON CONFLICT DO NOTHING"
            f" RETURNING {quote(str(model._meta.pk.column))}",
            parameters,
        )
        return [key for (key,) in cursor.fetchall()]
