"""How fast service is: `python -m bench.service` (15,600 members, a tenth of a city).

A year of approved service, then the last month counted, closed and written to the sending
organisations, in turns with one INSERT … SELECT that writes the same results, certificates and letters
without digests and prorating. Then fifty people at once for the last goods, and the member's page with
one entry and with five hundred. Needs PostgreSQL; makes and keeps the database bench_service.
"""

import os
import resource
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from bench import databases
from bench.run import PORTAL, collect

NAME = "bench_service"
MEMBERS, A_BRANCH, EMPLOYERS = 15_600, 100, 60
MONTHS, A_MONTH = 12, 3
MONTH = date(2026, 10, 1)
NOW = datetime(2026, 11, 15, 3, tzinfo=UTC)
# What must be reached: times the INSERT … SELECT, and megabytes more than before.
TIMES, MEMORY, MONTH_TURNS = 3.0, 60, 5
BUYERS, GOODS = 50, 40
ENTRIES, PAGE_STATEMENTS, PAGE_TIMES, TURNS = 500, 12, 3.0, 20
RESULTS = Path(__file__).parent / "results"


def build(members: int) -> None:
    """Branches with their members, sent by organisations, with a year of credits."""
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from orgs.enums import PartyOrganisationKind as Kind
    from orgs.models import District, PartyOrganisation, Unit, User
    from volunteers.service.models import Certificate, Credit, Participant, ReportIn

    district = District.objects.create(code="429900000000", name="测试区")
    parent = None
    for kind, code in (
        ("street", "429900001000"), ("community", "429900001001"), ("compound", "429900001001-001"),
    ):  # fmt: skip
        where = {} if parent else {"district": district}
        parent = Unit.objects.create(
            parent=parent, code=code, name=kind, kind=kind, path_name=kind, **where
        )
    keeper = User.objects.create(username="keeper", name="书记", password=make_password(None))
    organisations = PartyOrganisation.objects.bulk_create(
        [
            PartyOrganisation(code=f"B{n}", name=f"支部{n}", kind=Kind.BRANCH)
            for n in range(members // A_BRANCH)
        ]
        + [
            PartyOrganisation(code=f"E{n}", name=f"单位{n}", kind=Kind.EMPLOYER)
            for n in range(EMPLOYERS)
        ]
    )
    branches, employers = organisations[:-EMPLOYERS], organisations[-EMPLOYERS:]
    through = PartyOrganisation.covers.through
    through.objects.bulk_create(
        [through(partyorganisation=one, unit=parent) for one in branches], batch_size=1000
    )
    began = NOW - timedelta(days=400)
    people = Participant.objects.bulk_create(
        [
            Participant(name=f"党员{n}", name_key=f"党员{n}", place=parent, entered_at=began)
            for n in range(members)
        ],
        batch_size=1000,
    )
    papers = Certificate.objects.bulk_create(
        [
            Certificate(
                kind="report_in", number=f"{n:032x}", unit=parent, participant=one, payload={},
                digest="0" * 64, issued_at=began,
            )
            for n, one in enumerate(people)
        ],
        batch_size=1000,
    )  # fmt: skip
    ReportIn.objects.bulk_create(
        [
            ReportIn(
                participant=one, kind="member", unit=parent, branch=branches[n // A_BRANCH],
                employer=employers[n % 3 + n // A_BRANCH % 20 * 3], state="confirmed",
                reported_at=began, reported_by=keeper, confirmed_by=keeper, confirmed_at=began,
                certificate=papers[n],
            )
            for n, one in enumerate(people[: len(branches) * A_BRANCH])
        ],
        batch_size=1000,
    )  # fmt: skip
    for back in range(MONTHS):
        year, month = divmod(MONTH.year * 12 + MONTH.month - 1 - back, 12)
        Credit.objects.bulk_create(
            [
                Credit(
                    participant=one, unit=parent, task_number=f"{back}-{n}-{k}",
                    minutes_kind="duty" if k else "voluntary", month=date(year, month + 1, 1),
                    minutes=60 + (n * 7 + k) % 60, planned_minutes=120, counts_activity=True,
                    approved_at=timezone.now(),
                )
                for n, one in enumerate(people)
                for k in range(A_MONTH)
            ],
            batch_size=1000,
        )  # fmt: skip


# The same rows in one statement: results, then one certificate and one letter for each organisation.
BARE = """
WITH counted AS (
  INSERT INTO service_monthresult (month_id, participant_id, report_in_id, rule_id, owed_days,
    needed_activities, needed_minutes, activities, duty_minutes, voluntary_minutes, met, rating,
    rating_text)
  SELECT m.id, r.participant_id, r.id, d.id, 3100, d.activities, d.minutes, c.activities, c.duty,
    c.voluntary, c.activities >= d.activities AND c.duty + c.voluntary >= d.minutes, '', ''
  FROM service_reportin r
  JOIN service_servicemonth m ON m.branch_id = r.branch_id AND m.month = %(month)s
  JOIN service_dutyrule d ON d.branch_id IS NULL
  JOIN (SELECT participant_id, count(*) FILTER (WHERE counts_activity) activities,
          coalesce(sum(minutes) FILTER (WHERE minutes_kind = 'duty'), 0) duty,
          coalesce(sum(minutes) FILTER (WHERE minutes_kind = 'voluntary'), 0) voluntary
        FROM service_credit WHERE month = %(month)s AND is_latest GROUP BY participant_id) c
    ON c.participant_id = r.participant_id
  RETURNING month_id, report_in_id, participant_id, activities, needed_activities,
    duty_minutes + voluntary_minutes minutes, needed_minutes, met
), said AS (
  SELECT x.month_id, r.employer_id, min(r.unit_id) unit_id, jsonb_build_object('kind', 'letter',
    'branch', min(b.name), 'employer', min(e.name), 'month', '2026-10', 'total_members', count(*),
    'total_met', count(*) FILTER (WHERE x.met), 'total_minutes', sum(x.minutes), 'members',
    jsonb_agg(jsonb_build_object('name', p.name, 'activities', x.activities, 'needed_activities',
      x.needed_activities, 'minutes', x.minutes, 'needed_minutes', x.needed_minutes, 'met', x.met,
      'rating', '', 'words', '') ORDER BY p.name_key)) payload
  FROM counted x JOIN service_reportin r ON r.id = x.report_in_id
  JOIN service_participant p ON p.id = x.participant_id
  JOIN orgs_partyorganisation b ON b.id = r.branch_id
  JOIN orgs_partyorganisation e ON e.id = r.employer_id
  GROUP BY x.month_id, r.employer_id
), papers AS (
  INSERT INTO service_certificate (kind, number, unit_id, employer_id, payload, digest, issued_at,
    revoked_because)
  SELECT 'letter', md5(month_id || '-' || employer_id), unit_id, employer_id, payload, '', %(now)s, ''
  FROM said RETURNING id, number
)
INSERT INTO service_monthletter (month_id, employer_id, revision, certificate_id, made_at)
SELECT s.month_id, s.employer_id, 1, p.id, %(now)s FROM said s
JOIN papers p ON p.number = md5(s.month_id || '-' || s.employer_id)
"""


def checked() -> float:
    """Seconds of the checks that wait for the end of a transaction: each row's keys lead somewhere."""
    from django.db import connection

    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return time.perf_counter() - began


def written() -> tuple[int, list[Any]]:
    """What a month's close leaves: results that were met, and what each letter says."""
    from volunteers.service.models import MonthLetter, MonthResult

    letters = MonthLetter.objects.order_by("month__branch", "employer")
    said = list(letters.values_list("certificate__payload", flat=True))
    return MonthResult.objects.filter(met=True).count(), said


def bare() -> tuple[float, Any]:
    """Seconds of the INSERT … SELECT, and what it wrote, which is rolled back."""
    from django.db import connection, transaction

    from volunteers.service.models import ReportIn, ServiceMonth

    with transaction.atomic():
        branches = ReportIn.objects.order_by().values_list("branch", flat=True).distinct()
        ServiceMonth.objects.bulk_create(
            [ServiceMonth(branch_id=key, month=MONTH) for key in branches]
        )
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(BARE, {"now": NOW, "month": MONTH})
        took = time.perf_counter() - began + checked()
        rows = written()
        transaction.set_rollback(True)
    return took, rows


def portal() -> tuple[float, float, float, Any]:
    """Seconds of counting, and of closing with the letters; megabytes; what was written, rolled back."""
    from django.db import transaction

    from volunteers.service.duty import months

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with transaction.atomic():
        began = time.perf_counter()
        months.review_month(MONTH, NOW)
        counted = time.perf_counter()
        months.close_month(MONTH, NOW)
        closed = time.perf_counter() + checked()
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        rows = written()
        transaction.set_rollback(True)
    return counted - began, closed - counted, grown, rows


def closing(members: int, lines: list[str]) -> bool:
    """A month counted, closed and written about, in turns with the INSERT … SELECT of the same rows."""
    from django.db import connection

    plain, counting, ending, grown, same = [], [], [], 0.0, True
    for _turn in range(MONTH_TURNS):
        took, rows = bare()
        counted, closed, more, ours = portal()
        plain.append(took)
        counting.append(counted)
        ending.append(closed)
        grown, same = grown + more, same and rows == ours
        with connection.cursor() as cursor:
            # Without what the turn left dead, as the turn before.
            cursor.execute(
                "VACUUM ANALYZE service_monthresult, service_servicemonth, service_certificate,"
                " service_monthletter"
            )
    times = median((c + e) / p for p, c, e in zip(plain, counting, ending, strict=True))
    lines += [
        f"{members} members: INSERT … SELECT {median(plain):.2f} s (medians of {MONTH_TURNS} turns,"
        " rows checked and rolled back)",
        f"counting for the review {median(counting):.2f} s, closing with letters"
        f" {median(ending):.2f} s: together {times:.1f} times (at most {TIMES:.0f}); the rows are"
        f" {'the same' if same else 'NOT THE SAME'}",
        f"memory grew by {grown:.0f} MB (at most {MEMORY})",
    ]
    return times <= TIMES and grown <= MEMORY and same


def redeeming(lines: list[str]) -> bool:
    """Fifty people at once want one of forty goods."""
    from django.contrib.auth.hashers import make_password
    from django.db import connections, transaction

    from orgs.errors import WrongState
    from orgs.models import Unit, User
    from volunteers.service.accounts import ledgers, proofs
    from volunteers.service.enums import EntryKind, EntrySource
    from volunteers.service.models import Participant, PointsAccount, Redemption, Reward
    from volunteers.service.rewards import redemptions

    place, keeper = Unit.objects.get(kind="compound"), User.objects.get(username="keeper")
    reward = Reward.objects.create(
        unit=place, shop="爱心超市", name="毛巾", points=20, stock=GOODS, entered_by=keeper,
        entered_at=NOW,
    )  # fmt: skip
    buyers = []
    for number in range(BUYERS):
        user = User.objects.create(username=f"b{number}", name="居民", password=make_password(None))
        who = Participant.objects.create(name="居民", account=user, place=place, entered_at=NOW)
        with transaction.atomic():
            ledgers.book(
                ledgers.locked_points(who), amount=50, kind=EntryKind.AWARD,
                source=EntrySource.CREDIT, source_id=who.pk, month=MONTH, text="巡楼", by=None,
                now=NOW,
            )  # fmt: skip
        buyers.append(user)

    def redeem(user: User) -> tuple[float, str]:
        began = time.perf_counter()
        try:
            redemptions.redeem(reward=reward, by=user, now=NOW)
            said = "held"
        except WrongState as refusal:
            said = refusal.code
        finally:
            connections.close_all()
        return time.perf_counter() - began, said

    began = time.perf_counter()
    with ThreadPoolExecutor(BUYERS) as pool:
        answers = list(pool.map(redeem, buyers))
    took = time.perf_counter() - began
    reward.refresh_from_db()
    said = Counter(word for _taken, word in answers)
    left = sum(PointsAccount.objects.values_list("balance", flat=True))
    problems = list(proofs.problems())
    slowest = max(taken for taken, _word in answers)
    lines.append(
        f"{BUYERS} clients at once, {GOODS} goods: {dict(said)}, stock {reward.stock}, in"
        f" {took:.2f} s ({BUYERS / took:.0f} a second), the slowest {slowest:.2f} s;"
        f" proof of the balances: {problems or 'they equal their entries'}"
    )
    return (
        said == {"held": GOODS, "out_of_stock": BUYERS - GOODS}
        and reward.stock == 0
        and Redemption.objects.count() == GOODS
        and left == BUYERS * 50 - GOODS * 20
        and not problems
    )


def own_page(lines: list[str]) -> bool:
    """The member's page with one entry of the month, then with five hundred."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from orgs.models import User
    from volunteers.service.models import Credit, Participant

    def ask() -> tuple[int, float]:
        client = Client()
        client.force_login(user, backend="orgs.backends.PositionBackend")
        path = f"{reverse('service:mine')}?month={MONTH:%Y-%m}"
        assert client.get(path).status_code == 200
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        # The next request forgets them.
        statements = len(queries)
        began = time.process_time()
        for _turn in range(TURNS):
            client.get(path)
        return statements, (time.process_time() - began) / TURNS

    user = User.objects.get(username="b0")
    who = Participant.objects.get(account=user)
    found = {}
    for entries in (1, ENTRIES):
        known = Credit.objects.filter(participant=who).count()
        Credit.objects.bulk_create(
            [
                Credit(
                    participant=who, unit=who.place, task_number=f"own-{number}",
                    minutes_kind="duty", month=MONTH, minutes=30, planned_minutes=30,
                    counts_activity=True, approved_at=NOW,
                )
                for number in range(known, entries)
            ]
        )  # fmt: skip
        found[entries] = ask()
    lines.append(
        "the member's page: "
        + ", ".join(
            f"{statements} statements and {each * 1000:.0f} ms of the processor with {entries}"
            for entries, (statements, each) in found.items()
        )
        + f" (at most {PAGE_STATEMENTS} statements, flat; at most {PAGE_TIMES:.0f} times as long)"
    )
    counts = {statements for statements, _each in found.values()}
    one, many = (each for _statements, each in found.values())
    return len(counts) == 1 and max(counts) <= PAGE_STATEMENTS and many <= PAGE_TIMES * one


def main(members: int, folder: str) -> int:
    databases.recreate(NAME)
    collect(Path(folder), NAME)
    # The test client names its own host.
    os.environ |= databases.environment(
        NAME, ALLOWED_HOSTS="testserver", DATA_DIR=folder, LOG_LEVEL="ERROR"
    )
    os.environ["DJANGO_SETTINGS_MODULE"] = PORTAL
    import django

    django.setup()
    from django.db import connection

    build(members)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    lines: list[str] = []
    ok = closing(members, lines)
    ok &= redeeming(lines)
    ok &= own_page(lines)
    text = "\n".join(f"* {line}" for line in lines)
    print(text)
    RESULTS.mkdir(exist_ok=True)
    stamp = f"{datetime.now(UTC):%Y-%m-%d}"
    (RESULTS / f"service-{stamp}.md").write_text(f"# Service, {stamp}\n\n{text}\n")
    return 0 if ok else 1


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else MEMBERS, name))
