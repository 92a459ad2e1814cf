"""The roster of hotline tickets (12345): each of them becomes a task, once.

An import is not undone: a ticket is a task from then on, which others see and work on. What was entered
wrongly is declined or merged there, with its reason.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from orgs.enums import Role, UnitKind, Verdict
from orgs.errors import Refused
from orgs.imports.rosters import SMALL, Column, Links, Roster, Row, Run
from orgs.imports.workbooks import cells, places, spreadsheets
from orgs.models import LedgerImport, Unit
from orgs.scoping import reach_of
from orgs.values import phones
from orgs.values.sentences import gettext as _
from orgs.values.text import first_words
from tasks.enums import COMMUNITY_ROLES, STREET_ROLES, Permission
from tasks.models import MAX_TEXT, Category, Task
from tasks.models.catalogue import OTHER
from tasks.reports.report import MAX_TITLE, known_phone, refuse_bad, report

if TYPE_CHECKING:
    from orgs.models import User

ROLES = COMMUNITY_ROLES | STREET_ROLES | {Role.DISTRICT_OFFICE}
MAX_NUMBER = MAX_NAME = 40


def _kind_names(_target: None) -> Sequence[str]:
    return [kind.name for kind in Category.objects.filter(is_selectable=True)]


def _name(value: Any) -> str:
    return "" if cells.says_nothing(value) else cells.plain(MAX_NAME)(value)


def _phone(value: Any) -> str:
    return "" if cells.says_nothing(value) else known_phone(spreadsheets.text(value))


COLUMNS = (
    Column(
        "outside_number", "工单编号", cells.number(MAX_NUMBER), ("工单号", "受理编号", "热线工单号", "工单流水号"),
        required=True, example="20260310-0001",
        note=gettext_lazy("needed; the hotline's own number, as text. The same number is entered only once."),
    ),
    Column(
        "received_at", "受理时间", cells.moment,
        ("来电时间", "登记时间", "诉求时间"), required=True,
        example="2026-03-10 09:15", note=gettext_lazy("needed; like 2026-03-10 09:15"),
    ),
    Column(
        "unit", "小区或单位代码", cells.plain(80),
        ("小区名称", "小区", "单位代码", "诉求地点", "诉求地址", "事发地点", "事发地址", "发生地点", "地点", "地址"),
        required=True,
        example="翡翠一品小区",
        note=gettext_lazy("needed; the name of a compound or community, or the code of a unit, in your area"),
    ),
    Column(
        "category", "诉求类别", cells.plain(80), ("诉求类型", "问题类别", "事项类别", "工单类型"), offers=_kind_names,
        note=gettext_lazy("the name or the code of a kind of problem; what is unknown here comes in as “other”"),
    ),
    Column(
        "text", "诉求内容", cells.lines,
        ("工单内容", "诉求描述", "反映内容", "主要内容", "内容"), required=True,
        example="5栋楼道里有人飞线充电，希望处理。",
        note=gettext_lazy("needed; what was said, at most 2000 characters"),
    ),
    Column(
        "contact_name", "诉求人", _name, ("来电人", "姓名", "来电人姓名", "诉求人姓名", "联系人"), example="张先生",
        private=True, mask=phones.mask_name, note=gettext_lazy("may be left empty"),
    ),
    Column(
        "contact_phone", "联系电话", _phone,
        ("来电号码", "联系方式", "手机号", "手机", "电话"), example="13800000000", private=True, mask=phones.mask,
        note=gettext_lazy("may be left empty; a mobile number, or a landline with its area code"),
    ),
    Column(
        "reply_by", "回复时限", cells.moment, ("办理时限", "办结时限", "要求回复时间"), example="2026-03-13 18:00",
        note=gettext_lazy("may be left empty; by when the hotline wants the answer"),
    ),
)  # fmt: skip


class _Places:
    """The units of somebody's area by every code, name and address that some cells may mean."""

    def __init__(self, written: set[str], by: "User") -> None:
        reach = reach_of(by).q("", ROLES)
        self._addresses = {text: parts for text in written if (parts := places.written_out(text))}
        wheres = {parts.where for parts in self._addresses.values()}
        names = {name for text in written | wheres for name in places.compound_names(text)}
        wanted = Q(code__in=written) | Q(name_key__in=names) | Q(aliases__code__in=written)
        # What people call a street or community is not what is stored.
        wanted |= Q(kind__in=(UnitKind.STREET, UnitKind.COMMUNITY))
        self._by_name: dict[str, list[Unit]] = defaultdict(list)
        units = Unit.objects.filter(reach, wanted).distinct().prefetch_related("aliases")
        for unit in units.order_by("pk"):
            aliases = [alias.code for alias in unit.aliases.all()]
            for name in {unit.code, unit.name, unit.short_name, *aliases}:
                self._by_name[places.compound_key(name)].append(unit)
        compounds = [unit for where in wheres for unit in self._named(where)]
        buildings = Unit.objects.filter(reach, kind=UnitKind.BUILDING, parent__in=compounds)
        self._buildings: dict[tuple[int | None, str], Unit] = {
            (building.parent_id, places.building_key(building.name)): building
            for building in buildings
        }

    def _named(self, text: str) -> list[Unit]:
        return list(dict.fromkeys(self._by_name.get(places.compound_key(text), [])))

    def find(self, text: str) -> Unit:
        """The one that is meant. Raises Refused for none, and for several."""
        units = self._named(text)
        parts = self._addresses.get(text)
        if not units and parts:
            key = places.building_key(parts.building)
            inside = [self._buildings.get((unit.pk, key)) for unit in self._named(parts.where)]
            units = [unit for unit in inside if unit]
        if not units:
            raise Refused(_("There is no such compound or unit in your area."))
        if len(units) > 1:
            named = "、".join(f"{unit.path_name} ({unit.code})" for unit in units[:5])
            raise Refused(_("Which one? Give the code: %(places)s") % {"places": named})
        return units[0]


