"""Django's migrate, one at a time: machines that start together bring the database up to date once.

At its end the triggers are made again that SQLite loses when a table is rebuilt.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Any

from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from orgs import no_overlap
from orgs.db import append_only

# Any number, the same everywhere: whoever holds it migrates.
LOCK = 421_102_001


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with alone(connections[options["database"]], self.say(options)):
            super().handle(*args, **options)
            if not (options["plan"] or options["check_unapplied"]):
                append_only.protect(options["database"])
                no_overlap.protect(options["database"])

    def say(self, options: dict[str, Any]) -> Any:
        """Tells that another is at work, unless asked to be quiet."""
        return (lambda text: self.stdout.write(text)) if options["verbosity"] else lambda text: None


@contextmanager
def alone(connection: BaseDatabaseWrapper, say: Any) -> Iterator[None]:
    """Waits until nobody else migrates this database; an end of the process frees it at once.

    PostgreSQL keeps an advisory lock with the connection; beside an SQLite file lies a lock file.
    """
    held = _postgresql if connection.vendor == "postgresql" else _file
    with held(connection, lambda: say("Another process migrates; waiting for it ...")):
        yield


@contextmanager
def _postgresql(connection: BaseDatabaseWrapper, wait: Any) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            wait()
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


@contextmanager
def _file(connection: BaseDatabaseWrapper, wait: Any) -> Iterator[None]:
    name = str(connection.settings_dict["NAME"])
    if "mode=memory" in name or name == ":memory:":
        yield
        return
    with Path(f"{name}.migrating").open("w") as lock:
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            wait()
            flock(lock, LOCK_EX)
        yield
