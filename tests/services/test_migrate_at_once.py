"""Machines that start together migrate one after the other, on both engines."""

import sys
from pathlib import Path

import psycopg2
import pytest
from django.db import connections
from psycopg2 import sql

from orgs.management.commands.migrate import LOCK
from tests.services.conftest import database_url

MIGRATE = (sys.executable, "manage.py", "migrate")


@pytest.fixture
def behind(transactional_db):
    """A copy of the test's database that lacks one migration, by its address. (From nothing: on SQLite.)"""
    address = database_url()
    current = address.rpartition("/")[2]
    name = f"{current}_behind"
    server = psycopg2.connect(f"{address.rpartition('/')[0]}/postgres")
    server.autocommit = True
    # A database is copied while nobody is connected to it.
    connections.close_all()
    with server.cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        cursor.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(current)
            )
        )
    copy = f"{address.rpartition('/')[0]}/{name}"
    with psycopg2.connect(copy) as connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE django_session")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    connection.close()
    yield copy
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


def test_two_at_once_on_postgresql(start, behind):
    together(start, DATABASE_URL=behind)


def test_two_at_once_on_sqlite(start, tmp_path: Path):
    together(start, DATABASE_URL="", DATA_DIR=str(tmp_path))


def test_whoever_comes_second_says_so_and_waits(start, behind):
    holder = psycopg2.connect(behind)
    with holder.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    process = start(*MIGRATE, DATABASE_URL=behind, PYTHONUNBUFFERED="1")
    process.wait_for("Another process migrates")
    assert applied(process) == 0
    holder.close()
    assert process.end() == 0
    assert applied(process) > 0
