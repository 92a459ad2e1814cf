"""How fast 500 people check in: `python -m bench.check_in` (8 clients at the start of one activity).

Each check-in goes through the API with a token and a pass that was scanned before; beside it, in turns
and on the same database, a bare DRF view that writes the same rows (`bench/bare.py`). A share is the bare
view's processor time over the portal's, the median of the turns. Needs PostgreSQL and Redis; makes and
keeps the database bench_check_in.
"""

import http.client
import json
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

from bench import databases
from bench.city import token_of
from bench.run import BARE, CLIENTS, PORTAL, ROUNDS
from bench.servers import WORKERS, Server
from bench.votes import queue_of, tokens_of

NAME = "bench_check_in"
PEOPLE, WARM = 500, 20
# What must be reached: of the bare view's rate, and statements of one check-in.
SHARE, STATEMENTS = 0.8, 12
RESULTS = Path(__file__).parent / "results"


def build(people: int) -> tuple[Any, list[Any]]:
    """One activity that begins now, and who has a place in it."""
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone
    from knox.models import AuthToken

    from orgs.models import District, Unit, User
    from volunteers.service.models import Activity, ActivityInterval, Participant, SignUp

    now = timezone.now()
    district = District.objects.create(code="429900000000", name="测试区")
    parent = None
    for kind, code in (
        ("street", "429900001000"), ("community", "429900001001"), ("compound", "429900001001-001"),
    ):  # fmt: skip
        where = {} if parent else {"district": district}
        parent = Unit.objects.create(
            parent=parent, code=code, name=kind, kind=kind, path_name=kind, **where
        )
    word = make_password(None)
    keeper = User.objects.create(username="keeper", name="书记", password=word)
    users = User.objects.bulk_create(
        [User(username=f"p{n}", name=f"党员{n}", password=word) for n in range(people)]
    )
    who = Participant.objects.bulk_create(
        [
            Participant(name=one.name, name_key=one.name, account=one, place=parent, entered_at=now)
            for one in users
        ]
    )
    activity = Activity.objects.create(
        unit=parent, title="全员签到", minutes_kind="duty", starts_at=now,
        ends_at=now + timedelta(hours=2), places=people, organiser=keeper,
        created_at=now - timedelta(days=1), published_at=now - timedelta(days=1),
        state="published", secret="k" * 64,
    )  # fmt: skip
    ActivityInterval.objects.create(
        activity=activity, starts_at=activity.starts_at, ends_at=activity.ends_at
    )
    SignUp.objects.bulk_create(
        [
            SignUp(
                activity=activity, participant=one, state="placed", seat=n + 1, placed_at=now,
                told_at=now, at=now, by=keeper,
            )
            for n, one in enumerate(who)
        ]
    )  # fmt: skip
    AuthToken.objects.bulk_create(tokens_of(users, now), batch_size=1000)
    return activity, users


def scanned(activity: Any, name: str, number: int) -> list[str]:
    """So many passes, as telephones have them before they check in."""
    from django.utils import timezone

    from volunteers.service.attendance import codes, passes
    from volunteers.service.models import ScanPass

    now = timezone.now()
    tokens = [f"{name}-{one}" for one in range(number)]
    ScanPass.objects.bulk_create(
        [
            ScanPass(
                token_hash=passes.digest(token), activity=activity, direction="in", source="scan",
                slot=codes.slot_of(now), browser_hash="", made_at=now,
                expires_at=now + timedelta(hours=1),
            )
            for token in tokens
        ],
        batch_size=1000,
    )  # fmt: skip
    return tokens


def turn(server: Server, pk: int, sent: list[tuple[str, str]]) -> tuple[float, list[float]]:
    """All of these (account, pass) through eight clients: processor time of one, and how long each took."""
    queue, before = iter(sent), server.cpu()

    def client(_number: int) -> list[float]:
        connection, taken = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60), []
        for username, scan_pass in queue_of(queue):
            body = json.dumps({"pass": scan_pass, "event_id": str(uuid4())})
            headers = {
                "Authorization": f"Token {token_of(username)}",
                "Content-Type": "application/json",
            }
            began = time.perf_counter()
            connection.request("POST", f"/api/v1/activities/{pk}/check-in/", body, headers)
            response = connection.getresponse()
            answer = response.read()
            assert response.status == 200, answer[:300]
            taken.append(time.perf_counter() - began)
        return taken

    with ThreadPoolExecutor(CLIENTS) as pool:
        taken = [one for found in pool.map(client, range(CLIENTS)) for one in found]
    return (server.cpu() - before) / len(sent), taken


def statements_of(activity: Any, user: Any, scan_pass: str) -> int:
    """SQL statements of one check-in, without those that read the token."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from rest_framework.test import APIRequestFactory, force_authenticate

    from volunteers.service.attendance.api import CheckInView

    body = {"pass": scan_pass, "event_id": str(uuid4())}
    request = APIRequestFactory().post("/", body, format="json")
    force_authenticate(request, user)
    with CaptureQueriesContext(connection) as queries:
        assert CheckInView.as_view()(request, pk=activity.pk).status_code == 200
    return len(queries)


def main(people: int) -> int:
    databases.recreate(NAME)
    os.environ |= databases.environment(NAME)
    os.environ["DJANGO_SETTINGS_MODULE"] = PORTAL
    import django

    django.setup()
    from volunteers.service.models import CheckEvent

    activity, users = build(people)
    modules = {"bare": BARE, "portal": PORTAL}
    # One more of each side warms its workers before the clock runs.
    sent = {
        name: list(
            zip(
                [one.username for one in users] * 2,
                scanned(activity, name, people + WARM),
                strict=False,
            )
        )
        for name in modules
    }
    used, taken = {name: [] for name in modules}, {name: [] for name in modules}
    with tempfile.TemporaryDirectory() as folder:
        servers = {name: Server(NAME, module, 60, Path(folder)) for name, module in modules.items()}
        try:
            for name, server in servers.items():
                server.wait()
                turn(server, activity.pk, sent[name][people:])
            size = people // ROUNDS
            for number in range(ROUNDS):
                part = slice(number * size, (number + 1) * size)
                for name in sorted(modules, reverse=bool(number % 2)):
                    each, times = turn(servers[name], activity.pk, sent[name][part])
                    used[name].append(each)
                    taken[name] += times
        finally:
            for server in servers.values():
                server.stop()
    written = CheckEvent.objects.count()
    assert written == 2 * (size * ROUNDS + WARM), written
    share = median(bare / own for bare, own in zip(used["bare"], used["portal"], strict=True))
    statements = statements_of(activity, users[0], scanned(activity, "last", 1)[0])
    lines = [
        f"{people} people, {CLIENTS} clients, {WORKERS} workers: processor time of one check-in"
        f" {median(used['portal']) * 1000:.1f} ms, of the bare view {median(used['bare']) * 1000:.1f} ms",
        f"{share:.0%} of the bare view (at least {SHARE:.0%}), {statements} statements"
        f" (at most {STATEMENTS})",
        *(
            f"{name}: {CLIENTS * len(times) / sum(times):.0f} a second, half in"
            f" {median(times) * 1000:.0f} ms"
            for name, times in taken.items()
        ),
    ]
    text = "\n".join(f"* {line}" for line in lines)
    print(text)
    RESULTS.mkdir(exist_ok=True)
    stamp = f"{datetime.now(UTC):%Y-%m-%d}"
    (RESULTS / f"check-in-{stamp}.md").write_text(f"# Check-in, {stamp}\n\n{text}\n")
    return 0 if share >= SHARE and statements <= STATEMENTS else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE))
