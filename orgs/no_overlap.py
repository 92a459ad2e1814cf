"""A migration operation: rows of one owner whose days may not overlap."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class NoOverlap(Operation):
    """An exclusion constraint over `owner` and the days from `starts` to `ends`, both included.

    PostgreSQL only. SQLite has no such constraint, and needs none: its writers come one by one, so
    what the use-case looked at is still so when it writes. The owner is compared as a range of one
    number, for which PostgreSQL needs no extension.
    """

    reversible = True

    def __init__(self, model: str, name: str, owner: str) -> None:
        self.model, self.name, self.owner = model, name, owner

    def deconstruct(self) -> Any:
        return type(self).__name__, [self.model, self.name, self.owner], {}

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
        schema_editor.execute(
            f"ALTER TABLE {schema_editor.quote_name(model._meta.db_table)} "
            f"ADD CONSTRAINT {schema_editor.quote_name(self.name)} EXCLUDE USING gist "
            f"(int8range({owner}, {owner}, '[]') WITH &&, daterange(starts, ends, '[]') WITH &&)"
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
        return f"Refuse overlapping days of {self.model}"
