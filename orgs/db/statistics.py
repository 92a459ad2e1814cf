"""What the database's planner knows of its tables."""

from django.db import connection, models


def refresh(*tables: type[models.Model]) -> None:
    """After very many rows at once: counts the tables of these models anew, or all tables.

    PostgreSQL does so by itself, some time after the commit. Until then it takes a table for as small as
    it was, and a query for everybody in sight of a reader was seen to take twenty minutes.
    (SQLite plans by the schema.)
    """
    if connection.vendor != "postgresql":
        return
    # In one order: two that refresh at once do not wait for each other crosswise.
    names = sorted(connection.ops.quote_name(table._meta.db_table) for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(names)}")
