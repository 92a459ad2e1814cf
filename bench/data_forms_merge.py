"""How fast communities' rows become one workbook: `python -m bench.data_forms_merge` (100 of 200 rows).

A street asks a hundred communities for a form of 12 columns, all sign off 200 rows, the street merges
them as the worker does: decrypting, numbering through, writing into the form's own face. What counts is
the processor's time: what else the machine does meets the wall's. Needs PostgreSQL; makes and keeps the
database bench_data_forms_merge.
"""

import os
import resource
import sys
import time
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from bench import databases
from bench.run import PORTAL

NAME = "bench_data_forms_merge"
COMMUNITIES, ROWS = 100, 200
HEADINGS = (
    "序号", "社区", "姓名", "性别", "年龄", "出生日期", "身份证号", "联系电话", "现住址", "婚姻状况",
    "就业状态", "本月身体变化",
)  # fmt: skip
NOW = datetime(2026, 11, 15, 3, tzinfo=UTC)
# What must be reached: seconds, and megabytes more than before.
SECONDS, MEMORY = 30.0, 200
RESULTS = Path(__file__).parent / "results"


def blank() -> Any:
    """The blank form as an upload."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from openpyxl import Workbook

    book = Workbook()
    sheet: Any = book.active
    sheet.append(["高龄老人动态月报"])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(HEADINGS))
    sheet.append(list(HEADINGS))
    sheet["A6"], sheet["E6"] = "填表人：", "审核人："
    out = BytesIO()
    book.save(out)
    return SimpleUploadedFile("blank.xlsx", out.getvalue())


def build(communities: int, rows: int) -> tuple[Any, Any]:
    """A street whose communities have all signed off, and its cadre; the collection first."""
    from django.contrib.auth.hashers import make_password

    from governance.data_forms.collections import collections
    from governance.data_forms.enums import Ground, Subject
    from governance.data_forms.models import Submission, SubmissionRow
    from governance.data_forms.submissions.filling import packed
    from orgs.enums import Role, UnitKind
    from orgs.models import District, Position, Unit, User
    from residents.models import Person

    district = District.objects.create(code="429900000000", name="测试区")
    street = Unit.objects.create(
        district=district, code="429900001000", name="测试街道", kind=UnitKind.STREET,
        path_name="测试街道",
    )  # fmt: skip
    for number in range(communities):
        name = f"第{number + 1}社区居民委员会"
        Unit.objects.create(
            parent=street, code=f"4299000011{number:02}", name=name, kind=UnitKind.COMMUNITY,
            path_name=name,
        )  # fmt: skip
    street.refresh_from_db()
    password = make_password(None)
    asker, cadre = (
        User.objects.create(username=name, name=name, password=password)
        for name in ("asker", "cadre")
    )
    Position.objects.bulk_create(
        Position(user=user, role=Role.STREET_CADRE, unit=street, starts=date(2026, 1, 1))
        for user in (asker, cadre)
    )
    asked = Unit.objects.filter(kind=UnitKind.COMMUNITY).order_by("lft")
    collection = collections.propose(
        street=street, communities=list(asked), legal_basis="测试用的依据", purpose="测量合并",
        due_on=NOW.date() + timedelta(days=7), name="高龄老人动态月报", subject=Subject.PERSON,
        file=blank(), by=asker, now=NOW,
    )  # fmt: skip
    grounds = dict.fromkeys(range(1, len(HEADINGS) + 1), Ground.COVERED)
    collection = collections.admit(collection=collection, grounds=grounds, by=cadre, now=NOW)
    for one in collection.submissions.select_related("unit"):
        people = Person.objects.bulk_create(
            Person(
                name=f"张{number}", place=one.unit, entered_at=NOW, phone=f"139{one.pk:04}{number:04}",
                id_number=f"4299001940{one.pk:04}{number:04}",
            )
            for number in range(1, rows + 1)
        )  # fmt: skip
        SubmissionRow.objects.bulk_create(
            [
                SubmissionRow(
                    submission=one, number=number, key=person.pk, person=person, name="张**",
                    cells=packed(values(number, person)),
                )
                for number, person in enumerate(people, start=1)
            ],
            batch_size=500,
        )  # fmt: skip
    Submission.objects.update(
        state="signed", filled_at=NOW, signed_by=cadre, signed_at=NOW, minutes=10,
        cells=rows * len(HEADINGS), known=rows * len(HEADINGS),
    )  # fmt: skip
    # Delivered to the street, which asked: numbers are handed over whole.
    return collections.deliver(collection=collection, by=cadre, now=NOW), cadre


def values(number: int, person: Any) -> dict[int, Any]:
    """One row by column, as it was filled."""
    from residents.roll.values import masking

    community = person.place.name
    born = date(1940, 1, 1) + timedelta(days=number)
    told = (
        number, community, f"张{number}", "女", 86, born, masking.id_number(person), masking.phone(person),
        f"测试街道 {community} 3 栋 2 单元 {number}", "丧偶", "退休", "无变化",
    )  # fmt: skip
    return dict(enumerate(told, start=1))


def merge(collection: Any, by: Any) -> tuple[float, float, float, int, int]:
    """Seconds of the processor and on the wall, megabytes more than before, rows and kilobytes."""
    from governance.data_forms.fillings import fillings
    from governance.data_forms.models import FilledFile
    from governance.data_forms.submissions import merging

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, worked = time.perf_counter(), time.process_time()
    run = merging.order(collection=collection, purpose="测量合并", by=by, now=NOW)
    merging.make(file_id=run.sheet.pk, now=NOW)
    took, worked = time.perf_counter() - began, time.process_time() - worked
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    file = FilledFile.objects.select_related("run__form", "run__collection").get(run=run)
    content = fillings.fetch(file=file, by=by, now=NOW)
    return worked, took, grown, file.rows, len(content) // 1024


def main(communities: int, rows: int) -> int:
    databases.recreate(NAME)
    os.environ |= databases.environment(NAME)
    os.environ["DJANGO_SETTINGS_MODULE"] = PORTAL
    import django

    django.setup()
    collection, cadre = build(communities, rows)
    worked, took, grown, merged, size = merge(collection, cadre)
    ok = worked <= SECONDS and grown <= MEMORY and merged == communities * rows
    lines = [
        f"{communities} communities of {rows} rows, {len(HEADINGS)} columns: {merged} rows,"
        f" {size} kB",
        f"merged in {worked:.1f} s of the processor (at most {SECONDS:.0f}), {took:.1f} s on the wall",
        f"memory grew by {grown:.0f} MB (at most {MEMORY})",
    ]
    text = "\n".join(lines)
    print(text)
    RESULTS.mkdir(exist_ok=True)
    stamp = f"{datetime.now(UTC):%Y-%m-%d}"
    path = RESULTS / f"data-forms-merge-{stamp}.md"
    path.write_text(f"# Merging a form of many communities, {stamp}\n\n{text}\n")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main(COMMUNITIES, ROWS))
