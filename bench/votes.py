"""How fast votes are cast and counted: `python -m bench.votes` (5,000 households, eight clients).

The last ten minutes of a vote: every household casts, through the portal and through a bare DRF view
that writes the same rows under the same lock, in turns. A share is the bare view's processor time
over the portal's; statements are counted in this process, BEGIN and COMMIT left out. Then the tally
beside one SQL aggregate, opening a poll, and many people opening the result at once, as a page and by
the API. Needs PostgreSQL and Redis; makes and keeps the database bench_votes.
"""

import http.client
import itertools
import json
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bench import databases
from bench.city import token_of
from bench.run import BARE, CLIENTS, PORTAL, collect
from bench.servers import WORKERS, Server
from bench.statements import NOT_COUNTED

NAME = "bench_votes"
ROUNDS = 5
READERS, READING_SECONDS = 1500, 30
# What must be reached: the share of the bare view, statements, the tally over one aggregate, seconds.
SHARE, STATEMENTS, TALLY, TALLY_SECONDS = 0.8, 12, 3, 1.0
RESULTS = Path(__file__).parent / "results"


def build(households: int) -> dict[str, Any]:
    """A compound with so many owners with accounts, and two open polls of it."""
    from django.contrib.auth.hashers import make_password
    from knox.models import AuthToken

    from orgs.enums import Role
    from orgs.models import District, Position, Unit, User
    from residents.deliberation.enums import Electorate, Matter, PollMode, Rule
    from residents.deliberation.polls.course import polls
    from residents.models import Belonging, Household, Person

    now = datetime.now(UTC)
    district = District.objects.create(code="429900000000", name="测试区")
    units, parent = [], None
    for level, (kind, code) in enumerate(
        (
            ("street", "429900001000"), ("community", "429900001001"),
            ("compound", "429900001001-001"), ("building", "429900001001-001-001"),
        )
    ):  # fmt: skip
        where = {"district": district} if level == 0 else {}
        parent = Unit.objects.create(
            parent=parent, code=code, name=kind, kind=kind, path_name=kind, **where
        )
        units.append(parent)
    building, compound = units[3], Unit.objects.get(pk=units[2].pk)
    password = make_password(None)
    accounts = User.objects.bulk_create(
        [User(username=f"voter_{n}", name=f"户{n}", password=password) for n in range(households)],
        batch_size=1000,
    )
    committee = User.objects.create(username="committee", name="业委", password=password)
    Position.objects.create(
        user=committee, role=Role.OWNERS_COMMITTEE, unit=compound, starts=now.date()
    )
    homes = Household.objects.bulk_create(
        [
            Household(
                building=building, room=str(n), code=f"{building.code}-0-{n}",
                area=8_000 + n % 5_000, area_source="register",
            )
            for n in range(households)
        ],
        batch_size=1000,
    )  # fmt: skip
    people = Person.objects.bulk_create(
        [Person(name=one.name, place=building, account=one, entered_at=now) for one in accounts],
        batch_size=1000,
    )
    Belonging.objects.bulk_create(
        [
            Belonging(
                person=person, household=home, relation="owner", starts=now.date(),
                verified_by=committee, verified_at=now,
            )
            for person, home in zip(people, homes, strict=True)
        ],
        batch_size=1000,
    )  # fmt: skip
    AuthToken.objects.bulk_create(tokens_of([*accounts, committee], now), batch_size=1000)
    found: dict[str, Any] = {"opening": []}
    for name in ("portal", "bare"):
        poll = polls.create(
            unit=compound, title=name, questions=[{"id": "1", "text": "换电梯吗？"}],
            electorate=Electorate.OWNERS, mode=PollMode.STATUTORY_PAPER,
            rule=Rule.CIVIL_CODE_278, matter=Matter.USE_FUND, opens_at=now,
            closes_at=now + timedelta(days=1), rehearsal=True, by=committee, now=now,
        )  # fmt: skip
        polls.announce(poll=poll, by=committee, now=now)
        began = time.perf_counter()
        poll = polls.open_poll(poll=poll, by=committee, now=now)
        found["opening"].append(time.perf_counter() - began)
        found[name] = poll.pk
        found[f"{name}_entries"] = list(
            poll.entries.order_by("pk").values_list("pk", "person__account__username")
        )
    return found


def tokens_of(accounts: list[Any], now: datetime) -> list[Any]:
    """The unsaved tokens of the API of some accounts, for a day."""
    from knox.crypto import hash_token
    from knox.models import AuthToken
    from knox.settings import CONSTANTS

    return [
        AuthToken(
            digest=hash_token(token_of(one.username)),
            token_key=token_of(one.username)[: CONSTANTS.TOKEN_KEY_LENGTH],
            user=one,
            expiry=now + timedelta(days=1),
            created=now,
        )
        for one in accounts
    ]


