"""How fast forms fill themselves: `python -m bench.data_forms` (4,000 people; another number as argument).

A form of 20 columns is filled by the worker's own code in a process of its own, once for a tenth of the
people and once for all: seconds, the processor's, statements, peak memory. Beside it 60 headings are
matched, and a form of 200 cells is counted. Needs PostgreSQL; makes and keeps the database
bench_data_forms. What merges many communities' sheets has its place in MEASURES.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from bench import databases
from bench.run import PORTAL, collect

NAME = "bench_data_forms"
PEOPLE = 4_000
COMPOUNDS, BUILDINGS, ROOMS = 5, 10, 40
# What must be reached: a form filled, its process, headings matched.
SECONDS, MEGABYTES, MATCHING = 20, 200, 1
RESULTS = Path(__file__).parent / "results"
HEADINGS = (
    "序号", "姓名", "性别", "年龄", "出生日期", "身份证号", "联系电话", "民族", "婚姻状况", "就业状态",
    "医保类型", "现住址", "所属社区", "小区名称", "楼栋号", "房号", "所属网格", "与户主关系", "登记日期",
    "备注",
)  # fmt: skip
NOW = datetime(2026, 3, 12, 9, tzinfo=UTC)


# --- A street --------------------------------------------------------------------------------------


def build(people: int) -> None:
    """A community with so many people, three in a home, and whoever works for it."""
    from django.db import connection

    from governance.data_forms.blanks import blanks
    from governance.data_forms.enums import Subject
    from orgs.enums import Role, UnitKind
    from orgs.models import District, Position, Unit, User
    from residents.models import Belonging, Household, Person

    district = District.objects.create(code="990000000000", name="测试区")
    street = Unit.objects.create(
        code="990000001000", name="测试街道", kind=UnitKind.STREET, district=district
    )
    community = Unit.objects.create(
        code="990000001001", name="测试社区", kind=UnitKind.COMMUNITY, parent=street
    )
    buildings = []
    for number in range(COMPOUNDS):
        code = f"990000001001-{number:03}"
        compound = Unit.objects.create(
            code=code, name=f"测试{number}小区", kind=UnitKind.COMPOUND, parent=community
        )
        buildings += [
            Unit.objects.create(
                code=f"{code}-{building:03}", name=f"{building}栋", kind=UnitKind.BUILDING,
                parent=compound,
            )
            for building in range(1, BUILDINGS + 1)
        ]  # fmt: skip
    homes = Household.objects.bulk_create(
        Household(
            building=buildings[number % len(buildings)], code=f"H{number:06}",
            room=f"{number // len(buildings):04}", entrance="1单元",
        )
        for number in range(-(-people // 3))
    )  # fmt: skip
    names, given = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
    everybody = Person.objects.bulk_create(
        Person(
            name=names[row % 16] + given[row % 20] + given[row // 20 % 20],
            place=homes[row // 3].building, sex="female" if row % 2 else "male", ethnicity="汉族",
            born=date(1930, 1, 1) + timedelta(days=row * 9 % 32_000), marital="married",
            employment="在职", insurance="城镇职工", phone=f"139{row:08}",
            id_number=f"42110219800101{row:04}", entered_at=NOW,
        )
        for row in range(people)
    )  # fmt: skip
    Belonging.objects.bulk_create(
        Belonging(
            person=person, household=homes[row // 3], starts=date(2020, 1, 1),
            relation=("owner", "family", "tenant")[row % 3],
        )
        for row, person in enumerate(everybody)
    )  # fmt: skip
    worker = User.objects.create(username="worker", name="测试")
    Position.objects.create(
        user=worker, role=Role.COMMUNITY_WORKER, unit=community, starts=date(2020, 1, 1)
    )
    community.refresh_from_db()
    for name, subject, content in (
        ("花名册", Subject.PERSON, blank_form()), ("统计表", Subject.SUMS, counting_form()),
    ):  # fmt: skip
        blanks.add(
            unit=community, name=name, subject=subject, file=_upload(content), by=worker, now=NOW
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _upload(content: bytes) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("空表.xlsx", content)


def blank_form() -> bytes:
    """A title, twenty headings, three rows with borders, a foot."""
    from openpyxl import Workbook
    from openpyxl.styles import Border, Side

    book = Workbook()
    sheet = book.active
    sheet.append(["测试社区居民花名册"])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(HEADINGS))
    sheet.append(HEADINGS)
    line = Side(style="thin")
    for row in range(3, 6):
        for column in range(1, len(HEADINGS) + 1):
            sheet.cell(row, column).border = Border(left=line, right=line, top=line, bottom=line)
    sheet["A6"] = "填表人："
    return _saved(book)


def counting_form() -> bytes:
    """Twenty ages by ten columns, with totals."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(["测试社区人口年龄结构统计表"])
    sheet.merge_cells("A1:K1")
    sheet.append(
        [
            "年龄段",
            "合计",
            "男",
            "女",
            *["业主", "租户", "党员", "男性业主", "女性业主", "男性租户", "女性租户"],
        ]
    )
    for age in range(0, 95, 5):
        sheet.append([f"{age}-{age + 4}岁"])
    sheet.append(["合计"])
    return _saved(book)


def _saved(book: Any) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


# --- What is measured ------------------------------------------------------------------------------


