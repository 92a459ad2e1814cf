"""The roster of visits: who was called at, when, and what was said."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_OID, uuid5

from django.utils.translation import gettext_lazy

from orgs.crypto import blind_index
from orgs.enums import Verdict
from orgs.imports.rosters import Column, Roster, Row, Run
from orgs.imports.workbooks import cells, places
from orgs.scoping import lies_in
from orgs.values.names import compared
from orgs.values.sentences import gettext as _
from residents.enums import Permission
from residents.models import Visit
from residents.rosters import address_columns as homes
from residents.rosters import person_columns as folk
from residents.rosters.residents_roster import HIDDEN

if TYPE_CHECKING:
    from orgs.models import Unit, User

LONGEST = 2000
NAME = Column(
    "name", "姓名", cells.text(40), ("走访对象", "户主姓名", "居民姓名", "老人姓名"), example="张示例",
    note=gettext_lazy("who was called at; empty: the whole home"),
)  # fmt: skip
ON = Column(
    "on", "走访日期", cells.day, ("走访时间", "日期", "入户日期"), required=True,
    example="2026-03-10", note=gettext_lazy("needed; not a day to come"),
)  # fmt: skip
TEXT = Column(
    "text", "走访内容", cells.text(LONGEST), ("走访情况", "走访记录", "内容"),
    required=True, example="身体尚好", private=True, mask=lambda value: HIDDEN,
    note=gettext_lazy("needed; what was talked about"),
)  # fmt: skip
PROBLEM = Column(
    "problem", "存在问题", cells.text(LONGEST), ("发现问题", "问题"), private=True,
    mask=lambda value: HIDDEN,
)  # fmt: skip
MEASURES = Column(
    "measures", "处理措施", cells.text(LONGEST), ("帮扶措施", "措施"), private=True,
    mask=lambda value: HIDDEN,
)  # fmt: skip
NEXT_ON = Column(
    "next_on", "下次走访日期", cells.day, ("下次走访时间",),
    note=gettext_lazy("later than the visit"),
)  # fmt: skip


def plan(rows: list[Row], run: Run) -> None:
    """A visit is new unless the same words were written down for the same home and day."""
    known = folk.people_of(rows, run, home_required=True)
    marks = {
        row.number: _mark(row, known.doors[row.number], run)
        for row in rows
        if row.number in known.doors
    }
    there = set(
        Visit.objects.filter(event_id__in=marks.values()).values_list("event_id", flat=True)
    )
    for row in rows:
        if row.number in known.doors:
            _plan(row, known, marks[row.number], there, run)


def _mark(row: Row, door: homes.Door, run: Run) -> Any:
    """The same visit has the same mark, whichever file brings it."""
    texts = [str(row.get(key)) for key in ("name", "on", "text")]
    return uuid5(NAMESPACE_OID, blind_index("visit", "\0".join([*map(str, door), *texts])))


def _plan(row: Row, known: folk.People, mark: Any, there: set[Any], run: Run) -> None:
    household = known.homes.get(known.doors[row.number])
    if household is None:
        row.wrong("room", _("This room is not on the roll: enter the households first."))
        return
    _check_days(row, run)
    person = None
    if row.get("name"):
        living = known.living[household.pk]
        key = compared(row.get("name"))
        person = next(
            (belonging.person for belonging in living if belonging.person.name_key == key), None
        )
        if person is None:
            row.wrong("name", _("Nobody of this name belongs to the home."))
    if row.is_wrong:
        return
    # Hidden words are those of an export: the visit is there already.
    if mark in there or not row.get("text"):
        row.verdict = Verdict.UNCHANGED
        return
    there.add(mark)
    next_on = row.get("next_on")
    row.verdict = Verdict.NEW
    row.plan = Visit(
        household=household,
        person=person,
        by=run.by,
        on=date.fromisoformat(row.get("on")),
        text=row.get("text"),
        problem=row.get("problem"),
        measures=row.get("measures"),
        next_on=date.fromisoformat(next_on) if next_on else None,
        event_id=mark,
        entered_at=run.now,
    )


def _check_days(row: Row, run: Run) -> None:
    on, next_on = row.get("on"), row.get("next_on")
    if on and on > run.today.isoformat():
        row.wrong("on", _("This day is still to come."))
    if on and next_on and next_on <= on:
        row.wrong("next_on", _("The next visit has to be later than this one."))


def write(rows: list[Row], run: Run) -> None:
    run.create([(row, row.plan) for row in rows])


def lines(user: "User", unit: "Unit | None", filters: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Who was called at when, in sight of somebody; what was said stays on the home's page."""
    visits = Visit.objects.visible_to(user)
    if unit:
        visits = visits.filter(lies_in(unit, "household__building"))
    visits = visits.select_related("person", "household__building__parent", "by")
    for visit in visits.order_by("-on", "-pk").iterator(chunk_size=1000):
        building = visit.household.building
        yield {
            "name": visit.person.name if visit.person else "",
            "compound": building.parent.name if building.parent else "",
            "building": building.name,
            "entrance": visit.household.entrance,
            "room": visit.household.room,
            "on": visit.on.isoformat(),
            "text": HIDDEN,
            "problem": HIDDEN if visit.problem else "",
            "measures": HIDDEN if visit.measures else "",
            "next_on": visit.next_on.isoformat() if visit.next_on else "",
        }


VISITS = Roster(
    code="visits",
    name=gettext_lazy("Visits"),
    about=gettext_lazy("Who was called at, when, and what was said: one row for each visit."),
    columns=(NAME, *places.COLUMNS, ON, TEXT, PROBLEM, MEASURES, NEXT_ON),
    permission=Permission.KEEP_ROLL,
    reads=Permission.VIEW_ROLL,
    plan=plan,
    write=write,
    lines=lines,
    links=homes.links,
    candidates=folk.candidates,
    refuse_heading=folk.refuse_control,
    ignored=("性别", "年龄", "联系电话", "网格", "走访人", "备注", "健康状况"),
)
