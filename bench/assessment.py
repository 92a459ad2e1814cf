"""How fast runs are computed: `python -m bench.assessment [MEMBERS COMPOUNDS]`.

The monthly run over in-service members (each has a closed month) and the half-yearly run over
compounds, each at a tenth and at full scale of one city. Beside it one INSERT … SELECT a table that
writes the same rows without any formula. A share is the run's time over that of the plain statements,
the median of the rounds; memory is the worker's peak. Needs PostgreSQL; makes and keeps the database
bench_assessment.
"""

import json
import os
import resource
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from typing import Any

from bench import databases

NAME = "bench_assessment"
MEMBERS, COMPOUNDS = 156_000, 8_329
ROUNDS = 3
# What must be reached: times the plain statements; MB that the larger scale may take more.
SHARE, MEMORY = 3.0, 30
RESULTS = Path(__file__).parent / "results"
NOW = datetime(2026, 4, 20, 1, tzinfo=UTC)


def build(members: int, compounds: int) -> Any:
    """A district with so many compounds and members with a closed month; made by SQL."""
    from django.db import connection

    from orgs.enums import PartyOrganisationKind
    from orgs.models import District, PartyOrganisation, Unit, User
    from volunteers.service.items.first_rules import ensure_rules
    from volunteers.service.models import DutyRule, ServiceMonth

    ensure_rules()
    district = District.objects.create(code="429900000000", name="测试区")
    street = Unit.objects.create(
        district=district, code="429900001000", name="街道", kind="street", path_name="街道"
    )
    community = Unit.objects.create(
        parent=street, code="429900001001", name="社区", kind="community", path_name="社区"
    )
    first = Unit.objects.create(
        parent=community, code="429900001001-000", name="小区0", kind="compound", path_name="小区0"
    )
    branch = PartyOrganisation.objects.create(
        code="B1", name="支部", kind=PartyOrganisationKind.BRANCH
    )
    branch.covers.add(first)
    employer = PartyOrganisation.objects.create(
        code="E1", name="单位", kind=PartyOrganisationKind.EMPLOYER
    )
    person = User.objects.create(username="bench", name="测")
    month = ServiceMonth.objects.create(
        branch=branch, month=date(2026, 3, 1), state="closed", reviewed_from=NOW, closed_at=NOW
    )
    rule = DutyRule.objects.filter(branch=None)[0]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO orgs_unit (code, name, kind, official_type, parent_id, path_name, name_key,"
            " path_key, lft, rght, tree_id, level)"
            " SELECT '429900001001-' || lpad(n::text, 4, '0'), '小区' || n, 'compound', '', %s, '小区' || n,"
            " '小区' || n, '小区' || n, 4 + 2 * n, 5 + 2 * n, %s, 2 FROM generate_series(1, %s) n",
            [community.pk, street.tree_id, compounds - 1],
        )
        cursor.execute(
            "UPDATE orgs_unit SET rght = %s WHERE id IN (%s, %s)",
            [2 * compounds + 10, street.pk, community.pk],
        )
        cursor.execute("UPDATE orgs_unit SET lft = 3, rght = 4 WHERE id = %s", [first.pk])
        _members(cursor, members, first.pk, branch.pk, employer.pk, person.pk, month.pk, rule.pk)
        cursor.execute("ANALYZE")
    return district


def _members(
    cursor: Any,
    members: int,
    unit: int,
    branch: int,
    employer: int,
    person: int,
    month: int,
    rule: int,
) -> None:
    """Participants with their report-ins, certificates and results, by one statement a table."""
    cursor.execute(
        "INSERT INTO service_participant (name, name_key, phone, phone_index, place_id, skills, entered_at)"
        " SELECT '党员' || n, '党员' || n, '', '', %s, '[]', %s FROM generate_series(1, %s) n",
        [unit, NOW, members],
    )
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'service_certificate'"
    )
    columns = {row[0] for row in cursor.fetchall()}
    assert {"number", "kind", "unit_id", "payload", "participant_id"} <= columns
    cursor.execute(
        "INSERT INTO service_certificate (number, kind, unit_id, participant_id, payload, issued_by_id,"
        " issued_at, revoked_because, digest)"
        " SELECT md5('c' || p.id), 'report_in', %s, p.id, '{}', %s, %s, '', '' FROM service_participant p",
        [unit, person, NOW],
    )
    cursor.execute(
        "INSERT INTO service_reportin (participant_id, kind, unit_id, branch_id, employer_id, platform, state,"
        " reported_at, reported_by_id, confirmed_by_id, confirmed_at, reason, certificate_id)"
        " SELECT c.participant_id, 'member', %s, %s, %s, '', 'confirmed', %s, %s, %s, %s, '', c.id"
        " FROM service_certificate c",
        [unit, branch, employer, date(2026, 1, 5), person, person, date(2026, 1, 6)],
    )
    cursor.execute(
        "INSERT INTO service_monthresult (month_id, participant_id, report_in_id, rule_id, owed_days,"
        " needed_activities, needed_minutes, activities, duty_minutes, voluntary_minutes, met, rating,"
        " rating_text)"
        " SELECT %s, r.participant_id, r.id, %s, 3100, 1, 240, r.id %% 3, 60 * (r.id %% 7), 0,"
        " (r.id %% 3 >= 1 AND 60 * (r.id %% 7) >= 240), '', '' FROM service_reportin r",
        [month, rule],
    )


