"""How fast dashboards open: `python -m bench.dashboards` (1/100 of a city; further scales as arguments;
`--reuse`: the cities of an earlier run).

Of each city the district, a street, a community, a compound and a department, as whoever works there
opens them in one process: statements, the 95th percentile of a request, and beside it the median of
the processor's time without the database's. All jobs count before, and the proof is asked. Needs
PostgreSQL; makes and keeps the databases bench_dashboards_<tenths of a per mille>.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import Any

from bench import databases
from bench.run import PORTAL, collect

SCALES = (0.01,)
# Each page is opened so often, after some turns that warm what a process remembers.
ROUNDS, WARM = 120, 5
# What must be reached.
STATEMENTS, FLAT = 15, 1.3
RESULTS = Path(__file__).parent / "results"
BUILD, MEASURE = "--build", "--measure"


def name_of(scale: float) -> str:
    return f"bench_dashboards_{round(scale * 10_000)}"


def build(scale: float) -> dict[str, float]:
    """A city with its days, all counted as the jobs do; seconds of each job."""
    from django.utils import timezone

    from bench import city
    from governance.dashboards.counting import coverage, days, duty, spots, standing
    from tasks.rates import day_counts

    now = timezone.now()
    city.build(scale, now=now, say=city.say)
    took: dict[str, float] = {}

    def timed(name: str, call: Any) -> None:
        began = time.perf_counter()
        call()
        took[name] = time.perf_counter() - began

    timed("90 days", lambda: day_counts.count_recent(now))
    # The nightly count alone says nothing of what happened since the last reading of timelines.
    days.settle(now=now)
    timed("one day again", lambda: day_counts.count_days([timezone.localdate(now)], now))
    for module in (standing, spots, duty, coverage):
        name = module.__name__.rsplit(".", 1)[1]
        timed(name, lambda count=module.count: count(now))
        # What a job does every few minutes: hardly anything has changed.
        timed(f"{name} again", lambda count=module.count: count(timezone.now()))
    return took


def measure() -> dict[str, Any]:
    """Opens the dashboards of the database at hand."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from bench.statements import NOT_COUNTED
    from governance.dashboards.enums import BoardKind
    from governance.dashboards.models import Board, BoardDay
    from governance.dashboards.pictures import board_url
    from governance.dashboards.verification import prove
    from orgs.enums import Role
    from orgs.models import Position, Unit, User

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    district = Board.objects.get(kind=BoardKind.DISTRICT).district
    leader = User.objects.create(username=f"district{time.time()}", name="区")
    Position.objects.create(
        user=leader, role=Role.DISTRICT_OFFICE, district=district, starts=datetime.now(UTC).date()
    )
    pages: dict[str, Any] = {}
    for kind in BoardKind:
        board = Board.objects.filter(kind=kind).order_by("-open", "pk")[0]
        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(leader, backend="orgs.backends.PositionBackend")
        for more in ("board", "wall"):
            path = board_url(board, more)
            taken, work = [], []
            for turn in range(WARM + ROUNDS):
                began, busy = time.perf_counter(), time.process_time()
                answer = client.get(path)
                if answer.status_code != 200:
                    raise RuntimeError(f"{path}: {answer.status_code}")
                if turn >= WARM:
                    taken.append(time.perf_counter() - began)
                    work.append(time.process_time() - busy)
            with CaptureQueriesContext(connection) as captured:
                client.get(path)
            pages[f"{kind.value} {more}"] = {
                "statements": sum(not NOT_COUNTED.match(row["sql"]) for row in captured),
                "p95": quantiles(taken, n=100)[94] * 1000,
                "median": quantiles(taken, n=100)[49] * 1000,
                "work": quantiles(work, n=100)[49] * 1000,
            }
    proof = prove(datetime.now(UTC), days=5)
    return {
        "pages": pages,
        "units": Unit.objects.count(),
        "rows": BoardDay.objects.count(),
        "compared": proof.compared,
        "differences": proof.differences[:5],
    }


def child(scale: float, part: str) -> Any:
    """Builds or measures one city, in a process of its own."""
    name = name_of(scale)
    with tempfile.TemporaryDirectory() as folder:
        collect(Path(folder), name)
        environment = databases.environment(name, DATA_DIR=folder)
        environment["DJANGO_SETTINGS_MODULE"] = PORTAL
        out = subprocess.run(
            [sys.executable, "-m", "bench.dashboards", part, str(scale)],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    return json.loads(out.stdout.splitlines()[-1])


def part(name: str, scale: float) -> None:
    """What `child` starts."""
    import django

    django.setup()
    print(json.dumps(build(scale) if name == BUILD else measure()))


def main(scales: list[float], reuse: bool) -> int:
    took: dict[float, dict[str, float]] = {}
    for scale in [] if reuse else scales:
        databases.recreate(name_of(scale))
        took[scale] = child(scale, BUILD)
    # One right after the other: whatever else the machine does meets all of them.
    found = {scale: child(scale, MEASURE) for scale in scales}
    lines, ok = [], True
    for scale, city in found.items():
        lines.append(f"\n{scale:g} of a city: {city['units']} units, {city['rows']} rows of days")
        if scale in took:
            jobs = (f"{name} {seconds:.2f} s" for name, seconds in took[scale].items())
            lines.append("jobs: " + ", ".join(jobs))
        lines.append(f"proved {city['compared']} rows, different: {city['differences'] or 'none'}")
        ok &= not city["differences"]
        for page, numbers in city["pages"].items():
            smallest = found[scales[0]]["pages"][page]
            ratio = numbers["p95"] / smallest["p95"]
            lines.append(
                f"- {page}: {numbers['statements']} statements, median {numbers['median']:.1f} ms,"
                f" (processor {numbers['work']:.1f} ms), p95 {numbers['p95']:.1f} ms ({ratio:.2f} times, at most {FLAT})"
            )
            ok &= numbers["statements"] <= STATEMENTS and ratio <= FLAT
            ok &= numbers["statements"] == smallest["statements"]
    text = "\n".join(lines).strip()
    print(text)
    RESULTS.mkdir(exist_ok=True)
    stamp = f"{datetime.now(UTC):%Y-%m-%d}"
    (RESULTS / f"dashboards-{stamp}.md").write_text(f"# Dashboards, {stamp}\n\n{text}\n")
    return 0 if ok else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scales", type=float, nargs="*", default=list(SCALES))
    parser.add_argument("--reuse", action="store_true")
    parser.add_argument(BUILD, type=float, help=argparse.SUPPRESS)
    parser.add_argument(MEASURE, type=float, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.build is not None:
        part(BUILD, asked.build)
    elif asked.measure is not None:
        part(MEASURE, asked.measure)
    else:
        sys.exit(main(asked.scales, asked.reuse))
