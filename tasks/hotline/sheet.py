"""The sheet of hotline tickets (12345): its headings, its template, and what a row means."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext as _

from orgs.enums import Role, UnitKind
from orgs.errors import Refused
from orgs.imports import spreadsheets
from orgs.imports.spreadsheets import RowError
from orgs.models import Unit
from orgs.scoping import reach_of
from tasks.enums import COMMUNITY_ROLES, STREET_ROLES
from tasks.models import Category
from tasks.reports.report import known_phone, refuse_bad

if TYPE_CHECKING:
    from orgs.models import User

ROLES = COMMUNITY_ROLES | STREET_ROLES | {Role.DISTRICT_OFFICE}
MAX_ROWS = 500
# Columns by what they hold: the template's heading first, then what hotlines also call it.
HEADINGS = {
    "outside_number": ("工单编号", "工单号", "受理编号"),
    "received_at": ("受理时间", "来电时间"),
    "unit": ("小区或单位代码", "小区名称", "单位代码"),
    "category": ("诉求类别", "诉求类型"),
    "text": ("诉求内容", "工单内容"),
    "contact_name": ("诉求人", "来电人", "姓名"),
    "contact_phone": ("联系电话", "来电号码"),
    "reply_by": ("回复时限", "办理时限"),
}
OPTIONAL = {"contact_name", "contact_phone", "reply_by"}
# A row that begins so is the template's own.
EXAMPLE_MARK = "示例"
EXAMPLE = (
    f"{EXAMPLE_MARK}20260310-0001",
    "2026-03-10 09:15",
    "翡翠一品小区",
    "",
    "5栋楼道里有人飞线充电，希望处理。",
    "张先生",
    "13800000000",
    "2026-03-13 18:00",
)
MAX_NUMBER = MAX_NAME = 40


@dataclass(frozen=True)
class Ticket:
    """One row that has been understood."""

    row: int
    outside_number: str
    received_at: datetime
    unit: Unit
    category: Category
    text: str
    contact_name: str
    contact_phone: str
    reply_by: datetime | None


def template() -> bytes:
    """The empty sheet with an example row, which an import passes over, and a sheet of notes."""
    headings = [titles[0] for titles in HEADINGS.values()]
    kind = Category.objects.filter(is_selectable=True).first()
    example = [*EXAMPLE]
    example[3] = kind.name if kind else ""
    notes = zip(headings, _explanations(), strict=True)
    return spreadsheets.write(headings, [example], "12345", [*notes], as_text="AG")


def _explanations() -> list[str]:
    return [
        _("needed; the hotline's own number, as text. The same number is entered only once."),
        _("needed; like 2026-03-10 09:15"),
        _("needed; the name of a compound or community, or the code of a unit, in your area"),
        _("needed; the name or the code of a kind of problem"),
        _("needed; what was said, at most 2000 characters"),
        _("may be left empty"),
        _("may be left empty; a mobile number, or a landline with its area code"),
        _("may be left empty; by when the hotline wants the answer"),
    ]


def tickets(
    cells: list[Sequence[Any]], by: "User", now: datetime, errors: list[RowError]
) -> Iterator[Ticket]:
    """The rows that make sense; what is wrong with the others joins `errors`.

    Raises ImportRefused for missing columns.
    """
    rows = [
        (number, given)
        for number, given in spreadsheets.filled_rows(cells, HEADINGS, OPTIONAL)
        if not _name(given["outside_number"]).startswith(EXAMPLE_MARK)
    ]
    if not rows:
        errors.append(RowError(2, "", _("The sheet holds no rows.")))
    units, kinds = _units({_name(given["unit"]) for _number, given in rows}, by), _kinds()
    first: dict[str, int] = {}
    for number, given in rows:
        ticket = _ticket(number, given, units, kinds, now, errors)
        if ticket is None:
            continue
        earlier = first.setdefault(ticket.outside_number, number)
        if earlier == number:
            yield ticket
        else:
            message = _("Row %(row)d has this ticket too.") % {"row": earlier}
            errors.append(RowError(number, title("outside_number"), message))


def title(key: str) -> str:
    """The heading of the template over what a key names."""
    return spreadsheets.heading(HEADINGS[key])


_name = spreadsheets.text
_Units = dict[str, list[Unit]]
_Kinds = dict[str, list[Category]]


def _units(names: set[str], by: "User") -> _Units:
    """The units of the importer's area by every code and name that the sheet may mean."""
    reach = reach_of(by).q("", ROLES)
    wanted = Q(code__in=names) | Q(name__in=names) | Q(aliases__code__in=names)
    # What people call a street or community is not what is stored.
    places = Unit.objects.filter(reach, wanted | Q(kind__in=(UnitKind.STREET, UnitKind.COMMUNITY)))
    found: _Units = defaultdict(list)
    for unit in places.distinct().prefetch_related("aliases").order_by("pk"):
        aliases = [alias.code for alias in unit.aliases.all()]
        for name in {unit.code, _name(unit.name), _name(unit.short_name), *aliases}:
            found[name].append(unit)
    return found


