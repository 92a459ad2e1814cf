"""Rows that may be added and never changed: the database itself refuses, by triggers.

This is the one module that makes them, on SQLite and PostgreSQL alike. They are made again after
every migrate, because SQLite loses them when a migration rebuilds the table.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from orgs.audit import audit

if TYPE_CHECKING:
    from orgs.scoping import Person

_protected: list[str] = ["orgs.AuditEntry", "orgs.AuditSeal"]

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = ANY(string_to_array(current_setting('portal.lifted', true), ',')) THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
_POSTGRESQL = (
    "CREATE OR REPLACE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE OR REPLACE TRIGGER append_only_table BEFORE TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)
_SQLITE_EVENTS = ("UPDATE", "DELETE")


def register(label: str) -> None:
    """Protects one more model ("tasks.Event"); an app calls it when it is ready."""
    if label not in _protected:
        _protected.append(label)


def protected_models() -> list[Any]:
    """The protected models."""
    return [apps.get_model(label) for label in _protected]


def protect(using: str = "default", **kwargs: Any) -> None:
    """Makes all triggers; a receiver of post_migrate. Tables not made yet are left out."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    tables = [table for table in _tables() if table in existing]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if connection.vendor == "postgresql" and tables:
            cursor.execute(_FUNCTION)
        for table in tables:
            for statement in _statements(connection, table):
                cursor.execute(statement)


@contextmanager
def lifted(*, by: "Person | None", reason: str, using: str = "default") -> Iterator[None]:
    """Inside, protected rows may be changed; one transaction, and the lifting itself is audited.

    For retention jobs and for emptying a test database. Nobody else is let in meanwhile: SQLite's
    one writer is us, and PostgreSQL lifts for this transaction only.
    """
    connection = connections[using]
    with transaction.atomic(using=using):
        audit.record("append_only.lift", by=by, detail={"reason": reason})
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT set_config('portal.lifted', %s, true)", [",".join(_tables())]
                )
            else:
                for table in _tables():
                    for event in _SQLITE_EVENTS:
                        cursor.execute(f"DROP TRIGGER IF EXISTS {_trigger(table, event)}")
        yield
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('portal.lifted', '', true)")
        else:
            protect(using)


def _tables() -> list[str]:
    return [model._meta.db_table for model in protected_models()]


def _trigger(table: str, event: str) -> str:
    return f"append_only_{table}_{event.lower()}"


def _statements(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    if connection.vendor == "postgresql":
        return [
            statement.format(table=connection.ops.quote_name(table)) for statement in _POSTGRESQL
        ]
    return [
        f"CREATE TRIGGER IF NOT EXISTS {_trigger(table, event)} BEFORE {event} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for event in _SQLITE_EVENTS
    ]
