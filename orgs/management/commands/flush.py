"""Django's flush, for the demo and for tests only: it empties append-only tables too."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.base import CommandError
from django.core.management.commands import flush
from django.core.management.sql import emit_post_migrate_signal
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from orgs.db import append_only

_KEPT = {ContentType._meta.db_table, Permission._meta.db_table}


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        using = options["database"]
        connection = connections[using]
        name = str(connection.settings_dict["NAME"])
        if not (settings.DEMO or name.startswith("test_") or "mode=memory" in name):
            raise CommandError("The audit of this portal is kept: flush works in the demo only.")
        everything = append_only.protected_models()
        with append_only.lifted(*everything, by=None, reason="flush", using=using):
            if connection.vendor == "postgresql" and not options.get("reset_sequences", True):
                _delete_rows(connection)
                emit_post_migrate_signal(options["verbosity"], False, using)
            else:
                super().handle(**options)


def _delete_rows(connection: BaseDatabaseWrapper) -> None:
    """Empties the tables that hold rows, as a test leaves them; permissions stay, as they would come back.

    TRUNCATE gives each of some 300 tables and each of their indexes a new file: two seconds after every
    test that commits, where a few dozen tables hold a few rows.
    """
    tables = [
        connection.ops.quote_name(table)
        for table in connection.introspection.django_table_names(
            only_existing=True, include_views=False
        )
        if table not in _KEPT
    ]
    held = " UNION ALL ".join(
        f"SELECT {number} WHERE EXISTS (SELECT FROM {table})"  # noqa: S608 (names of our own tables)
        for number, table in enumerate(tables)
    )
    with connection.cursor() as cursor:
        cursor.execute(held)
        for (number,) in cursor.fetchall():
            # Keys to other tables are compared at the end of the transaction.
            cursor.execute(f"DELETE FROM {tables[number]}")  # noqa: S608 (as above)
