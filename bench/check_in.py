"""How fast 500 people check in: `python -m bench.check_in` (8 clients at the start of one activity).

Each check-in goes through the API with a pass that was scanned before; beside it, in the same run and
on the same database, a bare DRF view that writes the same rows. Needs PostgreSQL; makes and keeps the
database bench_check_in.
"""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench import databases
from bench.run import PORTAL

NAME = "bench_check_in"
PEOPLE, CLIENTS = 500, 8
# What must be reached: of the bare view's rate, and statements of one check-in.
SHARE, STATEMENTS = 0.8, 12
RESULTS = Path(__file__).parent / "results"


def build(people: int) -> tuple[Any, list[Any]]:
    """One activity that begins now, and who has a place in it."""
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

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
    return activity, users


def scanned(activity: Any, people: int) -> list[str]:
    """A pass for each, as the telephone has it before it checks in."""
    from django.utils import timezone

    from volunteers.service.attendance import codes, passes
    from volunteers.service.enums import Direction

    now = timezone.now()
    token = codes.code_of(activity, Direction.IN, codes.slot_of(now)).token
    return [
        passes.scan(activity=activity, token=token, browser="", who=f"user:{n}", now=now).token
        for n in range(people)
    ]


def bare_view() -> Any:
    """A DRF view that writes the same two rows and knows no rule."""
    from django.utils import timezone
    from rest_framework.response import Response
    from rest_framework.views import APIView

    from volunteers.service.attendance.passes import digest
    from volunteers.service.models import CheckEvent, Participant, ScanPass

    class Bare(APIView):
        def post(self, request: Any, pk: int) -> Response:
            now = timezone.now()
            who = Participant.objects.get(account=request.user)
            ScanPass.objects.filter(token_hash=digest(request.data["pass"])).update(
                account=request.user, used_at=now
            )
            event = CheckEvent.objects.create(
                id=request.data["event_id"], activity_id=pk, participant=who, by=request.user,
                direction="in", source="scan", state="taken", at=now, received_at=now,
            )  # fmt: skip
            return Response({"state": event.state})

    return Bare.as_view()


def run(view: Any, pk: int, users: list[Any], passes: list[str]) -> tuple[float, int]:
    """Seconds for all of them with so many clients at once, and the most statements of one."""
    from django.db import connection, connections
    from django.test.utils import CaptureQueriesContext
    from rest_framework.test import APIRequestFactory, force_authenticate

    factory = APIRequestFactory()

    def one(number: int) -> int:
        body = {"pass": passes[number], "event_id": str(uuid4())}
        request = factory.post(f"/api/v1/activities/{pk}/check-in/", body, format="json")
        force_authenticate(request, users[number])
        answer = view(request, pk=pk)
        assert answer.status_code == 200, answer.data
        return 0

    def client(first: int) -> None:
        for number in range(first, len(users) - 2, CLIENTS):
            one(number)
        connections.close_all()

    # What a process reads once is read before the clock runs.
    one(len(users) - 2)
    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        for _done in pool.map(client, range(CLIENTS)):
            pass
    took = time.perf_counter() - began
    with CaptureQueriesContext(connection) as queries:
        one(len(users) - 1)
    return took, len(queries)


def main(people: int) -> int:
    databases.recreate(NAME)
    os.environ |= databases.environment(NAME)
    os.environ["DJANGO_SETTINGS_MODULE"] = PORTAL
    import django

    django.setup()
    from volunteers.service.attendance.api import CheckInView
    from volunteers.service.models import CheckEvent

    activity, users = build(people)
    bare, _statements = run(bare_view(), activity.pk, users, scanned(activity, people))
    # The evidence is append-only: the second turn's rows stand beside the first's.
    taken = CheckEvent.objects.count()
    portal, statements = run(CheckInView.as_view(), activity.pk, users, scanned(activity, people))
    assert CheckEvent.objects.count() == 2 * taken
    share = bare / portal
    lines = [
        f"{people} people, {CLIENTS} clients: bare view {people / bare:.0f} a second,"
        f" portal {people / portal:.0f} a second",
        f"{share:.0%} of the bare view (at least {SHARE:.0%}), {statements} statements"
        f" (at most {STATEMENTS})",
    ]
    text = "\n".join(lines)
    print(text)
    RESULTS.mkdir(exist_ok=True)
    stamp = f"{datetime.now(UTC):%Y-%m-%d}"
    (RESULTS / f"check-in-{stamp}.md").write_text(f"# Check-in, {stamp}\n\n{text}\n")
    return 0 if share >= SHARE and statements <= STATEMENTS else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE))