def _kinds() -> dict[str, list[Category]]:
    kinds: dict[str, list[Category]] = defaultdict(list)
    for kind in Category.objects.filter(is_selectable=True):
        for name in {kind.code.casefold(), spreadsheets.text(kind.name).casefold()}:
            kinds[name].append(kind)
    return kinds


def plan(rows: list[Row], run: Run) -> None:
    """A ticket is new, or was entered before: then it is left as it is, and what differs is named."""
    units, kinds = _Places({row.get("unit") for row in rows}, run.by), _kinds()
    numbers = {row.get("outside_number") for row in rows} - {""}
    before = Task.objects.filter(outside_number__in=numbers).prefetch_related("transfers")
    tasks = {task.outside_number: task for task in before}
    seen = set(Task.objects.visible_to(run.by).filter(pk__in=before).values_list("pk", flat=True))
    for row in rows:
        ticket = _ticket(row, units, kinds, run)
        if row.is_wrong:
            continue
        task = tasks.get(row.get("outside_number"))
        if task is None:
            row.verdict, row.plan = Verdict.NEW, ticket
        elif task.pk not in seen:
            row.wrong("outside_number", _("This ticket was entered for another area."))
        else:
            row.verdict, row.changes = Verdict.UNCHANGED, list(_differences(ticket, task))


def _ticket(row: Row, units: _Places, kinds: dict[str, list[Category]], run: Run) -> dict[str, Any]:
    """What a task is reported with; every wrong cell is noted on the row."""
    ticket: dict[str, Any] = {column.key: row.get(column.key) for column in COLUMNS}
    for key in ("received_at", "reply_by"):
        ticket[key] = datetime.fromisoformat(ticket[key]) if ticket[key] else None
    if ticket["unit"]:
        try:
            ticket["unit"] = units.find(ticket["unit"])
        except Refused as refusal:
            row.wrong("unit", refusal.message)
    called = ticket["category"]
    named = kinds.get(called.casefold(), [])
    if len(named) > 1:
        row.wrong("category", _("Several kinds are called so: give the code."))
    else:
        if not named:
            # No dead end: whoever receives it puts it right, and reads what the hotline called it.
            named = kinds[OTHER]
            if called:
                sentence = _("The catalogue has no such kind: entered as “%(kind)s”.")
                row.left_out("category", sentence % {"kind": named[0].name})
            note = f"\n（诉求类别：{called}）" if called and ticket["text"] else ""
            ticket["text"] += note if len(ticket["text"] + note) <= MAX_TEXT else ""
        ticket["category"] = named[0]
        try:
            refuse_bad(named[0], ticket["text"], ticket["received_at"], run.now)
        except Refused as refusal:
            for key, sentences in refusal.fields.items():
                row.wrong(key, sentences[0])
    first = run.seen.setdefault(ticket["outside_number"], row.number)
    if ticket["outside_number"] and first != row.number:
        row.wrong("outside_number", _("Row %(row)d has this ticket too.") % {"row": first})
    return ticket


def _differences(ticket: dict[str, Any], task: Task) -> Iterator[str]:
    """The columns in which the sheet says something else than what was entered."""
    passed_on = list(task.transfers.all())
    place = passed_on[0].from_unit_id if passed_on else task.unit_id
    entered = {"unit": place, "category": task.category_id}
    for key, value in ticket.items():
        if (value.pk if key in entered else value) != entered.get(key, getattr(task, key)):
            yield key


def write(rows: list[Row], run: Run) -> None:
    """Reports the new tickets; one that somebody entered at the same moment is left to them."""
    # In one order: two people with the same sheet wait for each other, not crosswise.
    for row in sorted(rows, key=lambda row: row.plan["outside_number"]):
        try:
            # What the hotline called it, behind the text, is no part of the title.
            title = first_words(row.get("text"), MAX_TITLE)
            report(**row.plan, title=title, by=run.by, now=run.now)
        except Refused as refusal:
            if refusal.code == "ticket_known":
                row.verdict = Verdict.UNCHANGED
            else:
                row.wrong("", refusal.message)


def links(_imported: LedgerImport) -> Links:
    """Addresses around an import."""
    tasks = f"{reverse('tasks:list')}?channel=hotline"
    return Links(
        back=reverse("tasks:list"),
        send=reverse("tasks:hotline"),
        results=[("list", gettext_lazy("To the tasks"), tasks)],
    )


HOTLINE = Roster(
    code="hotline",
    name=gettext_lazy("Hotline tickets"),
    about=gettext_lazy(
        "One row for each ticket. Before anything is entered you see what is new, what was entered "
        "before and what is wrong. The same ticket is never entered twice."
    ),
    columns=COLUMNS,
    permission=Permission.IMPORT_HOTLINE,
    plan=plan,
    write=write,
    links=links,
    subject="",
    limits=SMALL,
    applied_as="tasks.import-hotline",
    undoable=False,
    # When it was passed on, not when the call came.
    ignored=("交办时间", "派单时间"),
)
