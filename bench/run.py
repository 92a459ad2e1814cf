"""How fast the portal answers, beside bare views that write and show the same rows, and plain SQL.

`python -m bench 10000 100000` makes a city of each size, drives all of them in turns with eight
clients, prints a table and writes it to bench/results/. Turns are short and interleaved, so that
whatever else the machine does meets all alike. A share is the bare view's processor time over the
portal's, the median of the turns.
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
from statistics import median, quantiles
from typing import Any

from bench import databases
from bench.city import TASKS, say
from bench.escalating import OVERDUE
from bench.floor import Floor
from bench.pages import PAGES
from bench.requests import OPERATIONS, Ask, Asker
from bench.servers import WORKERS, Server

CLIENTS = 8
# Tasks of a city.
SIZES = (10_000, 100_000)
PORTAL, BARE = "governance.settings", "bench.bare_settings"
ROUNDS, SECONDS, WARM_SECONDS = 5, 1.5, 0.8
# What the portal must reach: shares of the bare views, statements, p95 of a city over the smallest's.
SHARE, PAGE_SHARE, FLAT = 0.8, 0.5, 1.3
# Escalating by one worker over the same in plain SQL.
ESCALATING = 5
STATEMENTS = {"report": 7, "list (superuser)": 3, "list (officer)": 4, "act": 9}
PAGE_STATEMENTS = 15
# Of a worker after all of it, in MB.
MEMORY = 150
# The bare views: with the audit, and the leaner sketch without it, to which earlier runs compared.
PREFIXES = {"bare": "/audited", "sketch": ""}
RESULTS = Path(__file__).parent / "results"


@dataclass
class Times:
    """What one side took for one operation, over all its turns. Times in seconds."""

    taken: list[float] = field(default_factory=list)
    elapsed: float = 0.0
    # Processor time of the server's workers.
    cpu: float = 0.0
    # Processor time of a request, of each turn.
    turns: list[float] = field(default_factory=list)

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

    def __init__(self, pages: dict[str, Any], *, bare: bool = False) -> None:
        self._pages, self._bare = pages, bare
        self._asks = {page: itertools.cycle(known["asks"]) for page, known in pages.items()}
        self._lock = threading.Lock()

    def next(self, page: str) -> Ask:
        with self._lock:
            path, cookie = next(self._asks[page])
        if self._bare:
            path = f"/rows/{self._pages[page]['rows']}/"
        return Ask("GET", path, b"", "", cookie)


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
    before, done = server.cpu(), len(times.taken)
    with http_clients(server, asker, operation) as clients:
        drive(clients, seconds, times)
    used = server.cpu() - before
    times.cpu += used
    times.turns.append(used / (len(times.taken) - done))


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
    """Everything measured: keys are (side, size, operation); sides: portal, bare, sketch, fresh, sql."""

    sizes: tuple[int, ...]
    times: dict[tuple[str, int, str], Times] = field(default_factory=lambda: defaultdict(Times))
    statements: dict[int, dict[str, int]] = field(default_factory=dict)
    rows: dict[int, dict[str, int]] = field(default_factory=dict)
    escalating: dict[str, float] = field(default_factory=dict)
    # What a worker takes, and what is resident of it.
    memory: dict[tuple[str, int], tuple[float, float]] = field(default_factory=dict)
    load: float = 0.0

    def share(self, size: int, operation: str, side: str = "bare") -> float:
        """The processor time of the bare view over the portal's, the median of the turns."""
        ours, theirs = self.times["portal", size, operation], self.times[side, size, operation]
        return median(bare / own for own, bare in zip(ours.turns, theirs.turns, strict=True) if own)

    def growth(self, size: int, side: str, operation: str) -> float:
        """The 95th percentile at a size over that of the smallest city."""
        small, big = (
            self.times[side, city, operation].percentile(95) for city in (self.sizes[0], size)
        )
        return big / small


def database_of(size: int) -> str:
    return f"bench_{size}"


def make_cities(sizes: tuple[int, ...], reuse: bool) -> None:
    for size in sizes:
        if reuse:
            say(f"Reusing {database_of(size)}.")
            continue
        scale = min(1.0, size / TASKS)
        subprocess.run(  # our own interpreter
            [
                sys.executable, "-m", "bench.city", "--scale", str(scale),
                "--tasks", str(size), "--database", database_of(size),
            ],
            check=True,
        )  # fmt: skip