def scheme_of(district: Any, code: str, kind: str, period: str, items: tuple[Any, ...]) -> Any:
    """A scheme in force."""
    from governance.assessment.enums import PeriodKind, SubjectKind
    from governance.assessment.schemes import schemes
    from governance.assessment.schemes.definitions import Definition

    drafted = schemes.draft(
        district=district, code=code, name=code, subject_kind=SubjectKind(kind),
        period_kind=PeriodKind(period), definition=Definition(items), begins=date(2025, 1, 1),
        source="bench", by=None, now=NOW,
    )  # fmt: skip
    return schemes.publish(scheme=drafted, by=None, now=NOW)


def timed(scheme: Any, period: str) -> tuple[float, Any]:
    """The seconds of a run, and the run."""
    from governance.assessment.runs import computing, runs

    run = runs.start(scheme=scheme, period=period, by=None, now=NOW)
    begun = time.perf_counter()
    assert computing.compute(run.pk, NOW)
    return time.perf_counter() - begun, run


def plain(run: Any) -> float:
    """The seconds of one INSERT … SELECT a table that writes the same rows of another run."""
    from django.db import connection

    from governance.assessment.runs import runs
    from governance.assessment.runs.computing import collect
    from governance.assessment.runs.windows import window_of
    from governance.assessment.schemes import definitions

    copy = runs.Run.objects.get(pk=run.pk)
    copy.pk, copy.revision, copy.corrects, copy.reason = None, 90 + run.revision, run, "bench"
    copy.save(force_insert=True)
    begun = time.perf_counter()
    window = window_of(copy)
    for item in definitions.read(copy.scheme.definition).items:
        collect(copy, item.code, window)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO assessment_score (run_id, subject, code, name, unit_id, department_id,"
            " account_id, value, band, result) SELECT %s, subject, code, name, unit_id, department_id,"
            " account_id, value, band, result FROM assessment_score WHERE run_id = %s",
            [copy.pk, run.pk],
        )
    return time.perf_counter() - begun


def measure(members: int, compounds: int) -> dict[str, Any]:
    """Both runs at one scale, over all rounds."""
    import django

    django.setup()
    from governance.assessment.enums import IndicatorRole
    from governance.assessment.schemes.definitions import Item
    from residents.enums import Coverage

    district = build(members, compounds)
    found: dict[str, Any] = {"members": members, "compounds": compounds}
    coverage = tuple(Item(f"has_{one.value}", weight=20) for one in Coverage)
    duty = (Item("duty_met", weight=1), Item("minutes", IndicatorRole.SHOWN, formula="n"))
    for name, kind, period_kind, period, items in (
        ("month of members", "member", "month", "2026-03", duty),
        ("half-year of compounds", "compound", "half", "2025-H2", coverage),
    ):
        shares, seconds = [], []
        for number in range(ROUNDS):
            scheme = scheme_of(district, f"b-{kind}-{number}", kind, period_kind, items)
            taken, run = timed(scheme, period)
            shares.append(taken / plain(run))
            seconds.append(taken)
        found[name] = {"seconds": round(median(seconds), 2), "share": round(median(shares), 2)}
    found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return found


def main() -> None:
    """Each scale in a database and a process of its own, so that its peak of memory is its own."""
    import subprocess

    if len(sys.argv) > 3:
        members, compounds, out = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
        Path(out).write_text(json.dumps(measure(members, compounds)))
        return
    full = (int(sys.argv[1]), int(sys.argv[2])) if len(sys.argv) == 3 else (MEMBERS, COMPOUNDS)
    results = []
    for part in (10, 1):
        databases.recreate(NAME)
        out = RESULTS / f".assessment-{part}.json"
        environment = databases.environment(NAME) | {
            "DJANGO_SETTINGS_MODULE": "governance.settings"
        }
        command = [
            sys.executable,
            "-m",
            "bench.assessment",
            str(full[0] // part),
            str(full[1] // part),
            str(out),
        ]
        subprocess.run(command, check=True, env=environment, cwd=Path(__file__).parent.parent)
        results.append(json.loads(out.read_text()))
        out.unlink()
        print(results[-1])
    grown = results[1]["memory"] - results[0]["memory"]
    slow = {
        name: row["share"]
        for row in results
        for name, row in row.items()
        if isinstance(row, dict) and row["share"] > SHARE
    }
    verdict = {"results": results, "memory_grown_mb": grown, "too_slow": slow}
    (RESULTS / "assessment.json").write_text(
        json.dumps(verdict, indent=2, ensure_ascii=False) + "\n"
    )
    print(verdict)
    sys.exit(bool(slow) or grown > MEMORY)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
    main()
