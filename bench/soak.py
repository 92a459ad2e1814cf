"""An hour of load while processes are killed; then proof that nothing was lost or doubled.

`make soak` starts web, worker and beat as real processes, lets people work through the API, and kills
(-9) one process after the other at random moments. SOAK_SECONDS sets the time, SOAK_SEED the dice,
SOAK_ENGINE the engines: `embedded` (the default), or `services` for the PostgreSQL and Redis of
DATABASE_URL and REDIS_URL. Everything stays on the loopback.
"""

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from bench import databases
from bench.city import say
from bench.soak_people import Person, Places, wait_for
from bench.soak_proof import Arrived, arrived

DATABASE = "bench_soak"
PEOPLE = 4
# Seconds between two kills, and until the killed starts again.
BETWEEN_KILLS, DOWN = (4.0, 12.0), (0.0, 2.0)
# How long the portal may take, once nobody kills any more, to do all that is due.
SETTLING = 180
# Seconds between two sendings of a job that is hastened, and after which one is not begun any more: on a
# busy machine they would pile up before the job that is waited for.
HASTE, STALE = 5, 60
# Seconds without a new notice after which all have been told.
QUIET = 10
NAMES = ("web", "worker", "beat")
# Megabytes that a process and its children may hold: one that grows without end passes it in an hour.
MOST_MEMORY = 600