def run(sizes: tuple[int, ...], rounds: int = ROUNDS) -> Result:
    result = Result(sizes, load=os.getloadavg()[0])
    askers = {
        (side, size): Asker(database_of(size), prefix=prefix)
        for side, prefix in (("portal", None), *PREFIXES.items())
        for size in sizes
    }
    with tempfile.TemporaryDirectory(prefix="bench-") as name, contextlib.ExitStack() as running:
        folder = Path(name)
        collect(folder, database_of(sizes[0]))
        pages = {
            size: told_by("bench.pages", database_of(size), DATA_DIR=str(folder)) for size in sizes
        }
        readers: dict[tuple[str, int], Reader] = {}
        servers: dict[tuple[str, int], Server] = {}
        for size in sizes:
            readers["portal", size] = Reader(pages[size])
            readers["bare", size] = Reader(pages[size], bare=True)
            for side, settings, age in (
                ("portal", PORTAL, 60), ("bare", BARE, 60), ("fresh", PORTAL, 0),
            ):  # fmt: skip
                server = Server(database_of(size), settings, age, folder)
                running.callback(server.stop)
                servers[side, size] = server
            servers["sketch", size] = servers["bare", size]
        for server in servers.values():
            server.wait()

        def turn(side: str, size: int, operation: str, times: Times, **how: float) -> None:
            asker = (readers if operation in PAGES else askers)[
                "portal" if side == "fresh" else side, size
            ]
            measure_http(servers[side, size], asker, operation, times, **how)

        sides = dict.fromkeys(OPERATIONS, ("bare", "sketch", "portal")) | dict.fromkeys(
            PAGES, ("bare", "portal")
        )
        for operation in sides:
            for size in sizes:
                for side in sides[operation]:
                    turn(side, size, operation, Times(), seconds=WARM_SECONDS)
        for number in range(rounds):
            say(f"Round {number + 1} of {rounds} ...")
            for operation in sides:
                for size in sizes:
                    for side in sides[operation]:
                        turn(side, size, operation, result.times[side, size, operation])
        say("Without kept database connections, and plain SQL ...")
        for operation in OPERATIONS:
            for size in sizes:
                turn("fresh", size, operation, result.times["fresh", size, operation])
                measure_floor(database_of(size), operation, result.times["sql", size, operation])
        result.memory = {
            (side, size): (server.memory(), server.resident())
            for (side, size), server in servers.items()
            if side in ("portal", "bare")
        }
    for size in sizes:
        result.statements[size] = statements(database_of(size)) | {
            page: known["statements"] for page, known in pages[size].items()
        }
        result.rows[size] = {page: known["rows"] for page, known in pages[size].items()}
    say(f"Escalating {OVERDUE:,} overdue tasks ...")
    result.escalating = told_by("bench.escalating", database_of(max(sizes)))
    return result


