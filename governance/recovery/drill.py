"""The restore drill: a backup is made, restored beside the portal, looked at, and thrown away again."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from governance.recovery import backups
from orgs.db import append_only


@dataclass(frozen=True)
class Drilled:
    """What a drill found: the same numbers twice, or it would have failed."""

    rows: int
    tables: int
    files: int
    protected: int


def drill(*, folder: Path | None, now: datetime) -> Drilled:
    """Restores a backup (a new one where none is named) into a scratch database and folder.

    The restore is `manage.py restore` in a process of its own, as an operator runs it. Raises
    BackupRefused when anything differs.
    """
    with tempfile.TemporaryDirectory(prefix="drill-") as name, _scratch(Path(name)) as scratch:
        if folder is None:
            folder = Path(name) / "backup"
            backups.back_up(folder=folder, now=now)
        manifest = backups.read(folder)
        uploads = Path(name) / "media"
        _restore(folder, scratch, Path(name), uploads)
        rows = backups.row_counts(scratch)
        # The restore itself is in the audit.
        rows["orgs_auditentry"] -= 1
        files = backups.file_digests(FileSystemStorage(location=uploads))
        if (rows, files) != (manifest.tables, manifest.files):
            raise backups.BackupRefused("The restored portal is not equal to its backup.")
        return Drilled(sum(rows.values()), len(rows), len(files), _protected(scratch))


@contextmanager
def _scratch(folder: Path) -> Iterator[BaseDatabaseWrapper]:
    """An empty database beside the portal's own, gone afterwards."""
    scratch = connection.copy()
    if connection.vendor != "postgresql":
        scratch.settings_dict["NAME"] = str(folder / "portal.sqlite3")
        try:
            yield scratch
        finally:
            scratch.close()
        return
    name = f"{connection.settings_dict['NAME']}_drill"
    scratch.settings_dict["NAME"] = name
    quoted = connection.ops.quote_name(name)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {quoted}")
        cursor.execute(f"CREATE DATABASE {quoted} TEMPLATE template0")
    try:
        yield scratch
    finally:
        scratch.close()
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {quoted} WITH (FORCE)")


def _restore(folder: Path, scratch: BaseDatabaseWrapper, data: Path, uploads: Path) -> None:
    there = {"DATA_DIR": str(data), "MEDIA_ROOT": str(uploads), "S3_BUCKET": ""}
    there["DATABASE_URL"] = _address(scratch) if scratch.vendor == "postgresql" else ""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "manage.py", "restore", str(folder)],
        cwd=settings.BASE_DIR,
        env=os.environ | there,
        check=False,
    )
    if done.returncode:
        raise backups.BackupRefused("The restore failed; what it says stands above.")


def _address(database: BaseDatabaseWrapper) -> str:
    """The DATABASE_URL of a database beside the portal's own."""
    return (
        urlsplit(os.environ["DATABASE_URL"])
        ._replace(path="/" + quote(str(database.settings_dict["NAME"])))
        .geturl()
    )


def _protected(scratch: BaseDatabaseWrapper) -> int:
    """The number of append-only tables, each of which must refuse a change here too."""
    tables = [model._meta.db_table for model in append_only.protected_models()]
    for table in tables:
        try:
            with scratch.cursor() as cursor:
                cursor.execute(f"DELETE FROM {scratch.ops.quote_name(table)}")  # noqa: S608
                changed = cursor.rowcount
        except DatabaseError:
            continue
        if changed:
            raise backups.BackupRefused(f"{table} can be changed in the restored portal.")
    return len(tables)