def _kinds() -> _Kinds:
    found: _Kinds = defaultdict(list)
    for kind in Category.objects.filter(is_selectable=True):
        for name in {kind.code.casefold(), _name(kind.name).casefold()}:
            found[name].append(kind)
    return found


def _ticket(
    number: int,
    given: dict[str, Any],
    units: _Units,
    kinds: _Kinds,
    now: datetime,
    errors: list[RowError],
) -> Ticket | None:
    """One row, or None after noting every wrong cell of it."""
    before = len(errors)
    cell = spreadsheets.cell_reader(number, given, HEADINGS, errors)
    values = {
        "outside_number": cell("outside_number", _number),
        "received_at": cell("received_at", _moment, True),
        "unit": cell("unit", _unit, units),
        "category": cell("category", _kind, kinds),
        "text": _free(given["text"]),
        "contact_name": cell("contact_name", _short),
        "contact_phone": cell("contact_phone", lambda value: known_phone(_name(value))),
        "reply_by": cell("reply_by", _moment, False),
    }
    if values["category"]:
        try:
            refuse_bad(values["category"], values["text"], values["received_at"], now)
        except Refused as error:
            errors += [
                RowError(number, title(key), " ".join(map(str, said)))
                for key, said in error.fields.items()
            ]
    return Ticket(number, **values) if len(errors) == before else None


def _number(value: Any) -> str:
    if spreadsheets.lost_digits(value):
        raise Refused(
            _("Excel has cut this long number off: format the column as text and enter it again.")
        )
    number = _name(value)
    if not 0 < len(number) <= MAX_NUMBER:
        raise Refused(
            _("Give the ticket's number, at most %(most)d characters.") % {"most": MAX_NUMBER}
        )
    return number


def _moment(value: Any, needed: bool) -> datetime | None:
    if not needed and not _name(value):
        return None
    try:
        return spreadsheets.moment(value)
    except (ValueError, OverflowError):
        raise Refused(_("Write the time like 2026-03-10 09:15."))


def _unit(value: Any, units: _Units) -> Unit:
    found = units.get(_name(value), [])
    if not found:
        raise Refused(_("There is no such compound or unit in your area."))
    if len(found) > 1:
        named = "、".join(f"{unit.path_name} ({unit.code})" for unit in found[:5])
        raise Refused(_("Which one? Give the code: %(places)s") % {"places": named})
    return found[0]


def _kind(value: Any, kinds: _Kinds) -> Category:
    found = kinds.get(_name(value).casefold(), [])
    if len(found) != 1:
        raise Refused(_("There is no kind of problem with this name or code."))
    return found[0]


def _short(value: Any) -> str:
    name = _name(value)
    if len(name) > MAX_NAME:
        raise Refused(_("At most %(most)d characters.") % {"most": MAX_NAME})
    return name


def _free(value: Any) -> str:
    """What was said: its lines and its own signs are kept."""
    return "\n".join(line.strip() for line in str(value or "").splitlines()).strip()
