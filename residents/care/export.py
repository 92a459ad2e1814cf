"""The care rosters as workbooks, with the headings that communities use.

Measures of control that some sheets about 重点人员 carry have no column here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, TooLarge
from orgs.imports.workbooks import spreadsheets
from orgs.units.queries import PatrolAreas, patrol_area_of, patrol_areas
from orgs.values import phones
from orgs.values.days import age_on
from residents.care import entries as care_entries
from residents.care import queries
from residents.enums import CareKind
from residents.models import CareEntry, Visit
from residents.roll.values import masking

if TYPE_CHECKING:
    from orgs.models import User

MAX_ROWS = 5_000
# So many entries are read at a time.
CHUNK = 500


@dataclass(frozen=True)
class Row:
    """All that one line of a sheet is made of."""

    entry: CareEntry
    user: "User"
    today: date
    grid: str
    visit: Visit | None


Cell = Callable[[Row], Any]


def _name(row: Row) -> str:
    return masking.name_for(row.entry.person, row.user, row.entry.person.place)


def _sex(row: Row) -> str:
    person = row.entry.person
    return str(person.get_sex_display()) if person.sex else ""


def _age(row: Row) -> int | None:
    born = row.entry.person.born
    return age_on(born, row.today) if born else None


def _home(row: Row) -> str:
    person: Any = row.entry.person
    return "\n".join(str(home.household) for home in person.homes) or person.place.path_name


def _detail(name: str) -> Cell:
    """A detail in words, as on the entry's page."""

    def cell(row: Row) -> str:
        value = getattr(row.entry, name)
        return "" if value in (None, "") else queries.value_text(name, value)

    return cell


def _amount(row: Row) -> str:
    amount = row.entry.amount
    return "" if amount is None else f"{amount // 100}.{amount % 100:02}"


def _of_visit(name: str) -> Cell:
    def cell(row: Row) -> Any:
        value = getattr(row.visit, name) if row.visit else ""
        return value if isinstance(value, str | date) else str(value)

    return cell


def _visit_in_words(row: Row) -> str:
    return f"{row.visit.on} {row.visit.by}: {row.visit.text}" if row.visit else ""


def _starts(row: Row) -> Any:
    return row.entry.starts


def _entered_by(row: Row) -> str:
    return str(row.entry.entered_by)


_WHO: dict[str, Cell] = {
    "性别": _sex,
    "年龄": _age,
    "联系电话": lambda row: masking.phone(row.entry.person),
    "居住地址": _home,
    "网格": lambda row: row.grid,
}
# By roster: the title, and the columns after the number of the line.
SHEETS: dict[CareKind, tuple[str, dict[str, Cell]]] = {
    CareKind.LIVING_ALONE: (
        "独居老人走访记录表",
        {
            "姓名": _name,
            **_WHO,
            "健康状况": _detail("health"),
            "走访日期": _of_visit("on"),
            "走访人": _of_visit("by"),
            "走访内容": _of_visit("text"),
            "存在问题": _of_visit("problem"),
            "处理措施": _of_visit("measures"),
            "下次走访日期": lambda row: row.entry.next_visit_on,
            "备注": _detail("note"),
        },
    ),
    CareKind.ALLOWANCE: (
        "低保户调查表",
        {
            "户主姓名": _name,
            **_WHO,
            "家庭人口": lambda row: row.entry.family_size,
            "低保类型": _detail("allowance"),
            "享受金额(元/月)": _amount,
            "困难原因": _detail("hardship"),
            "帮扶措施": _detail("measures"),
            "调查日期": _starts,
            "调查人": _entered_by,
            "备注": _detail("note"),
        },
    ),
    CareKind.DISABILITY: (
        "残疾人登记表",
        {
            "姓名": _name,
            "性别": _sex,
            "年龄": _age,
            "残疾类别": _detail("disability"),
            "残疾等级": _detail("grade"),
            "联系电话": _WHO["联系电话"],
            "居住地址": _home,
            "网格": _WHO["网格"],
            "是否享受补贴": _detail("subsidised"),
            "监护人姓名": lambda row: phones.mask_name(row.entry.guardian_name),
            "监护人电话": _detail("guardian_phone"),
            "登记日期": _starts,
            "备注": _detail("note"),
        },
    ),
    CareKind.ASSISTANCE: (
        "帮扶人员台账",
        {
            "姓名": _name,
            **_WHO,
            "帮扶需求": _detail("needs"),
            "帮扶措施": _detail("measures"),
            "责任人": _entered_by,
            "走访记录": _visit_in_words,
            "登记日期": _starts,
            "备注": _detail("note"),
        },
    ),
}


def headings(kind: CareKind) -> list[str]:
    """The headings of a roster's sheet."""
    return ["序号", *SHEETS[kind][1]]


@transaction.atomic
def export(
    *, kind: CareKind, entries: QuerySet[CareEntry], where: str, by: "User", now: datetime
) -> IO[bytes]:
    """Writes one roster from entries, which `by` has to see; each person counts as looked at.

    `where` says for the audit how they were chosen. Raises NotAllowed for those not named for this
    roster, TooLarge for more than MAX_ROWS entries.
    """
    if kind not in queries.kinds_of(by):
        raise NotAllowed(_("You are not named for this roster."))
    chosen = entries.filter(kind=kind)
    people = list(chosen.order_by("pk").values_list("person_id", flat=True)[: MAX_ROWS + 1])
    if len(people) > MAX_ROWS:
        raise TooLarge(_("At most %(count)d rows go into one sheet.") % {"count": MAX_ROWS})
    care_entries.record_readings(people, _("care roster fetched as a sheet"), by, now)
    detail = {"unit": where, "rows": len(people)}
    audit.record("residents.export-care", by=by, detail=detail, now=now)
    title, columns = SHEETS[kind]
    lines = (
        [number, *[cell(row) for cell in columns.values()]]
        for number, row in enumerate(_rows(chosen, by, timezone.localdate(now)), 1)
    )
    return spreadsheets.stream(headings(kind), lines, title)


def _rows(entries: QuerySet[CareEntry], user: "User", today: date) -> Iterator[Row]:
    """The lines, each with the latest visit to the person."""
    last = 0
    rows = queries.with_people(entries, user).order_by("pk")
    while chunk := list(rows.filter(pk__gt=last)[:CHUNK]):
        areas: PatrolAreas = patrol_areas({entry.person.place.tree_id for entry in chunk})
        visits = queries.visits_to([entry.person_id for entry in chunk], user)
        for entry in chunk:
            latest = next(iter(visits.get(entry.person_id, [])), None)
            grid = patrol_area_of(entry.person.place, areas)
            yield Row(entry, user, today, grid, latest)
        last = chunk[-1].pk