def filling(people: int) -> dict[str, Any]:
    """A copy of the form with so many rows, as the worker makes it."""
    from governance.data_forms.fillings import fillings
    from governance.data_forms.fillings.filters import Filter
    from governance.data_forms.models import BlankForm, FilledFile
    from orgs.models import User
    from residents.models import Person

    by = User.objects.get(username="worker")
    form = BlankForm.objects.get(name="花名册")
    youngest = Person.objects.order_by("-born").values_list("born", flat=True)[people - 1]
    most = NOW.year - youngest.year if people < Person.objects.count() else None
    form = fillings.choose_rows(
        form=form, chosen=Filter(unit=form.filters["unit"], max_age=most), by=by, now=NOW
    )
    run = fillings.order(form=form, purpose="测量速度", by=by, now=NOW)
    found = measured(lambda: fillings.make(file_id=run.sheet.pk, now=NOW))
    file = FilledFile.objects.get(run=run)
    return found | {
        "rows": file.rows,
        "cells": file.cells,
        "known": file.known,
        "state": file.state,
    }


def matching(_people: int) -> dict[str, Any]:
    """Sixty headings, of which a third are known by a word that is alike."""
    from governance.data_forms.enums import Subject
    from governance.data_forms.fields import matching as fields
    from governance.data_forms.fields import people, registry
    from governance.data_forms.workbooks.layout import Heading

    assert people, "the fields of people register themselves"
    labels = [heading for field in registry.of(Subject.PERSON) for heading in field.headings]
    texts = [f"{label}(必填)情况" if n % 3 else label for n, label in enumerate(labels[:120:2])]
    headings = [Heading(place, text, text) for place, text in enumerate(texts, start=1)]
    return measured(lambda: fields.match(headings, Subject.PERSON, {})) | {"rows": len(headings)}


def counting(_people: int) -> dict[str, Any]:
    """Every cell of the form that counts."""
    from governance.data_forms.models import BlankForm
    from governance.data_forms.sums import sums
    from orgs.models import User

    by, form = User.objects.get(username="worker"), BlankForm.objects.get(name="统计表")
    sheets: list[sums.Sheet] = []
    found = measured(lambda: sheets.append(sums.preview(form=form, by=by, now=NOW)))
    return found | {"rows": len(sheets[0].numbers), "unknown": sheets[0].unknown}


# By name: what is done, and what it may take (seconds, megabytes; None where nothing is asked).
MEASURES: dict[str, tuple[Callable[[int], dict[str, Any]], float | None, float | None]] = {
    "filling": (filling, SECONDS, MEGABYTES),
    "matching": (matching, MATCHING, None),
    "counting": (counting, None, None),
}


def measured(call: Callable[[], Any]) -> dict[str, Any]:
    """Seconds, the processor's seconds, statements, and the peak memory of the process in MB."""
    from django.db import connection

    statements = 0

    def counted(execute: Any, *arguments: Any) -> Any:
        nonlocal statements
        statements += 1
        return execute(*arguments)

    began, busy = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(counted):
        call()
    return {
        "seconds": time.perf_counter() - began,
        "processor": time.process_time() - busy,
        "statements": statements,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def child(action: str, people: int, folder: str) -> dict[str, Any]:
    """One step in a process of its own."""
    environment = databases.environment(NAME, DATA_DIR=folder)
    environment["DJANGO_SETTINGS_MODULE"] = PORTAL
    out = subprocess.run(
        [sys.executable, "-m", "bench.data_forms", "--one", action, str(people)],
        env=environment, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return json.loads(out.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def one(action: str, people: int) -> None:
    """What `child` starts."""
    import django

    django.setup()
    if action == "build":
        build(people)
        print("{}")
    else:
        print(json.dumps(MEASURES[action][0](people)))


def main(people: int) -> int:
    databases.recreate(NAME)
    lines, ok = [], True
    with tempfile.TemporaryDirectory() as folder:
        collect(Path(folder), NAME)
        child("build", people, folder)
        runs = [
            ("filling", people // 10),
            ("filling", people),
            ("matching", people),
            ("counting", people),
        ]
        for action, rows in runs:
            found = child(action, rows, folder)
            _call, seconds, megabytes = MEASURES[action]
            limits = [
                *([f"at most {seconds} s"] if seconds else []),
                *([f"at most {megabytes} MB"] if megabytes else []),
            ]
            lines.append(
                f"- {action}, {found['rows']} rows: {found['seconds']:.2f} s (processor"
                f" {found['processor']:.2f} s), {found['statements']} statements, {found['megabytes']:.0f} MB"
                + (f"; {', '.join(limits)}" if limits else "")
                + (
                    f"; {found['known']} of {found['cells']} cells known"
                    if "cells" in found
                    else ""
                )
            )
            ok &= seconds is None or found["seconds"] <= seconds
            ok &= megabytes is None or found["megabytes"] <= megabytes
    text = "\n".join(lines)
    print(text)
    RESULTS.mkdir(exist_ok=True)
    stamp = f"{datetime.now(UTC):%Y-%m-%d}"
    (RESULTS / f"data-forms-{stamp}.md").write_text(
        f"# Forms, {stamp}\n\n{people} people.\n\n{text}\n"
    )
    return 0 if ok else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], int(sys.argv[3]))
    else:
        sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else PEOPLE))
