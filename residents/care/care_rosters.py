"""Care rosters from Excel: rows put people of the roll on a roster, or change what it says of them.

Nobody is made here: a row that means nobody on the roll is wrong. What the roster said before is kept
as it is when somebody changes an entry by hand.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from django.utils.translation import gettext_lazy

from orgs.enums import Verdict
from orgs.imports.rosters import Column, Roster, Row, Run
from orgs.imports.workbooks import cells, places, spreadsheets
from orgs.scoping import lies_in
from orgs.values import phones
from orgs.values.sentences import gettext as _
from residents.care import entries as care
from residents.enums import Allowance, CareBasis, CareKind, Disability, Permission
from residents.models import CareChange, CareEntry, Person
from residents.models.care import namings_of, within
from residents.rosters import address_columns as homes
from residents.rosters import person_columns as folk
from residents.rosters.residents_roster import HIDDEN

if TYPE_CHECKING:
    from orgs.models import User

LARGEST_YUAN = Decimal(care.LARGEST_AMOUNT) / 100
_ALLOWANCE_WORDS = {
    "城市低保": Allowance.URBAN.value, "城镇低保": Allowance.URBAN.value, "城市": Allowance.URBAN.value,
    "农村低保": Allowance.RURAL.value, "农村": Allowance.RURAL.value,
    "特困供养": Allowance.EXTREME.value, "特困": Allowance.EXTREME.value,
    "特困人员": Allowance.EXTREME.value, "五保": Allowance.EXTREME.value,
    "低保边缘": Allowance.BORDERLINE.value, "低保边缘家庭": Allowance.BORDERLINE.value,
}  # fmt: skip
_DISABILITIES = dict(
    zip(("视力", "听力", "言语", "肢体", "智力", "精神", "多重"), Disability.values, strict=True)
)
_DISABILITY_WORDS = {
    written: value
    for word, value in _DISABILITIES.items()
    for written in (f"{word}残疾", word, f"{word}类")
}
_GRADE_WORDS = {
    written: grade
    for grade, word in zip("1234", "一二三四", strict=True)
    for written in (f"{word}级", f"{grade}级", grade, word, f"{word}级残疾")
}


def _grade(value: Any) -> Any:
    grade = cells.choice(_GRADE_WORDS)(value)
    return int(grade) if isinstance(grade, str) else grade


NAME = Column(
    "name", "姓名", cells.name(40), ("户主姓名", "居民姓名", "老人姓名", "残疾人姓名"), required=True,
    example="张示例", note=gettext_lazy("needed; somebody on the roll of this place"),
)  # fmt: skip
NEXT_VISIT = Column("next_visit_on", "下次走访日期", cells.day, ("下次走访时间",))


def _private_text(key: str, heading: str, *synonyms: str, **more: Any) -> Column:
    text = cells.text(care.LONGEST_TEXT)
    return Column(
        key, heading, text, synonyms, private=True, mask=lambda value: HIDDEN, **more
    )  # fmt: skip


NOTE = _private_text("note", "备注")


def _starts(heading: str) -> Column:
    return Column(
        "starts", heading, cells.day, ("登记日期", "调查日期", "开始日期"),
        note=gettext_lazy("since when; empty: today"),
    )  # fmt: skip


_OWN: dict[CareKind, tuple[Column, ...]] = {
    CareKind.LIVING_ALONE: (
        _private_text("health", "健康状况", "身体状况"), NEXT_VISIT, _starts("登记日期"), NOTE,
    ),
    CareKind.ALLOWANCE: (
        Column("family_size", "家庭人口", cells.whole(1, care.MOST_IN_A_FAMILY), ("家庭人口数", "保障人数")),
        Column(
            "allowance", "低保类型", cells.choice(_ALLOWANCE_WORDS), ("救助类型",), required=True,
            choices=("城市低保", "农村低保", "特困供养", "低保边缘"), example="城市低保",
        ),
        Column("amount", "享受金额(元/月)", cells.hundredths(LARGEST_YUAN), ("月保障金额", "低保金额")),
        _private_text("hardship", "困难原因", "致贫原因"),
        _private_text("measures", "帮扶措施"), NEXT_VISIT, _starts("调查日期"), NOTE,
    ),
    CareKind.DISABILITY: (
        Column(
            "disability", "残疾类别", cells.choice(_DISABILITY_WORDS), ("残疾类型",), required=True,
            choices=tuple(f"{word}残疾" for word in _DISABILITIES), example="肢体残疾",
        ),
        Column(
            "grade", "残疾等级", _grade, ("残疾级别",), required=True,
            choices=("一级", "二级", "三级", "四级"), example="二级",
        ),
        Column("subsidised", "是否享受补贴", cells.yes_no, ("享受补贴",), choices=("是", "否")),
        Column(
            "guardian_name", "监护人姓名", cells.name(care.LONGEST_NAME), ("监护人",), private=True,
            mask=phones.mask_name,
        ),
        Column("guardian_phone", "监护人电话", cells.phone, private=True, mask=phones.mask),
        NEXT_VISIT, _starts("登记日期"), NOTE,
    ),
    CareKind.ASSISTANCE: (
        _private_text(
            "needs", "帮扶需求", "困难需求", "需求", required=True,
            note=gettext_lazy("needed; what the person needs, nothing else about them"),
        ),
        _private_text("measures", "帮扶措施"), NEXT_VISIT, _starts("登记日期"), NOTE,
    ),
}  # fmt: skip
# Known, and kept elsewhere or not at all.
_IGNORED = (
    "年龄", "网格", "所属网格", "调查人", "责任人", "走访日期", "走访人", "走访内容", "走访记录",
    "存在问题", "处理措施",
)  # fmt: skip
_NOT_DETAILS = {column.key for column in (NAME, *folk.COLUMNS, *places.COLUMNS)} | {"starts"}
_DAYS = ("starts", "next_visit_on")


@dataclass(slots=True)
class Plan:
    """An entry to be made, or one that is there with the values that change."""

    entry: CareEntry
    values: dict[str, Any] = field(default_factory=dict)


def planner(kind: CareKind) -> Callable[[list[Row], Run], None]:
    """Plans the rows of one roster."""

    def plan(rows: list[Row], run: Run) -> None:
        known = folk.people_of(rows, run)
        meant = {row.number: _person(row, known) for row in rows}
        people = {person.pk: person for person in meant.values() if person}
        here = _on_this_roll(people, run)
        entries = _open_entries(kind, people, run)
        for row in rows:
            person = meant[row.number]
            if person and _may_stand(row, person, here, kind, run):
                _plan(row, person, entries.get(person.pk), kind, run)

    return plan


def _person(row: Row, known: folk.People) -> Person | None:
    """Whom on the roll a row means; nobody is made here."""
    person = known.of(row)
    if person is None and row.verdict is None:
        row.wrong("name", _("Nobody on the roll fits: enter the person on the roll first."))
    return person


def _on_this_roll(people: dict[int, Person], run: Run) -> set[int]:
    """Those who stand on the roll of the import's unit; a flat here is not enough."""
    here = Person.objects.filter(lies_in(run.unit, "place"), pk__in=people)
    return set(here.values_list("pk", flat=True))