@contextlib.contextmanager
def receiver() -> Iterator[tuple[int, list[Arrived]]]:
    """A server that takes the messages that leave the portal: its port, and what arrived."""
    found: list[Arrived] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found.append(arrived(body["title"], body["message"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Nothing: the list says what arrived."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1], found
    finally:
        server.shutdown()


def surroundings(folder: Path, engine: str, messages: int) -> dict[str, str]:
    """The environment of every process of the soak."""
    environment = databases.environment(
        DATABASE,
        DJANGO_SETTINGS_MODULE="governance.settings",
        DATA_DIR=str(folder),
        LOG_LEVEL="WARNING",
        NOTICE_CHANNELS=json.dumps({"hook": f"json://127.0.0.1:{messages}/{{username}}"}),
        QUIET_HOURS="",
        THROTTLE_REPORT_MINUTE="100000/min",
        THROTTLE_REPORT_HOUR="100000/hour",
    )
    if engine == "embedded":
        environment |= {"DATABASE_URL": "", "REDIS_URL": ""}
    return environment


def prepare(engine: str) -> Places:
    """A small city without tasks, whose limits are as short as they can be."""
    from django.core.management import call_command

    from bench.city import build
    from governance import running
    from orgs.models import User
    from tasks.catalogue import catalogue

    running.make_folders()
    if engine == "embedded":
        call_command("migrate", verbosity=0)
    now = datetime.now(UTC)
    build(0.001, 0, now=now, say=lambda text: None)
    rule = catalogue.rule_in_force("public")
    rule.pk, rule.street_after, rule.district_after = None, 0, 0
    for limit in ("report_in", "contact", "resolve"):
        setattr(rule, limit, 1)
        setattr(rule, f"{limit}_unit", "minutes")
    rule.source = "soak"
    catalogue.new_rule(rule=rule, by=User.objects.get(username="bench_admin"), now=now)
    return Places()


class Portal:
    """The portal's processes, each in a group of its own, so that one kill takes its children too."""

    def __init__(self, environment: dict[str, str], folder: Path, port: int) -> None:
        from governance import running

        self.commands = running.commands(port)
        self.environment, self.folder = environment, folder
        self.running: dict[str, subprocess.Popen] = {}
        self.kills: Counter[str] = Counter()
        for name in NAMES:
            self.start(name)

    def start(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(  # our own interpreter
                self.commands[name],
                env=self.environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """As a machine does that loses its power."""
        self.end(name, signal.SIGKILL)
        self.kills[name] += 1

    def end(self, name: str, number: int) -> None:
        process = self.running[name]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        process.wait(60)

    def stop(self) -> None:
        for name in NAMES:
            self.end(name, signal.SIGKILL)

    def memory(self, name: str) -> int:
        """Megabytes that a process and its children hold now."""
        group, pages = self.running[name].pid, 0
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError, ValueError, IndexError):
                # Behind the name in brackets: state, parent, process group.
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                if int(fields[2]) == group:
                    pages += int((folder / "statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") // 2**20

    def measure(self, when: str) -> list[str]:
        """Tells each process's memory; gives those that hold too much."""
        held = {name: self.memory(name) for name in NAMES}
        say(f"Memory {when}: " + ", ".join(f"{name} {size} MB" for name, size in held.items()))
        return [
            f"{name} holds {size} MB {when}, more than {MOST_MEMORY}"
            for name, size in held.items()
            if size > MOST_MEMORY
        ]

    def died_by_itself(self) -> list[str]:
        """Processes that ended though nobody killed them."""
        return [name for name, process in self.running.items() if process.poll() is not None]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    try:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False


def steps_done() -> bool:
    """Whether no limit of a dispatch runs that still has a step to come; those of stages last hours."""
    from tasks.enums import STAGE_LIMITS
    from tasks.models import Task

    running = Task.objects.filter(next_step_at__isnull=False)
    return not running.exclude(limit_kind__in=STAGE_LIMITS).exists()


def outbox_empty() -> bool:
    """Whether no message waits."""
    from orgs.models import Delivery

    return not Delivery.objects.filter(sent_at=None, failed_at=None).exists()


def settle() -> list[str]:
    """Waits until the worker has done all that is due; gives what it never did.

    The jobs are sent at once, again and again, rather than when beat says: minutes fewer to wait.
    """
    from orgs.jobs import deliver_notices
    from orgs.notifications.notifications import LEASE
    from tasks.jobs import tell_of_events, watch_limits

    def hastened(job: Any, holds: Callable[[], bool]) -> Callable[[], bool]:
        sent = -float(HASTE)

        def hasten() -> bool:
            nonlocal sent
            if time.monotonic() - sent >= HASTE:
                job.apply_async(expires=STALE)
                sent = time.monotonic()
            return holds()

        return hasten

    # What a killed worker had claimed comes free again after a while only.
    claimed = LEASE.total_seconds()
    try:
        wait_for("every step of every limit is taken", hastened(watch_limits, steps_done), SETTLING)
        wait_for("everybody is told", hastened(tell_of_events, Quiet().lasts), SETTLING)
        wait_for(
            "every message is sent", hastened(deliver_notices, outbox_empty), SETTLING + claimed
        )
    except TimeoutError as late:
        return [str(late)]
    return []


class Quiet:
    """Whether no notice was added for a while: only the worker knows when it has read all entries."""

    def __init__(self) -> None:
        self.count, self.since = -1, 0.0

    def lasts(self) -> bool:
        from orgs.models import Notice

        if (count := Notice.objects.count()) != self.count:
            self.count, self.since = count, time.monotonic()
        return time.monotonic() - self.since > QUIET


def soak(seconds: int, seed: int, engine: str, folder: Path) -> int:
    """The whole soak; answers how many things are wrong."""
    with receiver() as (messages, received), contextlib.ExitStack() as closing:
        environment = surroundings(folder, engine, messages)
        if engine == "services":
            databases.recreate(DATABASE)
        os.environ.update(environment)
        import django

        django.setup()
        places, port, dice = prepare(engine), free_port(), random.Random(seed)
        portal = Portal(environment, folder, port)
        closing.callback(portal.stop)
        wait_for("the portal answers", lambda: answers(port), 90)
        wrong = portal.measure("at the start")
        stop = threading.Event()
        people = [Person(number, seed, port, places, stop) for number in range(PEOPLE)]
        for person in people:
            person.start()
        say(f"Soaking for {seconds} s on {engine} engines, seed {seed} ...")
        wrong += load_and_kill(portal, people, dice, seconds)
        stop.set()
        for person in people:
            person.join(60)
        wrong += [f"{one.name}: {one.failure}" for one in people if one.failure]
        done = {key: path for one in people for key, path in one.done.items()}
        unanswered = {key: path for one in people for key, path in one.open.items()}
        repeats = sum((one.repeats for one in people), Counter[str]())
        say(
            f"{len(done)} requests answered, {sum(repeats.values())} sent again {dict(repeats)}; "
            f"killed {dict(portal.kills)}. Waiting until all that is due is done ..."
        )
        wrong += settle()
        wrong += portal.measure("at the end")
        wrong += told_of(done, unanswered, received)
        for line in wrong[:40]:
            say(f"WRONG  {line}")
    return len(wrong)


def load_and_kill(
    portal: Portal, people: list[Person], dice: random.Random, seconds: int
) -> list[str]:
    """Kills until the time is over; gives what ended by itself."""
    wrong: list[str] = []
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0 and not any(one.failure for one in people):
        time.sleep(min(dice.uniform(*BETWEEN_KILLS), max(left, 0)))
        for name in portal.died_by_itself():
            wrong.append(f"{name} ended by itself")
            portal.start(name)
        name = dice.choice(NAMES)
        if (size := portal.memory(name)) > MOST_MEMORY:
            wrong.append(f"{name} held {size} MB, more than {MOST_MEMORY}")
        portal.kill(name)
        time.sleep(dice.uniform(*DOWN))
        portal.start(name)
    return wrong


def told_of(done: dict[str, str], unanswered: dict[str, str], received: list[Arrived]) -> list[str]:
    """The proof, and what it was about."""
    from django.utils import timezone

    from bench.soak_proof import proofs
    from orgs.models import AuditEntry, Delivery, Notice
    from tasks.models import Event, LimitStepTaken, Task

    counts = {
        model._meta.label: model._default_manager.count()
        for model in (Task, Event, LimitStepTaken, Notice, Delivery, AuditEntry)
    }
    again = len(received) - len(set(received))
    say(f"{counts}; {len(received)} messages arrived, {again} of them once more.")
    return list(proofs(done, unanswered, received, timezone.now()))


def main() -> None:
    seconds = int(os.environ.get("SOAK_SECONDS") or 3600)
    seed = int(os.environ.get("SOAK_SEED") or 2026)
    engine = os.environ.get("SOAK_ENGINE") or "embedded"
    if engine not in ("embedded", "services"):
        sys.exit("SOAK_ENGINE is embedded or services.")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        wrong = soak(seconds, seed, engine, Path(name))
        if wrong:
            for log in sorted(Path(name).glob("*.log")):
                say(f"--- {log.name}\n" + "\n".join(log.read_text().splitlines()[-25:]))
    if wrong:
        sys.exit(f"{wrong} things are wrong.")
    say(f"Nothing was lost, nothing doubled ({time.monotonic() - began:.0f} s).")


if __name__ == "__main__":
    main()
