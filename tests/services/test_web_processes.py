"""Several web processes, forked from one that has loaded everything: each has connections of its own."""

import sys
from concurrent.futures import ThreadPoolExecutor
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.db import connection

from tests.services.conftest import database_url

pytestmark = pytest.mark.django_db(transaction=True)
REQUESTS = 40


def test_two_processes_answer_each_by_its_own_connection(start, free_port, tmp_path):
    address = f"127.0.0.1:{free_port}"
    start(
        *(sys.executable, "-m", "gunicorn", "governance.wsgi", "--bind", address),
        *("--workers", "2", "--log-level", "info"),
        DATABASE_URL=database_url(), REDIS_URL=settings.REDIS_URL, DATA_DIR=str(tmp_path),
        DEBUG="1", CONN_MAX_AGE="60",
    ).wait_for("Booting worker with pid", times=2)  # fmt: skip

    def ask(_number: int) -> int:
        with urlopen(f"http://{address}/numbers/", timeout=60) as answer:
            return int(answer.status)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(REQUESTS))) == {200}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        (others,) = cursor.fetchone()
    assert others >= 2