def cast_all(server: Server, poll: int, entries: list[tuple[int, str]]) -> tuple[list[float], int]:
    """All of these entries cast through eight clients: the times, and how many were accepted."""
    queue = iter(entries)
    choices = itertools.cycle(("for", "for", "against", "abstain"))

    def client(_number: int) -> list[tuple[float, int]]:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        answers = []
        for entry, username in queue_of(queue):
            body = json.dumps({"entry": entry, "choices": {"1": next(choices)}})
            headers = {
                "Authorization": f"Token {token_of(username)}",
                "Content-Type": "application/json",
            }
            began = time.perf_counter()
            connection.request("POST", f"/api/v1/polls/{poll}/ballots/", body, headers)
            response = connection.getresponse()
            response.read()
            answers.append((time.perf_counter() - began, response.status))
        return answers

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = [one for found in pool.map(client, range(CLIENTS)) for one in found]
    return [taken for taken, _status in answers], sum(status == 201 for _taken, status in answers)


def statements(path: str, username: str, body: dict[str, Any] | None = None) -> int:
    """How many statements one request takes: a POST of this body, else a GET, after a first one that
    writes when the session was last used.
    """
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"Authorization": f"Token {token_of(username)}", "Host": "127.0.0.1"})
    if not path.startswith("/api/"):
        client.cookies["sessionid"] = session_key(username)
    if body is None:
        client.get(path)
    with CaptureQueriesContext(connection) as captured:
        if body is None:
            answer = client.get(path)
        else:
            answer = client.post(path, body, content_type="application/json")
    if answer.status_code >= 300:
        raise RuntimeError(f"{path}: {answer.status_code} {answer.content[:300]!r}")
    return sum(not NOT_COUNTED.match(row["sql"]) for row in captured)


def session_key(username: str) -> str:
    """The key of somebody's session, the same in every run."""
    return f"bench{username:_>27}"


def queue_of(rows: Any) -> Any:
    """Rows that several threads take from one iterator."""
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except ValueError:  # another thread is inside
            time.sleep(0)


class Lines(list[str]):
    """What was found, printed as it is."""

    def note(self, *lines: str) -> None:
        self.extend(lines)
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        sys.stdout.flush()


def main(households: int) -> int:
    databases.recreate(NAME)
    with tempfile.TemporaryDirectory() as folder:
        # This process shows pages too, with the files that the servers have.
        os.environ |= databases.environment(NAME, DATA_DIR=folder)
        os.environ["DJANGO_SETTINGS_MODULE"] = PORTAL
        collect(Path(folder), NAME)
        lines, ok = _measured(Path(folder), households)
    RESULTS.mkdir(exist_ok=True)
    stamp = f"{datetime.now(UTC):%Y-%m-%d}"
    text = "\n".join(lines)
    (RESULTS / f"votes-{stamp}.md").write_text(f"# Votes, {stamp}\n\n" + text + "\n")
    return 0 if ok else 1


def _measured(folder: Path, households: int) -> tuple[Lines, bool]:
    import django

    django.setup()
    found, lines = build(households), Lines()
    lines.note(f"opening {households} entries: {max(found['opening']):.1f} s")
    servers = {
        name: Server(NAME, module, 60, folder)
        for name, module in (("portal", PORTAL), ("bare", BARE))
    }
    try:
        for server in servers.values():
            server.wait()
        ok = _casting(servers, found, lines) & _counting(found, lines)
        ok &= _reading(servers["portal"], found, lines)
    finally:
        for server in servers.values():
            server.stop()
    return lines, ok


def _casting(servers: dict[str, Server], found: dict[str, Any], lines: Lines) -> bool:
    from residents.deliberation.models import Ballot

    shares, times = [], []
    *entries, (last, voter) = found["portal_entries"]
    size, accepted = len(entries) // ROUNDS, 0
    for number in range(ROUNDS):
        used = {}
        for name in ("portal", "bare") if number % 2 else ("bare", "portal"):
            part = found[f"{name}_entries"][number * size : (number + 1) * size]
            before = servers[name].cpu()
            taken, done = cast_all(servers[name], found[name], part)
            used[name] = servers[name].cpu() - before
            if name == "portal":
                times += taken
                accepted += done
        shares.append(used["bare"] / used["portal"])
    counted = Ballot.objects.filter(poll=found["portal"], state="live").count()
    path, vote = (
        f"/api/v1/polls/{found['portal']}/ballots/",
        {"entry": last, "choices": {"1": "for"}},
    )
    first, changed = statements(path, voter, vote), statements(path, voter, vote)
    share, p95 = median(shares), quantiles(times, n=20)[-1]
    lines.note(
        f"cast: {accepted} accepted, {counted} counted, p95 {p95 * 1000:.0f} ms, "
        f"{len(times) / (sum(times) / CLIENTS):.0f} a second",
        f"share of the bare view: {share:.0%} (at least {SHARE:.0%})",
        f"{first} statements for a ballot, {changed} to change it (at most {STATEMENTS})",
    )
    fits = share >= SHARE and max(first, changed) <= STATEMENTS
    return fits and counted == accepted == size * ROUNDS


