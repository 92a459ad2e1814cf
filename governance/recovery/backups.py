"""Backups: the database as of one moment, the uploads, and a list of both by which a restore is proved.

A backup is a folder: `manifest.json`, the database (`pg_dump`'s own format, or an SQLite file) and
`media/`. It is written beside its place and moved there when whole. The three secrets are not in it;
the manifest only tells whether they are the right ones.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

from cryptography.fernet import InvalidToken
from django.core.files import File
from django.core.files.storage import Storage, default_storage
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from orgs import crypto
from orgs.audit import audit
from orgs.db import append_only
from orgs.errors import DomainError

MANIFEST, MEDIA = "manifest.json", "media"
DATABASE = {"postgresql": "database.dump", "sqlite": "database.sqlite3"}
# A database in which any of these has a row is in use; a new one only holds what migrations put there.
IN_USE = ("orgs_user", "orgs_unit", "orgs_auditentry")


class BackupRefused(DomainError):
    """A backup that cannot be made, or must not be restored here."""

    code = "backup_refused"


@dataclass(frozen=True)
class Manifest:
    """What a backup holds."""

    made_at: str
    vendor: str
    # SHA-256 of the database's file, of each upload by its name, and rows by table.
    database: str
    files: dict[str, str]
    tables: dict[str, int]
    # Only who has the same keys can open the one and make the other.
    sealed: str
    signed: str


# --- What is there -------------------------------------------------------------------------------


def row_counts(database: BaseDatabaseWrapper = connection) -> dict[str, int]:
    """The number of rows of every table."""
    quote = database.ops.quote_name
    with database.cursor() as cursor:
        names = sorted(
            table.name
            for table in database.introspection.get_table_list(cursor)
            if table.type in ("t", "p")
        )
        counts = {}
        for name in names:
            cursor.execute(f"SELECT count(*) FROM {quote(name)}")  # noqa: S608 - our own tables
            counts[name] = cursor.fetchone()[0]
    return counts


def file_names(storage: Storage, folder: str = "") -> Iterator[str]:
    """Every upload that a store holds."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    prefix = f"{folder}/" if folder else ""
    yield from (prefix + name for name in sorted(files))
    for name in sorted(folders):
        yield from file_names(storage, prefix + name)


def digest_of(file: IO[bytes]) -> str:
    """The SHA-256 of an open file."""
    return hashlib.file_digest(cast("Any", file), "sha256").hexdigest()


def file_digests(storage: Storage) -> dict[str, str]:
    """The SHA-256 of every upload by its name."""
    digests = {}
    for name in file_names(storage):
        with storage.open(name) as file:
            digests[name] = digest_of(file)
    return digests


# --- Backing up ----------------------------------------------------------------------------------


def back_up(*, folder: Path, now: datetime) -> Manifest:
    """Writes a backup into a folder that does not exist yet. Raises BackupRefused."""
    if folder.exists():
        raise BackupRefused(f"{folder} is there already: a backup never writes over another.")
    half = folder.with_name(f".{folder.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True, mode=0o700)
    target = half / DATABASE[connection.vendor]
    tables = (_dump_postgresql if connection.vendor == "postgresql" else _copy_sqlite)(target)
    with target.open("rb") as file:
        database = digest_of(file)
    manifest = Manifest(
        made_at=now.isoformat(),
        vendor=connection.vendor,
        database=database,
        files=dict(_copy_uploads(half / MEDIA)),
        tables=tables,
        sealed=crypto.fernet().encrypt(now.isoformat().encode()).decode(),
        signed=crypto.blind_index("backup", now.isoformat()),
    )
    (half / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1, ensure_ascii=False))
    half.rename(folder)
    audit.record("governance.back_up", by=None, detail={"files": len(manifest.files)}, now=now)
    return manifest


