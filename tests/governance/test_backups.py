"""A backup restored is the portal that was backed up; and what must not be restored is refused.

All by the commands that operators use, in processes of their own, on the engine of the suite.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.apps import apps
from django.conf import settings
from psycopg2 import sql

from governance.recovery import backups
from orgs.db import append_only
from tests.factories import NOW

POSTGRESQL = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
SEED = """
from django.conf import settings
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
from orgs.attachments import attachments
from orgs.audit import seals
from tests import factories as make, files
from tests.cast import make_cast
cast = make_cast()
for number in range(3):
    make.task(cast, "closed")
attachments.store(upload=files.upload(files.photo(), "photo.jpg"), by=cast.owner, now=make.NOW)
seals.seal(now=make.NOW)
"""
REFUSED = (psycopg2.DatabaseError, sqlite3.DatabaseError)


def made_database(name: str, do: str) -> None:
    server = psycopg2.connect(os.environ["DATABASE_URL"])
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )
        if do == "create":
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    server.close()


class Place:
    """A portal of its own: a database and a folder of uploads."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
        self.database = f"test_{settings.DATABASES['default']['NAME']}_{folder.name}_{worker}"
        self.folder, address = folder, ""
        if POSTGRESQL:
            made_database(self.database, "create")
            address = (
                urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{self.database}").geturl()
            )
        self.environment = {
            "DATABASE_URL": address,
            "DATA_DIR": str(folder),
            "MEDIA_ROOT": str(folder / "media"),
            "LOG_LEVEL": "ERROR",
        }

    def manage(self, *words: str, **environment: str) -> tuple[int, str]:
        """The return code of a command, and the last line that it says."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=settings.BASE_DIR,
            env=os.environ | self.environment | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout if done.returncode == 0 else done.stderr
        return done.returncode, said.strip().rpartition("\n")[2]

    def uploads(self) -> dict[str, bytes]:
        root = self.folder / "media"
        return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}

    def ask(self, statement: str) -> list[tuple]:
        """What a statement answers, without Django."""
        address = self.environment["DATABASE_URL"]
        server = (
            psycopg2.connect(address)
            if address
            else sqlite3.connect(self.folder / "portal.sqlite3")
        )
        with closing(server):
            cursor = server.cursor()
            cursor.execute(statement)
            found = cursor.fetchall() if statement.startswith("SELECT") else []
            server.commit()
        return found

    def rows(self) -> dict[str, int]:
        """The number of rows of every table of the portal."""
        names = [model._meta.db_table for model in apps.get_models(include_auto_created=True)]
        return {name: self.ask(f'SELECT count(*) FROM "{name}"')[0][0] for name in names}

    def drop(self) -> None:
        if POSTGRESQL:
            made_database(self.database, "drop")


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    """A portal with people, tasks, a photo and a sealed audit."""
    place = Place(tmp_path_factory.mktemp("backups") / "source")
    assert place.manage("migrate", "--verbosity", "0") == (0, "")
    assert place.manage("shell", "--verbosity", "0", "-c", SEED) == (0, "")
    yield place
    place.drop()


@pytest.fixture(scope="module")
def backup(portal, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("kept") / "2026-03-10"
    code, said = portal.manage("backup", str(folder))
    assert (code, " and 2 uploads are in " in said) == (0, True), said
    return folder


@pytest.fixture
def elsewhere(tmp_path):
    """Another machine, with nothing on it."""
    place = Place(tmp_path / "elsewhere")
    yield place
    place.drop()


def test_a_new_machine_becomes_the_portal_that_was_backed_up(portal, backup, elsewhere):
    code, said = elsewhere.manage("restore", str(backup))
    assert (code, said) == (0, "Now run manage.py migrate, and start the portal.")
    assert elsewhere.manage("migrate", "--check") == (0, "")
    # One entry tells of the backup here, of its restore there.
    assert portal.rows() == elsewhere.rows()
    assert portal.rows()["tasks_task"] == 3
    assert portal.uploads() == elsewhere.uploads()
    assert len(portal.uploads()) == 2
    with pytest.raises(REFUSED, match="append-only"):
        elsewhere.ask("UPDATE orgs_auditentry SET actor = 'nobody'")

    # Now somebody works there: it is given up only by force.
    elsewhere.ask("UPDATE orgs_user SET name = 'changed'")
    (elsewhere.folder / "media/attachments/stray.jpg").write_bytes(b"later")
    code, said = elsewhere.manage("restore", str(backup))
    assert (code, said.startswith("CommandError: There is a portal here already")) == (1, True)
    changed = "SELECT count(*) FROM orgs_user WHERE name = 'changed'"
    assert elsewhere.ask(changed)[0][0] > 0
    assert elsewhere.manage("restore", "--force", str(backup))[0] == 0
    assert elsewhere.ask(changed) == [(0,)]
    assert elsewhere.uploads() == portal.uploads()


def test_the_drill_proves_a_backup_and_leaves_nothing(portal, backup):
    rows = sum(json.loads((backup / "manifest.json").read_text())["tables"].values())
    code, said = portal.manage("restore_drill", str(backup))
    assert code == 0, said
    assert said.startswith(f"The drill succeeded: {rows} rows of ")
    assert f"2 uploads are equal; {len(append_only.protected_models())} append-only tables" in said
    if POSTGRESQL:
        found = portal.ask("SELECT datname FROM pg_database")
        assert (f"{portal.database}_drill",) not in found


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("database.*", "^database"),
        ("media/**/*.jpg", "^media/attachments/"),
        ("manifest.json", "is no backup"),
    ],
)
def test_a_damaged_backup_is_not_restored(backup, tmp_path, what, says):
    damaged = tmp_path / "damaged"
    shutil.copytree(backup, damaged)
    victim = next(damaged.glob(what))
    victim.write_bytes(victim.read_bytes()[:-1])
    with pytest.raises(backups.BackupRefused, match=says):
        backups.restore(folder=damaged, force=True, now=NOW)


def test_a_backup_of_an_unknown_engine_is_none(backup, tmp_path):
    strange = tmp_path / "strange"
    shutil.copytree(backup, strange)
    told = json.loads((strange / backups.MANIFEST).read_text())
    (strange / backups.MANIFEST).write_text(json.dumps(told | {"vendor": "oracle"}))
    with pytest.raises(backups.BackupRefused, match="cannot be read"):
        backups.read(strange)


@pytest.mark.parametrize(("name", "value"), [("FIELD_KEYS", ["lost"]), ("BLIND_INDEX_KEY", "lost")])
def test_wrong_keys_are_told_before_anything_is_touched(backup, settings, name, value):
    setattr(settings, name, value)
    with pytest.raises(backups.BackupRefused, match=name):
        backups.restore(folder=backup, force=True, now=NOW)


def test_a_backup_never_writes_over_another(backup):
    before = (backup / "manifest.json").read_bytes()
    with pytest.raises(backups.BackupRefused, match="is there already"):
        backups.back_up(folder=backup, now=NOW)
    assert (backup / "manifest.json").read_bytes() == before


def test_a_backup_holds_no_secret(backup):
    text = (backup / "manifest.json").read_text()
    assert [word for word in ("tests-new", "tests-old", "tests-index") if word in text] == []
    assert backup.stat().st_mode & 0o077 == 0
