"""Workbooks of rosters for tests, and the way of an import in one call."""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from openpyxl import Workbook

from orgs.imports import imports, worker
from orgs.imports.rosters import Roster, roster_of_import
from orgs.models import LedgerImport, LedgerRow
from tests import factories as make

PEOPLE = ("姓名", "与户主关系", "身份证号", "联系电话", "楼栋", "单元", "房号")
ROOMS = ("楼栋", "单元", "房号", "建筑面积(㎡)", "房屋状态")


def book(
    headings: Sequence[Any], rows: Iterable[Sequence[Any]], above: Sequence[Any] = ()
) -> bytes:
    """A workbook of one sheet; `above` are rows over the headings."""
    made = Workbook()
    sheet = made.active
    for row in (*above, headings, *rows):
        sheet.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def clock(now: datetime = make.NOW, step: timedelta = timedelta(0)) -> Any:
    """A clock that stands still, or goes on by a step with every look."""
    at = now - step

    def look() -> datetime:
        nonlocal at
        at += step
        return at

    return look


def send(
    roster: Roster, unit: Any, by: Any, content: bytes, now: datetime = make.NOW
) -> LedgerImport:
    """Sends a file and reads it."""
    found = imports.upload(
        roster=roster, target=unit, name="台账.xlsx", content=content, by=by, now=now
    )
    worker.work(key=found.pk, clock=clock(now))
    return again(found)


def apply(found: LedgerImport, by: Any, now: datetime = make.NOW) -> LedgerImport:
    imports.apply(imported=found, by=by, now=now)
    worker.work(key=found.pk, clock=clock(now))
    return again(found)


def undo(found: LedgerImport, by: Any, now: datetime = make.NOW) -> LedgerImport:
    imports.undo(imported=found, by=by, now=now)
    worker.work(key=found.pk, clock=clock(now))
    return again(found)


def again(found: LedgerImport) -> LedgerImport:
    return LedgerImport.objects.get(pk=found.pk)


def verdicts(found: LedgerImport) -> list[str]:
    return list(found.rows.order_by("number").values_list("verdict", flat=True))


def problems(found: LedgerImport) -> list[dict[str, str]]:
    return [row.problems for row in rows(found)]


def rows(found: LedgerImport) -> list[LedgerRow]:
    return list(found.rows.order_by("number"))


def counts(found: LedgerImport) -> dict[str, int]:
    """The verdicts that occur, with their numbers."""
    names = ("new", "changed", "unchanged", "unsure", "wrong")
    return {name: getattr(found, name) for name in names if getattr(found, name)}


def look(
    roster: Roster, target: Any, by: Any, content: bytes, now: datetime = make.NOW
) -> LedgerImport:
    """Sends a file and reads it at once."""
    return imports.look(
        roster=roster, target=target, name="表.xlsx", content=content, by=by, now=now
    )


def take(
    roster: Roster, target: Any, by: Any, content: bytes, now: datetime = make.NOW
) -> LedgerImport:
    """Sends a file, reads it and applies it, all at once."""
    imported = look(roster, target, by, content, now)
    imports.apply_now(imported=imported, by=by, now=now)
    return again(imported)


def wrong_cells(imported: LedgerImport) -> list[tuple[int, str]]:
    """The wrong cells by row and heading."""
    headings = {"": ""} | roster_of_import(imported).headings
    return [
        (row.number, heading)
        for row in rows(imported)
        for key, heading in headings.items()
        if key in row.problems
    ]
