"""gunicorn with two workers on one city, in its own process group, on a free port of the loopback."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from bench import databases

WORKERS = 2
START_SECONDS = 300


class Server:
    """One running server. `settings` is the portal's module or the ceiling's."""

    def __init__(self, database: str, settings: str, conn_max_age: int, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.log = folder / f"{settings}-{database}-{conn_max_age}.log"
        environment = databases.environment(
            database,
            DJANGO_SETTINGS_MODULE=settings,
            CONN_MAX_AGE=str(conn_max_age),
            DATA_DIR=str(folder),
        )
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(  # our own interpreter, fixed arguments
                [
                    sys.executable, "-m", "gunicorn", "governance.wsgi",
                    "--bind", f"127.0.0.1:{self.port}", "--workers", str(WORKERS),
                ],
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def wait(self) -> None:
        """Returns when the server answers. Raises RuntimeError when it does not."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                connection.request("GET", "/api/v1/tasks/")
                connection.getresponse().read()
                return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError(f"The server did not start; see {self.log}")

    def memory(self) -> float:
        """What its biggest worker takes, in MB: its own memory, and its share of what the processes have
        in common (Pss); 0 where the system does not tell."""
        return max(map(_share_of, self._workers()), default=0)

    def resident(self) -> float:
        """The resident memory of its biggest worker, in MB: what is shared is in that of each."""
        pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self._workers()]
        return max(pages, default=0) * os.sysconf("SC_PAGE_SIZE") / 2**20

    def _workers(self) -> list[str]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return children.read_text().split() if children.exists() else []

    def cpu(self) -> float:
        """Seconds of processor time that its workers have used; 0 where the system does not tell."""
        return sum(map(_cpu_of, self._workers()))

    def stop(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(timeout=60)


def _share_of(pid: str) -> float:
    rows = Path(f"/proc/{pid}/smaps_rollup")
    if not rows.exists():
        return 0
    return next(
        int(line.split()[1]) / 1024
        for line in rows.read_text().splitlines()
        if line.startswith("Pss:")
    )


def _cpu_of(pid: str) -> float:
    numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")
