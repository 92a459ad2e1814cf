"""How fast the portal answers, beside a bare DRF sketch (ceiling) and plain SQL (floor).

`make bench` makes two cities, drives all of them in turns with eight clients, prints a table and
writes it to bench/results/. Turns are short and interleaved, so that whatever else the machine does
meets all alike; ratios are of one run.
"""

import argparse
import contextlib
import http.client
import itertools
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Any

from bench import databases
from bench.city import say
from bench.escalating import OVERDUE
from bench.floor import Floor
from bench.pages import PAGES
from bench.requests import OPERATIONS, Ask, Asker
from bench.servers import WORKERS, Server

CLIENTS = 8
# Tasks of a city: its scale.
SIZES = {10_000: 0.01, 100_000: 0.1}
PORTAL, BARE = "governance.settings", "bench.bare_settings"
ROUNDS, SECONDS, WARM_SECONDS = 4, 2.5, 0.8
# What the portal must reach: share of the ceiling, statements, p95 of the big city over the small.
SHARE, FLAT = 0.6, 1.3
# Escalating by one worker over the same in plain SQL.
ESCALATING = 5
STATEMENTS = {"report": 12, "list (superuser)": 8, "list (officer)": 8, "act": 15}
RESULTS = Path(__file__).parent / "results"


@dataclass
class Times:
    """What one side took for one operation, over all its turns. Times in seconds."""

    taken: list[float] = field(default_factory=list)
    elapsed: float = 0.0
    # Processor time of the server's workers.
    cpu: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.taken) / self.elapsed if self.elapsed else 0.0

    @property
    def cpu_each(self) -> float:
        """Processor time of a request, in milliseconds."""
        return self.cpu / len(self.taken) * 1000 if self.taken else 0.0

    def percentile(self, percent: int) -> float:
        """In milliseconds."""
        return quantiles(self.taken, n=100)[percent - 1] * 1000 if len(self.taken) > 1 else 0.0


# --- Driving -----------------------------------------------------------------------------------


def drive(makers: list[Callable[[], None]], seconds: float, times: Times) -> None:
    """Lets every client work for some seconds, one request after the other."""
    lock = threading.Lock()

    def client(work: Callable[[], None]) -> None:
        mine = []
        while (before := time.perf_counter()) < end:
            work()
            mine.append(time.perf_counter() - before)
        with lock:
            times.taken += mine

    start = time.perf_counter()
    end = start + seconds
    with ThreadPoolExecutor(len(makers)) as pool:
        for done in [pool.submit(client, work) for work in makers]:
            done.result()
    times.elapsed += time.perf_counter() - start


class Reader:
    """Opens pages as the people of one city, in turn."""

    def __init__(self, database: str, folder: Path) -> None:
        self.pages = told_by("bench.pages", database, DATA_DIR=str(folder))
        self._cookies = {
            page: itertools.cycle(found["cookies"]) for page, found in self.pages.items()
        }
        self._lock = threading.Lock()

    def next(self, page: str) -> Ask:
        with self._lock:
            cookie = next(self._cookies[page])
        return Ask("GET", self.pages[page]["path"], b"", "", cookie)


