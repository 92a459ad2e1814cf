"""Real processes and connections for tests that need more than one."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django_prometheus.middleware import Metrics

PATIENCE = 300


class Running:
    """A process whose output is read as it comes."""

    def __init__(self, command: list[str], **environment: str) -> None:
        self.lines: list[str] = []
        self._changed = threading.Condition()
        self._process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        self.pid = self._process.pid
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._changed:
                self.lines.append(line.rstrip())
                self._changed.notify_all()

    def wait_for(self, text: str, times: int = 1) -> str:
        """The first (or so manieth) line that contains the text; fails after a while, or when the process has ended."""
        deadline = monotonic() + PATIENCE
        with self._changed:
            while True:
                found = [line for line in self.lines if text in line]
                if len(found) >= times:
                    return found[times - 1]
                ended = self._process.poll() is not None and not self._reader.is_alive()
                left = 0 if ended else deadline - monotonic()
                assert left > 0, f"{text!r} never came:\n" + "\n".join(self.lines)
                self._changed.wait(min(left, 1))

    def signal(self, number: int) -> None:
        """Sends a signal to the process alone."""
        self._process.send_signal(number)

    def end(self) -> int:
        """Waits for the end and gives the return code."""
        return self._process.wait(PATIENCE)

    def kill_all(self) -> None:
        """Leaves nothing behind, whatever a test did."""
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(20)
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait(PATIENCE)


@pytest.fixture
def start() -> Iterator[Callable[..., Running]]:
    """Starts processes; all have ended after the test."""
    started: list[Running] = []

    def run(*command: str, **environment: str) -> Running:
        started.append(Running(list(command), **environment))
        return started[-1]

    yield run
    for process in started:
        process.kill_all()


@pytest.fixture
def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def worker(start, transactional_db, tmp_path: Path) -> Callable[[], Running]:
    """Starts a real Celery worker on the test's database and broker."""

    def run() -> Running:
        process = start(
            *(sys.executable, "-m", "celery", "--quiet", "--app", "governance.celery"),
            *("worker", "--pool", "solo", "--loglevel", "INFO"),
            DATABASE_URL=database_url(),
            REDIS_URL=settings.REDIS_URL,
            DATA_DIR=str(settings.DATA_DIR),
        )
        process.wait_for("celery@")
        return process

    return run


def database_url() -> str:
    """The address of the test's own database, for other processes."""
    values = connections["default"].settings_dict
    login = values["USER"] + (f":{values['PASSWORD']}" if values["PASSWORD"] else "")
    return f"postgres://{login}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


@pytest.fixture
def at_once() -> Callable[..., list[Any]]:
    """Runs functions at the same time, each with a database connection of its own."""

    # A server makes them once, before its threads begin.
    Metrics.get_instance()

    def run(*functions: Callable[[], Any]) -> list[Any]:
        barrier = threading.Barrier(len(functions))

        def one(function: Callable[[], Any]) -> Any:
            try:
                barrier.wait(PATIENCE)
                return function()
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(functions)) as pool:
            return [future.result() for future in [pool.submit(one, f) for f in functions]]

    return run
