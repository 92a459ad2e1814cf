"""Machines that start together migrate one after the other, on both engines."""

import sys
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import sql

from orgs.management.commands.migrate import LOCK
from tests.services.conftest import database_url

MIGRATE = (sys.executable, "manage.py", "migrate")


@pytest.fixture
def empty_database(transactional_db):
    """A new database beside the test's own, by its address."""
    address = database_url()
    name = f"{address.rpartition('/')[2]}_empty"
    with psycopg2.connect(address) as server:
        pass
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield f"{address.rpartition('/')[0]}/{name}"
    with server.cursor() as cursor:
        cursor.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )
    server.close()


def applied(process) -> int:
    return sum(line.rstrip().endswith("... OK") for line in process.lines)


def together(start, **environment: str) -> None:
    """Two at once: one does all the work, the other none, and both succeed."""
    both = [start(*MIGRATE, **environment) for _number in range(2)]
    assert [process.end() for process in both] == [0, 0], [process.lines for process in both]
    for process in both:
        process.wait_for("Running migrations")
    assert sorted(applied(process) > 0 for process in both) == [False, True]
    assert start(*MIGRATE, "--check", **environment).end() == 0


def test_two_at_once_on_postgresql(start, empty_database):
    together(start, DATABASE_URL=empty_database)


def test_two_at_once_on_sqlite(start, tmp_path: Path):
    together(start, DATABASE_URL="", DATA_DIR=str(tmp_path))


def test_whoever_comes_second_says_so_and_waits(start, empty_database):
    holder = psycopg2.connect(empty_database)
    with holder.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    process = start(*MIGRATE, DATABASE_URL=empty_database, PYTHONUNBUFFERED="1")
    process.wait_for("Another process migrates")
    assert applied(process) == 0
    holder.close()
    assert process.end() == 0
    assert applied(process) > 0
