"""Rows of one owner that may not overlap: by days, or by moments. The database refuses.

By days (`starts` to `ends`, both included) it is an exclusion constraint on PostgreSQL alone: SQLite's
writers come one by one, so what the use-case looked at is still so when it writes.

By moments (`starts_at` to `ends_at`, half-open: back to back is no overlap) SQLite refuses as well, by
triggers. An app registers such a model when it is ready: the triggers are made again after every
migrate, because SQLite loses them when a migration rebuilds the table.
"""

from typing import Any

from django.apps import apps
from django.db import connections, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# Model label -> its owner, and the column that says whether a row counts ("": every row).
_moments: dict[str, tuple[str, str]] = {}


class NoOverlap(Operation):
    """An exclusion constraint over `owner` and days, or `moments`, of the rows that `live` says.

    The owner is compared as a range of one number, for which PostgreSQL needs no extension.
    """

    reversible = True

    def __init__(
        self, model: str, name: str, owner: str, *, moments: bool = False, live: str = ""
    ) -> None:
        self.model, self.name, self.owner = model, name, owner
        self.moments, self.live = moments, live

    def deconstruct(self) -> Any:
        options = {"moments": True, "live": self.live} if self.moments else {}
        return type(self).__name__, [self.model, self.name, self.owner], options

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing: the models do not know of it."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return
        model = to_state.apps.get_model(app_label, self.model)
        owner = schema_editor.quote_name(model._meta.get_field(self.owner).column)
        span = "daterange(starts, ends, '[]')"
        if self.moments:
            span = "tstzrange(starts_at, ends_at, '[)')"
        counted = f" WHERE ({schema_editor.quote_name(self.live)})" if self.live else ""
        schema_editor.execute(
            f"ALTER TABLE {schema_editor.quote_name(model._meta.db_table)} "
            f"ADD CONSTRAINT {schema_editor.quote_name(self.name)} EXCLUDE USING gist "
            f"(int8range({owner}, {owner}, '[]') WITH &&, {span} WITH &&){counted}"
        )

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            model = from_state.apps.get_model(app_label, self.model)
            schema_editor.execute(
                f"ALTER TABLE {schema_editor.quote_name(model._meta.db_table)} "
                f"DROP CONSTRAINT {schema_editor.quote_name(self.name)}"
            )

    def describe(self) -> str:
        return f"Refuse overlapping {'moments' if self.moments else 'days'} of {self.model}"


def register(label: str, *, owner: str, live: str = "") -> None:
    """Lets SQLite, too, refuse overlapping moments of a model ("service.CreditedInterval")."""
    _moments[label] = (owner, live)


def protect(using: str = "default") -> None:
    """Makes the triggers of SQLite. Tables not made yet are left out."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    existing = set(connection.introspection.table_names())
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for label, (owner, live) in _moments.items():
            model = apps.get_model(label)
            if model._meta.db_table in existing:
                for statement in _triggers(model, owner, live):
                    cursor.execute(statement)


def _triggers(model: Any, owner: str, live: str) -> list[str]:
    """Moments are kept as text of one form, in UTC, which compares as they do."""
    table, column = model._meta.db_table, model._meta.get_field(owner).column
    key = model._meta.pk.column
    counts = f'AND NEW."{live}" ' if live else ""
    other_counts = f'AND "{live}" ' if live else ""
    statements = []
    for event in ("INSERT", "UPDATE"):
        name = f"no_overlap_{table}_{event.lower()}"
        itself = f'AND "{key}" <> OLD."{key}" ' if event == "UPDATE" else ""
        statements += [
            f"DROP TRIGGER IF EXISTS {name}",
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN EXISTS ("  # noqa: S608 (our own names)
            f'SELECT 1 FROM {table} WHERE "{column}" = NEW."{column}" {itself}{other_counts}{counts}'
            f'AND "starts_at" < NEW."ends_at" AND "ends_at" > NEW."starts_at") '
            f"BEGIN SELECT RAISE(ABORT, '{table}: overlap'); END",
        ]
    return statements