def collect(folder: Path, database: str) -> None:
    """The static files, whose names pages need."""
    (folder / "static").mkdir()
    subprocess.run(  # our own interpreter
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
        env=databases.environment(database, DATA_DIR=str(folder)),
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
        "| tasks | operation | requests/s | p50 | p95 | statements | CPU | bare view's CPU | share of it "
        "| sketch's CPU | share of it | `CONN_MAX_AGE` 0: /s | plain SQL/s |",
        "|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for operation in OPERATIONS:
        for size in result.sizes:
            ours, bare, sketch, fresh, sql = (
                result.times[side, size, operation]
                for side in ("portal", "bare", "sketch", "fresh", "sql")
            )
            lines.append(
                f"| {size:,} | {operation} | {ours.rate:.0f} | {ours.percentile(50):.0f} | "
                f"{ours.percentile(95):.0f} | {result.statements[size][operation]} | "
                f"{ours.cpu_each:.1f} | {bare.cpu_each:.1f} | {result.share(size, operation):.0%} | "
                f"{sketch.cpu_each:.1f} | {result.share(size, operation, 'sketch'):.0%} | "
                f"{fresh.rate:.0f} | {sql.rate:.0f} |"
            )
    lines += [
        "",
        "| page | tasks | rows | requests/s | p50 | p95 | statements | CPU | bare page's CPU | share of it |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for page in PAGES:
        for size in result.sizes:
            ours, bare = (result.times[side, size, page] for side in ("portal", "bare"))
            lines.append(
                f"| {page} | {size:,} | {result.rows[size][page]} | {ours.rate:.0f} | "
                f"{ours.percentile(50):.0f} | {ours.percentile(95):.0f} | "
                f"{result.statements[size][page]} | {ours.cpu_each:.1f} | {bare.cpu_each:.1f} | "
                f"{result.share(size, page):.0%} |"
            )
    bigger = result.sizes[1:]
    lines += [
        "",
        "How the 95th percentile grows, against the smallest city (in brackets the bare view's):",
        "",
        "| | " + " | ".join(f"{size:,}" for size in bigger) + " |",
        "|---|" + "---:|" * len(bigger),
    ]
    for operation in (*OPERATIONS, *PAGES):
        growths = " | ".join(
            f"{result.growth(size, 'portal', operation):.2f} "
            f"({result.growth(size, 'bare', operation):.2f})"
            for size in bigger
        )
        lines.append(f"| {operation} | {growths} |")
    found = result.escalating
    lines += [
        "",
        f"Escalating {OVERDUE:,} overdue tasks: {found['worker']:.2f} s by one worker in "
        f"{found['statements']:.0f} statements, {found['sql']:.2f} s as one set-based statement of plain "
        f"SQL: {found['worker'] / found['sql']:.1f} times as long (medians of three).",
    ]
    memory = " · ".join(
        f"{side} {size:,}: {taken:.0f} MB ({resident:.0f} resident)"
        for (side, size), (taken, resident) in result.memory.items()
    )
    lines += ["", f"Memory of a worker, its share of what both have in common: {memory}.", ""]
    misses = missed(result)
    lines += ["All targets are met." if not misses else "Missed:", ""]
    return "\n".join([*lines, *(f"- {miss}" for miss in misses)]) + "\n"


def missed(result: Result) -> list[str]:
    """The targets that this run did not reach."""
    misses = []
    wanted = dict.fromkeys(OPERATIONS, SHARE) | dict.fromkeys(PAGES, PAGE_SHARE)
    most = STATEMENTS | dict.fromkeys(PAGES, PAGE_STATEMENTS)
    for operation in wanted:
        for size in result.sizes:
            share, made = result.share(size, operation), result.statements[size][operation]
            if share < wanted[operation]:
                misses.append(
                    f"{operation} at {size:,}: {share:.0%} of the bare view, "
                    f"not {wanted[operation]:.0%}"
                )
            if made > most[operation]:
                misses.append(f"{operation} at {size:,}: {made} statements, not {most[operation]}")
        for size in result.sizes[1:]:
            growth = result.growth(size, "portal", operation)
            if growth > FLAT:
                misses.append(f"{operation} at {size:,}: p95 grows by {growth:.2f}, not {FLAT}")
    for size in result.sizes:
        if result.memory["portal", size][0] > MEMORY:
            misses.append(f"a worker takes {result.memory['portal', size][0]:.0f} MB, not {MEMORY}")
    times = result.escalating["worker"] / result.escalating["sql"]
    if times > ESCALATING:
        misses.append(f"escalating takes {times:.1f} times as long as plain SQL, not {ESCALATING}")
    return misses


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, help="tasks of each city")
    parser.add_argument("--reuse", action="store_true", help="the cities of an earlier run")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="turns of each side")
    asked = parser.parse_args()
    sizes = tuple(sorted(asked.sizes))
    began = time.monotonic()
    make_cities(sizes, asked.reuse)
    text = report(run(sizes, asked.rounds))
    RESULTS.mkdir(exist_ok=True)
    written = RESULTS / f"{datetime.now(UTC):%Y-%m-%d}.md"
    written.write_text(text)
    say(text)
    say(f"Written to {written.name} after {time.monotonic() - began:.0f} seconds.")


if __name__ == "__main__":
    main()
