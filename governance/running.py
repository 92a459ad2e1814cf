"""Running the whole portal on one machine: web, worker and beat, started and stopped together."""

import hashlib
import os
import shlex
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import Process
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.utils.translation import gettext as _
from honcho.compat import ProcessManager
from honcho.manager import SYSTEM_PRINTER_NAME, Manager

from orgs.enums import PositionTarget
from orgs.models import Position, User

HOST = "127.0.0.1"
WEB_THREADS = 8
RESTARTED = ("worker", "beat")
# More than that is no accident: the portal ends, and says which process did.
MOST_RESTARTS, RESTARTS_WITHIN = 5, 60.0
DEMO_USERNAMES = (
    "admin district street street2 community community2 grid secretary committee property "
    "dept_urban dept_housing employer member member2 volunteer owner owner2 tenant shop "
    "supervisor auditor"
).split()


def port_is_free(port: int) -> bool:
    """Whether nothing listens on the port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def make_folders() -> None:
    """The folders that the embedded engines and the uploads need."""
    for folder in (
        settings.DATA_DIR,
        settings.MEDIA_ROOT,
        settings.STATIC_ROOT,
        settings.DATA_DIR / "broker",
        settings.DATA_DIR / "broker-control",
    ):
        Path(folder).mkdir(parents=True, exist_ok=True)


def static_fingerprint() -> str:
    """Changes when any static file was added, removed or written."""
    digest = hashlib.sha256()
    config: Any = apps.get_app_config("staticfiles")
    for finder in get_finders():
        for name, storage in finder.list(config.ignore_patterns):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name}:{status.st_size}:{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


@contextmanager
def step(out: Any, title: str) -> Iterator[None]:
    """Says what is being done, and how long it took."""
    out.write(f"{title} ... ")
    out.flush()
    started = monotonic()
    yield
    out.write(f"{monotonic() - started:.1f} s\n")
    out.flush()


def commands(port: int) -> dict[str, list[str]]:
    """The processes of the portal by name.

    Embedded engines want exactly one web process: its cache lives in its memory. A forking worker
    does not stop in time on the file broker, so there the worker runs threads, without time limits.
    """
    python = sys.executable
    processes, pool = ("2", "prefork") if settings.REDIS_URL else ("1", "threads")
    celery = [python, "-m", "celery", "--quiet", "--app", "governance.celery"]
    return {
        "web": [
            *[python, "-m", "gunicorn", "governance.wsgi", "--bind", f"{HOST}:{port}"],
            *["--workers", processes, "--worker-class", "gthread", "--threads", str(WEB_THREADS)],
            *["--graceful-timeout", "4", "--log-level", "info"],
        ],
        "worker": [
            *celery,
            "worker",
            "--pool",
            pool,
            "--concurrency",
            "2",
            "--loglevel",
            "WARNING",
        ],
        "beat": [*celery, "beat", "--pidfile=", "--loglevel", "WARNING"],
    }


def demo_accounts() -> dict[str, str]:
    """The demo accounts by user name, each with what it holds."""
    held: dict[str, list[str]] = {}
    people = User.objects.filter(username__in=DEMO_USERNAMES).order_by("pk")
    positions = Position.objects.filter(user__in=people).select_related(*PositionTarget.values)
    for user in people:
        held[user.username] = [_("administrator")] if user.is_superuser else []
    for position in positions.order_by("pk"):
        held[position.user.username].append(str(position))
    return {username: ", ".join(names) for username, names in held.items()}


class PolitelyStopped(ProcessManager):
    """Asks only the first process of each group to end; it ends its own children in order."""

    def terminate(self, pid: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


class Portal(Manager):
    """Runs the processes until a signal comes or one of them ends; then all end. A worker or a beat
    that ends by itself is started again, unless it does so again and again.

    `first_to_end` names the process that ended by itself, if one did.
    """

    first_to_end = ""

    def __init__(self, processes: dict[str, list[str]]) -> None:
        super().__init__()
        self._procmgr = PolitelyStopped()
        self._ended: list[float] = []
        self._next_event = self.events.get
        self.events.get = self._get
        for name, command in processes.items():
            self.add_process(name, f"exec {shlex.join(command)}", cwd=str(settings.BASE_DIR))

    def terminate(self) -> None:
        if self.returncode is not None and not self._signalled():
            self.first_to_end = next(
                (name for name, known in self._processes.items() if "returncode" in known), ""
            )
        super().terminate()

    def _get(self, *args: Any, **kwargs: Any) -> Any:
        """The next event; that a process ended which is started again becomes a line of the log."""
        message = self._next_event(*args, **kwargs)
        if message.type != "stop" or not self._starts_again(message.name):
            return message
        known = self._processes[message.name]
        known["process"] = Process(
            name=message.name, target=known["obj"].run, args=(self.events, True)
        )
        known["process"].start()
        text = f"{message.name} ended (rc={message.data['returncode']}) and is started again\n"
        return message._replace(type="line", data=text, name=SYSTEM_PRINTER_NAME, colour=None)

    def _starts_again(self, name: str) -> bool:
        now = monotonic()
        self._ended = [at for at in self._ended if at > now - RESTARTS_WITHIN]
        wanted = name in RESTARTED and not self._terminating and self.returncode is None
        if not wanted or len(self._ended) >= MOST_RESTARTS:
            return False
        self._ended.append(now)
        return True

    def _signalled(self) -> bool:
        return self.returncode in (130, 143)

    def _start(self) -> None:
        """Starts all; a signal that comes meanwhile is kept until every process is known."""
        pending: list[int] = []

        def keep(number: int, frame: FrameType | None) -> None:
            pending.append(number)

        wanted = {number: signal.signal(number, keep) for number in (signal.SIGINT, signal.SIGTERM)}
        super()._start()
        while not self._all_started():
            message = self.events.get()
            if message.type == "start":
                self._processes[message.name]["pid"] = message.data["pid"]
                self._system_print(f"{message.name} started (pid={message.data['pid']})\n")
            elif message.type == "line":
                self._printer.write(message)
            else:
                self._processes[message.name]["returncode"] = message.data["returncode"]
        for number, handler in wanted.items():
            signal.signal(number, handler)
        # A closed terminal ends the portal too.
        signal.signal(signal.SIGHUP, lambda number, frame: signal.raise_signal(signal.SIGTERM))
        for kept in pending[:1]:
            signal.raise_signal(kept)
