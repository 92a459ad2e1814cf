"""A backup restored is the portal that was backed up; and what must not be restored is refused.

All by the commands that operators use, in processes of their own, on the engine of the suite.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.conf import settings
from psycopg2 import sql

POSTGRESQL = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
SEED = """
from datetime import datetime
from orgs import append_only, attachments
from tests import factories as make, files
from tests.cast import make_cast
cast = make_cast()
for number in range(3):
    make.task(cast, "closed")
attachments.store(upload=files.upload(files.photo(), "photo.jpg"), by=cast.owner, now=make.NOW)
from orgs import sealing
sealing.seal(now=make.NOW)
"""
CHANGE = "from orgs.models import User; User.objects.update(name='changed')"
NAMES = "from orgs.models import User; print(sorted(User.objects.values_list('name', flat=True)))"
TAMPER = "from orgs.models import AuditEntry; AuditEntry.objects.update(actor='nobody')"


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
    assert (code, "1 uploads" in said or "2 uploads" in said) == (0, True), said
    return folder


@pytest.fixture
def elsewhere(tmp_path):
    """Another machine, with nothing on it."""
    place = Place(tmp_path / "elsewhere")
    yield place
    place.drop()


def counted(place: Place) -> dict[str, int]:
    program = "import json; from governance import backups; print(json.dumps(backups.row_counts()))"
    return json.loads(place.manage("shell", "--verbosity", "0", "-c", program)[1])


def test_a_new_machine_becomes_the_portal_that_was_backed_up(portal, backup, elsewhere):
    code, said = elsewhere.manage("restore", str(backup))
    assert (code, said) == (0, "Now run manage.py migrate, and start the portal.")
    assert elsewhere.manage("migrate", "--check") == (0, "")
    ours, theirs = counted(portal), counted(elsewhere)
    # One entry tells of the backup here, of the backup's restore there.
    assert ours == theirs
    assert ours["tasks_task"] == 3
    assert portal.uploads() == elsewhere.uploads()
    assert len(portal.uploads()) == 2
    code, said = elsewhere.manage("shell", "--verbosity", "0", "-c", TAMPER)
    assert (code, "append-only" in said) == (1, True)
    assert elsewhere.manage("verify_audit")[0] == 0


def test_the_drill_proves_a_backup_and_leaves_nothing(portal, backup):
    rows = sum(json.loads((backup / "manifest.json").read_text())["tables"].values())
    code, said = portal.manage("restore_drill", str(backup))
    assert code == 0, said
    assert said.startswith(f"The drill succeeded: {rows} rows of ")
    assert "2 uploads are equal; 6 append-only tables" in said
    if POSTGRESQL:
        with psycopg2.connect(os.environ["DATABASE_URL"]) as server, server.cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE '%_drill'")
            assert f"{portal.database}_drill" not in {row[0] for row in cursor}


def test_the_drill_makes_a_backup_where_none_is_named(portal):
    code, said = portal.manage("restore_drill")
    assert (code, "The drill succeeded" in said) == (0, True), said


def test_a_portal_in_use_is_given_up_only_by_force(portal, backup, elsewhere):
    elsewhere.manage("restore", str(backup))
    elsewhere.manage("shell", "--verbosity", "0", "-c", CHANGE)
    stray = elsewhere.folder / "media/attachments/stray.jpg"
    stray.write_bytes(b"later")
    code, said = elsewhere.manage("restore", str(backup))
    assert (code, said.startswith("CommandError: There is a portal here already")) == (1, True)
    assert "changed" in elsewhere.manage("shell", "--verbosity", "0", "-c", NAMES)[1]
    assert elsewhere.manage("restore", "--force", str(backup))[0] == 0
    assert "changed" not in elsewhere.manage("shell", "--verbosity", "0", "-c", NAMES)[1]
    assert elsewhere.uploads() == portal.uploads()


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("database", "CommandError: database."),
        ("upload", "CommandError: media/attachments/"),
        ("manifest", "is no backup: manifest.json cannot be read."),
    ],
)
def test_a_damaged_backup_is_not_restored(backup, elsewhere, tmp_path, what, says):
    damaged = tmp_path / "damaged"
    shutil.copytree(backup, damaged)
    pattern = {"database": "database.*", "upload": "media/**/*.jpg", "manifest": "manifest.json"}
    victim = next(damaged.glob(pattern[what]))
    victim.write_bytes(victim.read_bytes()[:-1])
    code, said = elsewhere.manage("restore", str(damaged))
    assert (code, says in said) == (1, True), said
    assert list(elsewhere.folder.glob("media/**/*.jpg")) == []


@pytest.mark.parametrize("name", ["FIELD_KEYS", "BLIND_INDEX_KEY"])
def test_wrong_keys_are_told_before_anything_is_touched(backup, elsewhere, name):
    code, said = elsewhere.manage("restore", str(backup), **{name: "lost"})
    assert (code, said.startswith(f"CommandError: {name}")) == (1, True)


def test_a_backup_never_writes_over_another(portal, backup):
    before = (backup / "manifest.json").read_bytes()
    code, said = portal.manage("backup", str(backup))
    assert (code, "is there already" in said) == (1, True)
    assert (backup / "manifest.json").read_bytes() == before


def test_a_backup_holds_no_secret(backup):
    text = (backup / "manifest.json").read_text()
    assert [word for word in ("tests-new", "tests-old", "tests-index") if word in text] == []
    assert backup.stat().st_mode & 0o077 == 0
    if not POSTGRESQL:
        with sqlite3.connect(backup / "database.sqlite3") as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
