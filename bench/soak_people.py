"""The people of a soak: they report, whistle, dispatch, work and rate through the API, and never give up.

Each request carries an Idempotency-Key and is sent again, with the same key, until it is answered:
what a person asked for must happen once, whatever was killed meanwhile.
"""

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from bench.city import DEPARTMENTS, KINDS, token_of

# Between two requests of a person: a load, not a flood.
PAUSE = 0.25
TIMEOUT = 30


class Stopped(Exception):
    """The soak is over; a request may have been left without an answer."""


class Broken(Exception):
    """An answer that a sound portal never gives."""


class Person(threading.Thread):
    """One who goes on with stories until told to stop. What was answered is counted."""

    def __init__(self, number: int, seed: int, port: int, city: "Places", stop: threading.Event):
        super().__init__(name=f"person-{number}", daemon=True)
        self.number, self.port, self.city, self.stop = number, port, city, stop
        self.dice = random.Random(seed * 1_000 + number)
        self.asked = 0
        # Keys by what became of them: done for certain, or asked for and never answered.
        self.done: dict[str, str] = {}
        self.open: dict[str, str] = {}
        self.repeats: Counter[str] = Counter()
        self.failure: Exception | None = None

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                self.story()
        except Stopped:
            return
        except Exception as failure:  # reported by whoever started this thread
            self.failure = failure

    def story(self) -> None:
        """A report, and what becomes of it; most stories stop half-way, so that limits pass."""
        building, worker, cadre = self.dice.choice(self.city.places)
        reporter = self.dice.choice(self.city.reporters)
        key = self.key("report")
        body = {
            "unit": building,
            "category": self.dice.choice(KINDS)[0],
            "text": f"楼道里堆满了杂物,请派人来看看。{key}",
        }
        number = self.ask("tasks/", reporter, body, key)["number"]
        lead, assist = self.dice.sample(DEPARTMENTS, 2)
        officer = f"officer_{lead}"
        steps: list[tuple[str, str, dict[str, Any]]] = [
            ("whistle", worker, {"kind": "public", "reason": "需要部门到场处理"}),
            ("comment", worker, {}),
            ("dispatch", cadre, {"lead": lead, "assist": [assist]}),
            ("comment", reporter, {}),
            ("report-in", officer, {}),
            ("contact", officer, {"text": "已电话联系"}),
            (
                "resolve",
                officer,
                {"outcome": "solved", "text": "已清理完毕", "reason": "配合事项另行办理"},
            ),
            ("confirm", cadre, {}),
            ("rate", reporter, {"contacted": True, "resolved": True, "stars": 5}),
        ]
        for action, who, body in steps[: self.dice.choice((1, 3, 4, 4, 5, 6, 9))]:
            key = self.key(action)
            # The comment names its key, so that a doubled one shows.
            text = {"text": key} if action == "comment" else {}
            self.ask(f"tasks/{number}/{action}/", who, body | text, key)

    def key(self, what: str) -> str:
        self.asked += 1
        return f"soak-{self.number}-{self.asked}-{what}"

    def ask(self, path: str, who: str, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Asks until there is an answer; gives it. Raises Stopped, or Broken for a wrong answer."""
        self.open[key] = path
        answer = self.until_answered(lambda: self.post(path, who, body, key))
        del self.open[key]
        self.done[key] = path
        self.stop.wait(PAUSE)
        return answer

    def until_answered(self, work: Callable[[], tuple[int, bytes]]) -> dict[str, Any]:
        while not self.stop.is_set():
            try:
                status, body = work()
            except (OSError, http.client.HTTPException) as failure:
                self.repeats[type(failure).__name__] += 1
                self.stop.wait(PAUSE)
                continue
            if status in (200, 201):
                return json.loads(body)
            # A web process that is being killed, or a file that another writer holds too long.
            if status not in (500, 502, 503):
                raise Broken(f"{status}: {body[:400].decode(errors='replace')}")
            self.repeats[str(status)] += 1
            self.stop.wait(PAUSE)
        raise Stopped

    def post(self, path: str, who: str, body: dict[str, Any], key: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        try:
            connection.request(
                "POST",
                f"/api/v1/{path}",
                json.dumps(body),
                {
                    "Authorization": f"Token {token_of(who)}",
                    "Content-Type": "application/json",
                    "Idempotency-Key": key,
                },
            )
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


class Places:
    """Where people live, who works there, and who reports: read from the city's database."""

    def __init__(self) -> None:
        from orgs.models import Unit, User

        communities = {
            unit.pk: unit for unit in Unit.objects.filter(kind="community").select_related("parent")
        }
        self.places = []
        for building in (
            Unit.objects.filter(kind="building").select_related("parent").order_by("pk")
        ):
            community = communities[building.parent.parent_id]
            self.places.append(
                (
                    building.code,
                    f"worker_{community.code}",
                    f"cadre_{community.parent.code}",
                )
            )
        people = User.objects.filter(username__startswith="reporter_").order_by("pk")
        self.reporters = list(people.values_list("username", flat=True))


def wait_for(what: str, holds: Callable[[], bool], seconds: float) -> None:
    """Waits until something holds. Raises TimeoutError after so many seconds."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"Not after {seconds:.0f} seconds: {what}")
        time.sleep(0.5)