def _counting(found: dict[str, Any], lines: Lines) -> bool:
    from django.db import connection

    from residents.deliberation.models import Poll
    from residents.deliberation.polls.box import verification
    from residents.deliberation.polls.count import tallies

    poll = Poll.objects.get(pk=found["portal"])
    aggregate = (
        "SELECT b.choices, count(*), sum(e.area) FROM deliberation_ballot b JOIN "
        "deliberation_rollentry e ON e.id = b.entry_id WHERE b.poll_id = %s AND b.state = 'live' "
        "GROUP BY b.choices"
    )
    sql, ours = [], []
    for _round in range(9):
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(aggregate, [poll.pk])
            cursor.fetchall()
        sql.append(time.perf_counter() - began)
        began = time.perf_counter()
        tallies.tally(poll)
        ours.append(time.perf_counter() - began)
    took, ratio = median(ours), median(ours) / median(sql)
    problems = list(verification.problems(poll))
    lines.note(
        f"tally: {took * 1000:.1f} ms, {ratio:.1f} times one SQL aggregate (at most {TALLY})",
        f"verification: {problems or 'all fits together'}",
    )
    return took < TALLY_SECONDS and ratio <= TALLY and not problems


def _reading(server: Server, found: dict[str, Any], lines: Lines) -> bool:
    """Many people open the result within half a minute, as a page and by the API; none fails."""
    from django.utils import timezone

    from orgs.models import User
    from residents.deliberation.models import Poll
    from residents.deliberation.polls.course import polls

    poll = Poll.objects.select_related("unit").get(pk=found["portal"])
    committee = User.objects.get(username="committee")
    polls.close(poll=poll, by=committee, now=timezone.now())
    polls.publish(poll=poll, by=committee, now=timezone.now())
    names = [username for _entry, username in found["portal_entries"][:READERS]]
    tokens = [{"Authorization": f"Token {token_of(name)}"} for name in names]
    ok = True
    for what, path, headers in (
        ("page", f"/polls/{poll.pk}/", _cookies(names)),
        ("tally", f"/api/v1/polls/{poll.pk}/tally/", tokens),
    ):
        before = statements(path, names[0])
        ok &= _read(server, path, headers, what, lines)
        counts = {before, *(statements(path, name) for name in names[-3:])}
        lines.note(f"statements of the {what}: {', '.join(map(str, sorted(counts)))} (one number)")
        ok &= len(counts) == 1
    return ok


def _read(
    server: Server, path: str, headers: list[dict[str, str]], what: str, lines: Lines
) -> bool:
    def read(own: dict[str, str]) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        connection.request("GET", path, headers=own)
        response = connection.getresponse()
        response.read()
        return response.status

    began, before = time.perf_counter(), server.cpu()
    with ThreadPoolExecutor(64) as pool:
        failed = sum(status != 200 for status in pool.map(read, headers))
    took, used = time.perf_counter() - began, server.cpu() - before
    # What it takes where nobody else wants the processors: each worker has one of its own.
    alone = used / WORKERS
    lines.note(
        f"{len(headers)} people opened the result ({what}): {failed} failed, {took:.1f} s with what "
        f"else ran, {alone:.1f} s of each worker, {used / len(headers) * 1000:.1f} ms for each"
    )
    return failed == 0 and alone <= READING_SECONDS


def _cookies(names: list[str]) -> list[dict[str, str]]:
    """A session for each, in bulk."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session

    from orgs.models import User

    people = {person.username: person for person in User.objects.filter(username__in=names)}
    rows = []
    for name in names:
        store = SessionStore(session_key(name))
        kept = {
            SESSION_KEY: str(people[name].pk),
            BACKEND_SESSION_KEY: "orgs.backends.PositionBackend",
            HASH_SESSION_KEY: people[name].get_session_auth_hash(),
        }
        rows.append(store.create_model_instance(kept))
    Session.objects.bulk_create(rows, batch_size=500)
    return [{"Cookie": f"sessionid={row.session_key}"} for row in rows]


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000))
