"""How long a roster of 50,000 rows takes from the job's start to applied, and in how much memory.

python -m bench.rosters            makes the database and the file, imports it in a process of its
                                   own, and writes bench/results/<day>-rosters.md
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from openpyxl import Workbook

from bench import databases

DATABASE = f"{databases.PREFIX}rosters"
ROWS = int(os.environ.get("BENCH_ROWS", "50000"))
SECONDS, MEGABYTES = 60, 300
COMPOUNDS, BUILDINGS, ROOMS = 20, 10, 90
RESULTS = Path(__file__).parent / "results"
HEADINGS = (
    "序号", "姓名", "与户主关系", "性别", "年龄", "民族", "身份证号", "联系电话", "户籍地址", "小区",
    "楼栋", "单元", "房号", "婚姻状况", "就业状态", "医保类型", "登记日期", "备注",
)  # fmt: skip
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(number: int) -> str:
    """Invented, each once: 25,000 days of birth for each of a hundred places."""
    place, day = divmod(number, 25_000)
    born = date(1940, 1, 1) + timedelta(days=day)
    first = f"4211{place:02}{born:%Y%m%d}{number % 1000:03}"
    return first + "10X98765432"[sum(w * int(d) for w, d in zip(_WEIGHTS, first, strict=True)) % 11]


def people() -> Iterator[tuple[object, ...]]:
    """Invented people, three in a home; every value is made of the row's number."""
    names, given = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
    for row in range(ROWS):
        identity = id_number(row)
        home, at = divmod(row, 3)
        building, room = divmod(home, ROOMS)
        compound, building = divmod(building, BUILDINGS)
        yield (
            row + 1, names[row % 16] + given[row % 20] + given[row // 20 % 20],
            ("业主", "配偶", "子女")[at], "男" if int(identity[16]) % 2 else "女", 40, "汉族", identity,
            f"139{row:08}", f"湖北省黄冈市黄州区测试路{row}号", f"测试{compound}小区",
            f"{building + 1}栋", f"{room % 2 + 1}单元", f"{room // 4 + 1}{room % 4 + 1:02}",
            "已婚", "在职", "城镇职工", "2026-03-10", "",
        )  # fmt: skip


def make_file(path: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("居民信息登记表")
    sheet.append(["某街道居民信息登记表"])
    sheet.append(HEADINGS)
    for row in people():
        sheet.append(row)
    book.save(path)


def prepare(path: str) -> dict[str, object]:
    """The street with its buildings, the community worker, and the file as it was sent."""
    from django.utils import timezone

    from orgs.enums import Role, UnitKind
    from orgs.imports import imports
    from orgs.models import District, Position, Unit, User
    from residents.rosters.residents_roster import RESIDENTS

    district = District.objects.create(code="990000000000", name="测试区")
    street = Unit.objects.create(
        code="990000001000", name="测试街道", kind=UnitKind.STREET, district=district
    )
    community = Unit.objects.create(
        code="990000001001", name="测试社区", kind=UnitKind.COMMUNITY, parent=street
    )
    for number in range(COMPOUNDS):
        code = f"990000001001-{number:03}"
        compound = Unit.objects.create(
            code=code, name=f"测试{number}小区", kind=UnitKind.COMPOUND, parent=community
        )
        for building in range(1, BUILDINGS + 1):
            Unit.objects.create(
                code=f"{code}-{building:03}", name=f"{building}栋", kind=UnitKind.BUILDING,
                parent=compound,
            )  # fmt: skip
    community.refresh_from_db()
    worker = User.objects.create(username="worker", name="测试")
    Position.objects.create(
        user=worker, role=Role.COMMUNITY_WORKER, unit=community, starts=date(2020, 1, 1)
    )
    content = Path(path).read_bytes()
    found = imports.upload(
        roster=RESIDENTS, target=community, name="台账.xlsx", content=content, by=worker,
        now=timezone.now(),
    )  # fmt: skip
    return {"key": found.pk, "bytes": len(content)}


def work(action: str, key: int) -> dict[str, object]:
    """One step of the import, as the worker does it: seconds, statements and peak memory."""
    import resource

    from django.db import connection
    from django.utils import timezone

    from orgs.imports import imports
    from orgs.imports import worker as rosters_worker
    from orgs.models import LedgerImport, User

    statements = 0

    def count(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        nonlocal statements
        statements += 1
        return execute(sql, params, many, context)

    found = LedgerImport.objects.get(pk=key)
    worker = User.objects.get(username="worker")
    if action == "apply":
        imports.apply(imported=found, by=worker, now=timezone.now())
    elif action == "undo":
        imports.undo(imported=found, by=worker, now=timezone.now())
    began, worked = time.monotonic(), time.process_time()
    with connection.execute_wrapper(count):
        rosters_worker.work(key=key, clock=timezone.now)
    seconds = time.monotonic() - began
    found.refresh_from_db()
    counts = {
        name: getattr(found, name) for name in ("new", "changed", "unchanged", "unsure", "wrong")
    }
    return {
        "state": found.state,
        "problem": found.problem,
        "seconds": seconds,
        "cpu": time.process_time() - worked,
        "statements": statements,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "counts": counts,
    }


def told_by(*arguments: str) -> dict[str, object]:
    """What a step prints, in a process of its own."""
    environment = databases.environment(
        DATABASE, DJANGO_SETTINGS_MODULE="governance.settings", LOG_LEVEL="ERROR",
        PYTHONWARNINGS="ignore",
    )  # fmt: skip
    done = subprocess.run(  # our own interpreter
        [sys.executable, "-m", "bench.rosters", *arguments],
        env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def report(sent: dict, steps: dict[str, dict]) -> str:
    """The table, as Markdown."""
    whole = steps["read"]["seconds"] + steps["apply"]["seconds"]
    most = max(step["megabytes"] for step in (steps["read"], steps["apply"]))
    lines = [
        f"# A roster of {ROWS:,} rows, {datetime.now(UTC):%Y-%m-%d}",
        "",
        f"{len(HEADINGS)} columns, {sent['bytes'] / 1e6:.1f} MB, {os.cpu_count()} cores shared with "
        f"other work (load {os.getloadavg()[0]:.1f}), Python {platform.python_version()}, PostgreSQL "
        "on the same machine. Each step in a process of its own. Written by `python -m bench.rosters`.",
        "",
        "| step | seconds | of processor | statements | peak memory, MB | rows |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for name, step in steps.items():
        rows = ", ".join(
            f"{count:,} {verdict}" for verdict, count in step["counts"].items() if count
        )
        lines.append(
            f"| {name} | {step['seconds']:.1f} | {step['cpu']:.1f} | {step['statements']} "
            f"| {step['megabytes']:.0f} | {rows} |"
        )
    lines += [
        "",
        f"Read and applied: {whole:.1f} s (limit {SECONDS}), at most {most:.0f} MB (limit {MEGABYTES}): "
        + ("met." if whole < SECONDS and most < MEGABYTES else "MISSED."),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", nargs="?", default="")
    parser.add_argument("argument", nargs="?", default="")
    asked = parser.parse_args()
    if asked.step:
        import django

        django.setup()
        step = (
            prepare(asked.argument)
            if asked.step == "prepare"
            else work(asked.step, int(asked.argument))
        )
        print(json.dumps(step))
        return
    databases.recreate(DATABASE)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = Path(folder) / "roster.xlsx"
        make_file(path)
        sent = told_by("prepare", str(path))
    steps = {step: told_by(step, str(sent["key"])) for step in ("read", "apply", "undo")}
    text = report(sent, steps)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{datetime.now(UTC):%Y-%m-%d}-rosters.md").write_text(text)
    print(text)
    for name, step in steps.items():
        if step["problem"]:
            print(name, step["problem"])


if __name__ == "__main__":
    main()
