"""What the clients ask: the same requests for the portal and for the bare views."""

import itertools
import json
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg2

from bench import databases
from bench.city import KINDS, TOKENS_OF_REPORTERS, token_of

OPERATIONS = ("report", "list (superuser)", "list (officer)", "act")
TASKS_PATH = "/api/v1/tasks/"


@dataclass(frozen=True)
class Ask:
    """One request."""

    method: str
    path: str
    body: bytes
    token: str
    # Of a session, where a page is asked for.
    cookie: str = ""

    @property
    def headers(self) -> dict[str, str]:
        if self.cookie:
            return {"Cookie": f"sessionid={self.cookie}"}
        return {"Authorization": f"Token {self.token}", "Content-Type": "application/json"}


class Asker:
    """Gives the next request of an operation to whichever client asks for one.

    Each side acts on fresh tasks of its own, the portal on half of them: a task that was acted on
    before answers with a longer timeline. The bare views, below a `prefix`, have no states and may
    begin again; the portal cannot.
    """

    def __init__(self, database: str, *, seed: int = 0, prefix: str | None = None) -> None:
        self._path = f"{prefix or ''}{TASKS_PATH}"
        self._lock = threading.Lock()
        self._dice = random.Random(seed)  # repeatable, not secret
        with psycopg2.connect(databases.url_of(database)) as server, server.cursor() as cursor:
            cursor.execute(
                "SELECT code FROM orgs_unit WHERE kind = 'building' ORDER BY id LIMIT 2000"
            )
            self._units = [row[0] for row in cursor]
            cursor.execute(
                "SELECT username FROM orgs_user WHERE username LIKE 'worker_%' ORDER BY id"
            )
            self._officers = [token_of(row[0]) for row in cursor]
            cursor.execute(_FRESH)
            fresh = [(number, token_of(worker)) for number, worker in cursor]
            cursor.execute("SELECT count(*) FROM orgs_user WHERE username LIKE 'reporter_%'")
            reporters = min(cursor.fetchone()[0], TOKENS_OF_REPORTERS)
        self._reporters = itertools.cycle(
            token_of(f"reporter_{index:07}") for index in range(reporters)
        )
        quarter = len(fresh) // 4
        if prefix is None:
            self._fresh: Iterator[tuple[str, str]] = iter(fresh[2 * quarter :])
        else:
            own = fresh[:quarter] if prefix else fresh[quarter : 2 * quarter]
            self._fresh = itertools.cycle(own)
        self._acts = self._all_acts()

    def next(self, operation: str) -> Ask:
        with self._lock:
            if operation == "report":
                return _ask("POST", self._path, next(self._reporters), self._report())
            if operation == "list (superuser)":
                return _ask("GET", self._path, token_of("bench_admin"))
            if operation == "list (officer)":
                return _ask("GET", self._path, self._dice.choice(self._officers))
            return next(self._acts)

    def _report(self) -> dict[str, Any]:
        return {
            "unit": self._dice.choice(self._units),
            "category": self._dice.choice(KINDS)[0],
            "text": "楼道里堆满了杂物,晚上看不清路,请派人来看看。",
        }

    def _all_acts(self) -> Iterator[Ask]:
        """Each fresh task is accepted by its community's worker, then commented on."""
        for number, token in self._fresh:
            yield _ask("POST", f"{self._path}{number}/accept/", token, {})
            body = {"text": "已派人上门查看,预计明天处理完毕。"}
            yield _ask("POST", f"{self._path}{number}/comment/", token, body)
        raise RuntimeError("No fresh task is left to act on: make the city bigger.")


_FRESH = """
SELECT task.number, worker.username
FROM tasks_task task
JOIN orgs_unit unit ON unit.id = task.unit_id
JOIN orgs_unit community ON community.tree_id = unit.tree_id AND community.kind = 'community'
    AND community.lft <= unit.lft AND community.rght >= unit.rght
JOIN orgs_position position ON position.unit_id = community.id AND position.role = 'community_worker'
JOIN orgs_user worker ON worker.id = position.user_id
WHERE task.status = 'submitted' AND task.number LIKE 'BE%'
ORDER BY task.id
"""


def _ask(method: str, path: str, token: str, body: dict[str, Any] | None = None) -> Ask:
    return Ask(method, path, b"" if body is None else json.dumps(body).encode(), token)
