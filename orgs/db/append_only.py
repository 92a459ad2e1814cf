"""Rows that may be added and never changed: the database itself refuses, by triggers.

Of some models a few columns stay free; every other column is written once: where it was empty it may
be filled, and what it holds then stays. Such rows are never deleted either. Of some the rows are free as
long as they are drafts, which a column says, and frozen from then on.

This is the one module that makes the triggers, on SQLite and PostgreSQL alike. They are made again
after every migrate, because SQLite loses them when a migration rebuilds the table.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.operations.base import Operation

from orgs.audit import audit

if TYPE_CHECKING:
    from orgs.scoping import Person

# The free columns of each model; None where nothing may change at all.
_protected: dict[str, Collection[str] | None] = {"orgs.AuditEntry": None, "orgs.AuditSeal": None}
# The column, and its value, by which a row of a model is a draft.
_drafts: dict[str, tuple[str, str]] = {}

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = ANY(string_to_array(current_setting('portal.lifted', true), ',')) THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_NARGS > 2 AND to_jsonb(OLD) ->> TG_ARGV[1] = TG_ARGV[2] THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND TG_NARGS > 0
        AND to_jsonb(NEW) @> jsonb_strip_nulls(to_jsonb(OLD) - string_to_array(TG_ARGV[0], ','))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
_POSTGRESQL = (
    "CREATE OR REPLACE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION refuse_change({free})",
    "CREATE OR REPLACE TRIGGER append_only_table BEFORE TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)
_SQLITE_EVENTS = ("UPDATE", "DELETE")


def register(
    label: str, *, free: Collection[str] | None = None, draft: tuple[str, str] | None = None
) -> None:
    """Protects one more model ("tasks.Event"); an app calls it when it is ready.

    With `free` the named columns may change, and the others be filled once. With `draft` (a column
    and its value) a row that has it may change freely, and go. Only together with `free`.
    """
    _protected[label] = free
    if draft:
        assert free is not None, "a row that was a draft keeps some columns free, be it none"
        _drafts[label] = draft


def protected_models() -> list[Any]:
    """The protected models."""
    return [apps.get_model(label) for label in _protected]


def protect(using: str = "default") -> None:
    """Makes all triggers. Tables not made yet are left out."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    models = [model for model in protected_models() if model._meta.db_table in existing]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if connection.vendor == "postgresql" and models:
            cursor.execute(_FUNCTION)
        for model in models:
            for statement in _statements(connection, model):
                cursor.execute(statement)


@contextmanager
def lifted(
    *models: Any, by: "Person | None", reason: str, using: str = "default"
) -> Iterator[None]:
    """Inside, rows of these models may be changed; one transaction, and the lifting itself is audited.

    Other tables stay protected. For undoing imports and for emptying a test database. Nobody else is
    let in meanwhile: SQLite's one writer is us, and PostgreSQL lifts for this transaction only.
    """
    connection = connections[using]
    with transaction.atomic(using=using):
        audit.record("append_only.lift", by=by, detail={"reason": reason})
        with connection.cursor() as cursor:
            _lift(connection, cursor, [model._meta.db_table for model in models])
        yield
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('portal.lifted', '', true)")
        else:
            protect(using)


class Lift(Operation):
    """In a migration: for the rest of it the rows of some tables may be changed.

    It names tables, since the models of a later day may not fit the database of that moment. On
    SQLite the triggers come back at the end of the upgrade (`protect`), on PostgreSQL at once.
    """

    reversible = True

    def __init__(self, *tables: str) -> None:
        self.tables = tables

    def deconstruct(self) -> Any:
        return type(self).__name__, self.tables, {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing: the models do not know of it."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        with schema_editor.connection.cursor() as cursor:
            _lift(schema_editor.connection, cursor, self.tables)

    database_backwards = database_forwards

    def describe(self) -> str:
        return f"Lift append-only of {', '.join(self.tables)}"


def _lift(connection: BaseDatabaseWrapper, cursor: Any, tables: Collection[str]) -> None:
    """Until the end of the transaction (PostgreSQL), or until they are made again (SQLite)."""
    if connection.vendor == "postgresql":
        cursor.execute("SELECT set_config('portal.lifted', %s, true)", [",".join(tables)])
        return
    for table in tables:
        for event in _SQLITE_EVENTS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {_trigger(table, event)}")


def _trigger(table: str, event: str) -> str:
    return f"append_only_{table}_{event.lower()}"


def _statements(connection: BaseDatabaseWrapper, model: Any) -> list[str]:
    table, free = model._meta.db_table, _protected[model._meta.label]
    draft = _drafts.get(model._meta.label)
    if connection.vendor == "postgresql":
        names = "" if free is None else f"'{','.join(free)}'"
        if draft:
            names += f", '{draft[0]}', '{draft[1]}'"
        quoted = connection.ops.quote_name(table)
        return [statement.format(table=quoted, free=names) for statement in _POSTGRESQL]
    changed = "" if free is None else f"WHEN ({_overwritten(model, free)}) "
    removed = ""
    if draft:
        frozen = f"OLD.\"{draft[0]}\" IS NOT '{draft[1]}'"
        changed, removed = f"{changed}AND {frozen} ", f"WHEN {frozen} "
    return [
        statement
        for event in _SQLITE_EVENTS
        for statement in (
            f"DROP TRIGGER IF EXISTS {_trigger(table, event)}",
            f"CREATE TRIGGER {_trigger(table, event)} BEFORE {event} ON {table} "
            f"{changed if event == 'UPDATE' else removed}"
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
        )
    ]


def _overwritten(model: Any, free: Collection[str]) -> str:
    """For SQLite: whether a column that is not free gets another value than the one it had."""
    kept = (f'"{field.column}"' for field in model._meta.concrete_fields)
    return " OR ".join(
        f"(OLD.{column} IS NOT NULL AND NEW.{column} IS NOT OLD.{column})"
        for column in kept
        if column.strip('"') not in free
    )