def _dump_postgresql(target: Path) -> dict[str, int]:
    """Dump and counts of one and the same moment: both look at one snapshot."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        command = ("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={target}")
        with _program(*command):
            return row_counts()


def _copy_sqlite(target: Path) -> dict[str, int]:
    connection.ensure_connection()
    with closing(sqlite3.connect(target)) as copy:
        cast("sqlite3.Connection", connection.connection).backup(copy)
        names = [row[0] for row in copy.execute(_SQLITE_TABLES)]
        return {
            name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
            for name in names
        }


_SQLITE_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'sqlite_sequence' ORDER BY name"


def _copy_uploads(folder: Path) -> Iterator[tuple[str, str]]:
    """Copies every upload; gives name and SHA-256. One that is deleted meanwhile is left out."""
    folder.mkdir()
    for name in file_names(default_storage):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with default_storage.open(name) as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy)
        except FileNotFoundError:
            target.unlink(missing_ok=True)
            continue
        with target.open("rb") as copied:
            yield name, digest_of(copied)


@contextmanager
def _program(*command: str, **streams: Any) -> Iterator[subprocess.Popen]:
    """One of PostgreSQL's programs on the portal's database; the password is not on its command line."""
    values = connection.settings_dict
    login = {
        "PGHOST": values["HOST"],
        "PGPORT": values["PORT"],
        "PGUSER": values["USER"],
        "PGPASSWORD": values["PASSWORD"],
        "PGDATABASE": values["NAME"],
    }
    given = {name: str(value) for name, value in login.items() if value}
    try:
        with subprocess.Popen(command, env=os.environ | given, **streams) as running:  # noqa: S603
            yield running
    except FileNotFoundError as error:
        raise BackupRefused(f"{command[0]} is missing: install PostgreSQL's client.") from error
    if running.returncode:
        raise BackupRefused(f"{command[0]} failed; what it says stands above.")


# --- Restoring -----------------------------------------------------------------------------------


def read(folder: Path) -> Manifest:
    """The manifest of a backup whose files are all as they were written. Raises BackupRefused."""
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text()))
        wanted = {DATABASE[manifest.vendor]: manifest.database}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BackupRefused(f"{folder} is no backup: {MANIFEST} cannot be read.") from error
    wanted |= {f"{MEDIA}/{name}": digest for name, digest in manifest.files.items()}
    for name, digest in wanted.items():
        try:
            with (folder / name).open("rb") as file:
                whole = digest_of(file) == digest
        except OSError:
            whole = False
        if not whole:
            raise BackupRefused(f"{name} of the backup is missing or damaged.")
    return manifest


def restore(*, folder: Path, force: bool, now: datetime) -> Manifest:
    """Puts database and uploads back as they were, and proves it. Raises BackupRefused.

    Nothing may be in the database or among the uploads yet, unless `force` gives them up.
    """
    manifest = read(folder)
    _check_keys(manifest)
    if manifest.vendor != connection.vendor:
        raise BackupRefused(f"The backup is of {manifest.vendor}, DATABASE_URL of another engine.")
    if not force and (in_use() or any(file_names(default_storage))):
        raise BackupRefused(
            "There is a portal here already. Stop it, and restore with --force to give up what it holds."
        )
    put = _restore_postgresql if connection.vendor == "postgresql" else _restore_sqlite
    put(folder / DATABASE[manifest.vendor])
    _restore_uploads(folder / MEDIA, manifest)
    append_only.protect()
    prove(manifest)
    audit.record("governance.restore", by=None, detail={"made_at": manifest.made_at}, now=now)
    return manifest


def prove(manifest: Manifest) -> None:
    """Raises BackupRefused unless rows and uploads are exactly those of a backup."""
    for what, wanted, actual in (
        ("table", manifest.tables, row_counts()),
        ("upload", manifest.files, file_digests(default_storage)),
    ):
        wrong = sorted(
            name for name in wanted.keys() | actual.keys() if wanted.get(name) != actual.get(name)
        )
        if wrong:
            raise BackupRefused(f"Restored, but not equal: {what} {', '.join(wrong[:5])}.")


def in_use() -> bool:
    """Whether the database holds more than migrations put into a new one."""
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in existing.intersection(IN_USE):
            cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608 - named above
            if cursor.fetchone():
                return True
    return False


def _check_keys(manifest: Manifest) -> None:
    try:
        opened = crypto.fernet().decrypt(manifest.sealed.encode()).decode()
    except InvalidToken as error:
        raise BackupRefused("FIELD_KEYS are not those of the backup.") from error
    if crypto.blind_index("backup", opened) != manifest.signed:
        raise BackupRefused("BLIND_INDEX_KEY is not that of the backup.")


def _restore_postgresql(dump: Path) -> None:
    """All in one transaction: a restore that fails leaves the database as it was."""
    connection.close()
    read = ["pg_restore", "--no-owner", "--no-privileges", "--file=-", str(dump)]
    write = [
        *("psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"),
        f"--command={_EMPTIED}",
        "--file=-",
    ]
    with (
        _program(*read, stdout=subprocess.PIPE) as reading,
        _program(*write, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as writing,
    ):
        with suppress(BrokenPipeError):
            shutil.copyfileobj(cast("IO", reading.stdout), cast("IO", writing.stdin))
        cast("IO", reading.stdout).close()
        if reading.wait():
            # Before it sees an end, which it would take for the whole.
            writing.kill()


# Somebody still at work in the database is not waited for long.
_EMPTIED = (
    "SET lock_timeout = '20s'; SET client_min_messages = warning; "
    "DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public"
)


def _restore_sqlite(copy: Path) -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as source:
        source.backup(cast("sqlite3.Connection", connection.connection))


def _restore_uploads(folder: Path, manifest: Manifest) -> None:
    for name in list(file_names(default_storage)):
        default_storage.delete(name)
    for name in manifest.files:
        with (folder / name).open("rb") as file:
            default_storage.save(name, File(file))
