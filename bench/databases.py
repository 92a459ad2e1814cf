"""The bench's own databases: their names start with bench_, so that no other is ever dropped."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
from psycopg2 import sql

PREFIX = "bench_"
DEFAULT_URL = "postgres://postgres@127.0.0.1:5432/postgres"
# The bench's own Redis database, beside those of the suite (15 and down) and of a portal (0).
REDIS_DATABASE = 7


class RefusedName(ValueError):
    """A database that is not the bench's."""


def check_name(name: str) -> str:
    """The name, if it is one of the bench's. Raises RefusedName."""
    if not name.startswith(PREFIX) or not name.replace("_", "").isalnum():
        raise RefusedName(
            f"The bench only touches databases whose names start with {PREFIX}: {name}"
        )
    return name


def url_of(name: str) -> str:
    """The address of one of the bench's databases, on the server that DATABASE_URL names."""
    server = urlsplit(os.environ.get("DATABASE_URL") or DEFAULT_URL)
    if not server.scheme.startswith("postgres"):
        raise RefusedName("The bench needs PostgreSQL: set DATABASE_URL.")
    return server._replace(path=f"/{check_name(name)}").geturl()


def environment(name: str, **more: str) -> dict[str, str]:
    """What a process needs to run the portal on one of the bench's databases."""
    redis = urlsplit(os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0")
    return os.environ | {
        "ENV_FILE": os.devnull,
        "DATABASE_URL": url_of(name),
        "REDIS_URL": redis._replace(path=f"/{REDIS_DATABASE}").geturl(),
        # As in the image: bytecode is there, so that no process compiles what it imports and keeps the
        # memory that this took.
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "bench-bytecode"),
        "SECRET_KEY": "bench",
        "FIELD_KEYS": "bench",
        "BLIND_INDEX_KEY": "bench",
        "CODE_SENDER": "orgs.accounts.one_time_codes.send_to_console",
        "HTTPS": "0",
        "STAFF_SECOND_FACTOR": "0",
        # Each reporter reports seldom; the limits only must not stop a run.
        "THROTTLE_REPORT_MINUTE": "1000/min",
        "THROTTLE_REPORT_HOUR": "1000/hour",
        **more,
    }


def recreate(name: str) -> None:
    """Drops the database if it exists, makes it, and brings it to the present migrations."""
    server = psycopg2.connect(os.environ.get("DATABASE_URL") or DEFAULT_URL)
    server.autocommit = True
    with server.cursor() as cursor:
        quoted = sql.Identifier(check_name(name))
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(quoted))
        cursor.execute(
            sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(quoted)
        )
    server.close()
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        env=environment(name),
        check=True,
    )