@contextlib.contextmanager
def http_clients(
    server: Server, asker: Asker | Reader, operation: str
) -> Iterator[list[Callable[[], None]]]:
    """Eight clients of a server; each keeps its connection where the server does."""
    connections = [
        http.client.HTTPConnection("127.0.0.1", server.port, timeout=60) for _ in range(CLIENTS)
    ]

    def work(connection: http.client.HTTPConnection) -> None:
        asked = asker.next(operation)
        connection.request(asked.method, asked.path, asked.body, asked.headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{asked.method} {asked.path}: {answer.status} {body[:300]!r}")

    try:
        yield [lambda one=one: work(one) for one in connections]  # type: ignore[misc]
    finally:
        for connection in connections:
            connection.close()


def measure_http(
    server: Server, asker: Asker | Reader, operation: str, times: Times, seconds: float = SECONDS
) -> None:
    before = server.cpu()
    with http_clients(server, asker, operation) as clients:
        drive(clients, seconds, times)
    times.cpu += server.cpu() - before


def measure_floor(database: str, operation: str, times: Times) -> None:
    floors = [Floor(databases.url_of(database), seed) for seed in range(CLIENTS)]
    drive([lambda one=one: one.do(operation) for one in floors], SECONDS / 2, times)  # type: ignore[misc]
    for one in floors:
        one.server.close()


def statements(database: str) -> dict[str, int]:
    """SQL statements of each operation, counted in a process of its own."""
    return told_by("bench.statements", database)


def told_by(program: str, database: str, **settings: str) -> Any:
    """What one of the bench's programs prints about a city, in a process of its own."""
    environment = databases.environment(
        database,
        DJANGO_SETTINGS_MODULE=PORTAL,
        LOG_LEVEL="ERROR",
        PYTHONWARNINGS="ignore",
        **settings,
    )
    counted = subprocess.run(  # our own interpreter
        [sys.executable, "-m", program, database],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(counted.stdout)


# --- The run -----------------------------------------------------------------------------------


@dataclass
class Result:
    """Everything measured: keys are (side, size, operation); sides are portal, bare, fresh, sql."""

    times: dict[tuple[str, int, str], Times] = field(default_factory=lambda: defaultdict(Times))
    statements: dict[int, dict[str, int]] = field(default_factory=dict)
    escalating: dict[str, float] = field(default_factory=dict)
    memory: dict[tuple[str, int], float] = field(default_factory=dict)
    load: float = 0.0


def database_of(size: int) -> str:
    return f"bench_{size}"


def make_cities(reuse: bool) -> None:
    for size, scale in SIZES.items():
        if reuse:
            say(f"Reusing {database_of(size)}.")
            continue
        subprocess.run(  # our own interpreter
            [
                sys.executable, "-m", "bench.city", "--scale", str(scale),
                "--tasks", str(size), "--database", database_of(size),
            ],
            check=True,
        )  # fmt: skip


def run() -> Result:
    result = Result(load=os.getloadavg()[0])
    askers = {
        (side, size): Asker(database_of(size), wears=side == "portal")
        for side in ("portal", "bare")
        for size in SIZES
    }
    with tempfile.TemporaryDirectory(prefix="bench-") as name, contextlib.ExitStack() as running:
        folder = Path(name)
        collect(folder)
        readers = {size: Reader(database_of(size), folder) for size in SIZES}
        servers = {}
        for size in SIZES:
            for side, settings, age in (
                ("portal", PORTAL, 60), ("bare", BARE, 60), ("fresh", PORTAL, 0),
            ):  # fmt: skip
                server = Server(database_of(size), settings, age, folder)
                running.callback(server.stop)
                servers[side, size] = server
        for server in servers.values():
            server.wait()
        for (side, size), server in servers.items():
            for operation in OPERATIONS:
                asker = askers["portal" if side == "fresh" else side, size]
                measure_http(server, asker, operation, Times(), WARM_SECONDS)
        for page in PAGES:
            for size in SIZES:
                measure_http(servers["portal", size], readers[size], page, Times(), WARM_SECONDS)
        for turn in range(ROUNDS):
            say(f"Round {turn + 1} of {ROUNDS} ...")
            for operation in OPERATIONS:
                for size in SIZES:
                    for side in ("bare", "portal"):
                        measure_http(
                            servers[side, size],
                            askers[side, size],
                            operation,
                            result.times[side, size, operation],
                        )
            for page in PAGES:
                for size in SIZES:
                    measure_http(
                        servers["portal", size],
                        readers[size],
                        page,
                        result.times["portal", size, page],
                    )
        say("Without kept database connections, and plain SQL ...")
        for operation in OPERATIONS:
            for size in SIZES:
                measure_http(
                    servers["fresh", size],
                    askers["portal", size],
                    operation,
                    result.times["fresh", size, operation],
                )
                measure_floor(database_of(size), operation, result.times["sql", size, operation])
        for key, server in servers.items():
            result.memory[key] = server.memory()
    for size in SIZES:
        result.statements[size] = statements(database_of(size)) | {
            page: found["statements"] for page, found in readers[size].pages.items()
        }
    say(f"Escalating {OVERDUE:,} overdue tasks ...")
    result.escalating = told_by("bench.escalating", database_of(max(SIZES)))
    return result


def collect(folder: Path) -> None:
    """The static files, whose names pages need."""
    (folder / "static").mkdir()
    subprocess.run(  # our own interpreter
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
        env=databases.environment(database_of(min(SIZES)), DATA_DIR=str(folder)),
        check=True,
    )


# --- The report --------------------------------------------------------------------------------


def report(result: Result) -> str:
    """The tables, as Markdown."""
    lines = [
        f"# Speed, {datetime.now(UTC):%Y-%m-%d}",
        "",
        f"{WORKERS} gunicorn workers, {CLIENTS} clients, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}, PostgreSQL and Redis on the same machine; load before the "
        f"run {result.load:.1f}. Times in milliseconds; CPU is the processor time that a worker spends on "
        "one request, which other work on the machine hardly changes. Written by `make bench`.",
        "",
        "| tasks | operation | requests/s | p50 | p95 | statements | CPU | ceiling/s | its CPU "
        "| share of ceiling | `CONN_MAX_AGE` 0: /s | plain SQL/s |",
        "|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for operation in OPERATIONS:
        for size in SIZES:
            ours, bare, fresh, sql = (
                result.times[side, size, operation] for side in ("portal", "bare", "fresh", "sql")
            )
            lines.append(
                f"| {size:,} | {operation} | {ours.rate:.0f} | {ours.percentile(50):.0f} | "
                f"{ours.percentile(95):.0f} | {result.statements[size][operation]} | "
                f"{ours.cpu_each:.1f} | {bare.rate:.0f} | {bare.cpu_each:.1f} | "
                f"{ours.rate / bare.rate:.0%} | {fresh.rate:.0f} | {sql.rate:.0f} |"
            )
    lines += ["", "| operation | p95 at 100,000 ÷ at 10,000 | the ceiling's |", "|---|---:|---:|"]
    for operation in OPERATIONS:
        lines.append(
            f"| {operation} | {_growth(result, 'portal', operation):.2f} "
            f"| {_growth(result, 'bare', operation):.2f} |"
        )
    lines += [
        "",
        "| page | tasks | requests/s | p50 | p95 | statements | CPU | p95 at 100,000 ÷ at 10,000 |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for page in PAGES:
        for size in SIZES:
            ours = result.times["portal", size, page]
            growth = f"{_growth(result, 'portal', page):.2f}" if size == max(SIZES) else ""
            lines.append(
                f"| {page} | {size:,} | {ours.rate:.0f} | {ours.percentile(50):.0f} | "
                f"{ours.percentile(95):.0f} | {result.statements[size][page]} | "
                f"{ours.cpu_each:.1f} | {growth} |"
            )
    found = result.escalating
    lines += [
        "",
        f"Escalating {OVERDUE:,} overdue tasks: {found['worker']:.2f} s by one worker in "
        f"{found['statements']:.0f} statements, {found['sql']:.2f} s as one set-based statement of plain "
        f"SQL: {found['worker'] / found['sql']:.1f} times as long (medians of three).",
    ]
    memory = " · ".join(
        f"{side} {size:,}: {megabytes:.0f} MB"
        for (side, size), megabytes in result.memory.items()
        if side != "fresh"
    )
    lines += ["", f"Memory of a worker: {memory}.", ""]
    misses = missed(result)
    lines += ["All targets are met." if not misses else "Missed:", ""]
    return "\n".join([*lines, *(f"- {miss}" for miss in misses)]) + "\n"


def _growth(result: Result, side: str, operation: str) -> float:
    small, big = (result.times[side, size, operation].percentile(95) for size in SIZES)
    return big / small


def missed(result: Result) -> list[str]:
    """The targets that this run did not reach."""
    misses = []
    for operation in OPERATIONS:
        for size in SIZES:
            share = (
                result.times["portal", size, operation].rate
                / result.times["bare", size, operation].rate
            )
            if share < SHARE:
                misses.append(
                    f"{operation} at {size:,}: {share:.0%} of the ceiling, not {SHARE:.0%}"
                )
            made = result.statements[size][operation]
            if made > STATEMENTS[operation]:
                misses.append(f"{operation}: {made} statements, not {STATEMENTS[operation]}")
    for operation in (*OPERATIONS, *PAGES):
        growth = _growth(result, "portal", operation)
        if growth > FLAT:
            misses.append(f"{operation}: p95 grows by {growth:.2f}, not {FLAT}")
    for page in PAGES:
        few, many = (result.statements[size][page] for size in SIZES)
        if many > few:
            misses.append(f"{page}: {many} statements at 100,000, {few} at 10,000")
    times = result.escalating["worker"] / result.escalating["sql"]
    if times > ESCALATING:
        misses.append(f"escalating takes {times:.1f} times as long as plain SQL, not {ESCALATING}")
    return misses


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reuse", action="store_true", help="the cities of an earlier run")
    asked = parser.parse_args()
    began = time.monotonic()
    make_cities(asked.reuse)
    text = report(run())
    RESULTS.mkdir(exist_ok=True)
    written = RESULTS / f"{datetime.now(UTC):%Y-%m-%d}.md"
    written.write_text(text)
    say(text)
    say(f"Written to {written.name} after {time.monotonic() - began:.0f} seconds.")


if __name__ == "__main__":
    main()