def _open_entries(kind: CareKind, people: dict[int, Person], run: Run) -> dict[int, CareEntry]:
    """The open entries of people on this roster; locked while an import is applied."""
    entries = CareEntry.objects.filter(kind=kind, ends=None, person__in=people).order_by("pk")
    if run.applying:
        entries = entries.select_for_update(of=("self",))
    return {entry.person_id: entry for entry in entries}


def _may_stand(row: Row, person: Person, here: set[int], kind: CareKind, run: Run) -> bool:
    if person.pk not in here:
        row.wrong("name", _("This person stands on the roll of another place."))
    elif reason := care.why_not(person, kind, run.today):
        row.wrong("name", reason)
    earlier = run.seen.setdefault(person.pk, row.number)
    if earlier != row.number:
        row.wrong("name", _("This person stands in row %(row)d too.") % {"row": earlier})
    return not row.is_wrong


def _plan(row: Row, person: Person, entry: CareEntry | None, kind: CareKind, run: Run) -> None:
    details = {key: value for key, value in row.values.items() if key not in _NOT_DETAILS}
    if details.get("next_visit_on"):
        details["next_visit_on"] = date.fromisoformat(details["next_visit_on"])
    if entry is None:
        _plan_new(row, person, kind, details, run)
        return
    values = {
        name: value for name, value in details.items() if _plain(getattr(entry, name)) != value
    }
    row.verdict = Verdict.CHANGED if values else Verdict.UNCHANGED
    row.plan = Plan(entry, values)


def _plain(value: Any) -> Any:
    """A stored text as a cell would say it: usual characters, single blanks."""
    return spreadsheets.text(value) if isinstance(value, str) else value


def _plan_new(row: Row, person: Person, kind: CareKind, details: dict[str, Any], run: Run) -> None:
    starts = date.fromisoformat(row.get("starts")) if row.get("starts") else run.today
    if starts > run.today:
        row.wrong("starts", _("This day is still to come."))
        return
    row.verdict = Verdict.NEW
    row.plan = Plan(
        CareEntry(
            person=person, kind=kind, basis=CareBasis.DUTY, starts=starts, entered_by=run.by,
            entered_at=run.now, **details,
        )
    )  # fmt: skip


def write(rows: list[Row], run: Run) -> None:
    """Makes the new entries; keeps what the others said before, then changes them."""
    run.create([(row, row.plan.entry) for row in rows if not row.plan.values])
    changed = [(row, row.plan) for row in rows if row.plan.values]
    run.create([(row, _before(plan, run)) for row, plan in changed])
    run.change([(row, plan.entry, plan.values) for row, plan in changed])


def _before(plan: Plan, run: Run) -> CareChange:
    before = {name: getattr(plan.entry, name) for name in plan.values}
    text = json.dumps(before, cls=DjangoJSONEncoder, ensure_ascii=False)
    return CareChange(entry=plan.entry, before=text, by=run.by, at=run.now)


def permission(kind: CareKind) -> str:
    """What is asked for to import one roster: to be named to keep it at the unit."""
    return f"{Permission.KEEP_CARE}_{kind.value}"


def _opened(kind: CareKind) -> "Callable[[User], Q]":
    """The imports of a roster that somebody may see: of units where they keep it."""

    def opened(user: "User") -> Q:
        kept = [naming for naming in namings_of(user) if naming.keeps and naming.kind == kind]
        return within(kept, "unit", by_kind=False)

    return opened


def _roster(kind: CareKind) -> Roster:
    return Roster(
        code=f"care_{kind.value}",
        name=kind.label,
        about=gettext_lazy(
            "A care roster: each row is somebody who stands on the roll already. Only those named to "
            "keep it import it. Measures of control are not taken."
        ),
        columns=(
            NAME, folk.ID_NUMBER, folk.PHONE, folk.SEX, folk.BORN, *places.COLUMNS, *_OWN[kind],
        ),
        permission=permission(kind),
        plan=planner(kind),
        write=write,
        links=homes.links,
        candidates=folk.candidates,
        refuse_heading=folk.refuse_control,
        ignored=_IGNORED,
        opened=_opened(kind),
    )  # fmt: skip


ROSTERS = tuple(_roster(kind) for kind in CareKind)
