"""Staff by Excel: a list of people and their positions, taken as a whole or not at all."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO, Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from orgs.accounts import users
from orgs.audit import audit
from orgs.enums import Role
from orgs.errors import DomainError, Refused
from orgs.imports import spreadsheets
from orgs.imports.spreadsheets import ImportRefused, RowError
from orgs.models import Position, User
from orgs.positions import positions
from orgs.positions.appointments import find_targets
from orgs.values import phones

# Columns of the sheet, by what they hold: the headings that staff lists here really have.
HEADINGS = {
    "name": "姓名",
    "phone": "手机号",
    "username": "用户名",
    "role": "角色",
    "where": "单位代码/部门代码",
    "starts": "开始日期",
}
EXAMPLE = ("张三", "13800000000", "zhangsan", "", "421102005003", "2026-01-01")
MAX_ROWS = 500


@dataclass
class StaffRow:
    """One row that has been understood."""

    number: int
    name: str
    phone: str
    username: str
    role: Role
    where: Any
    starts: date
    password: str = ""
    password_hash: str = ""


@dataclass
class NewAccount:
    """An account that was made, with the password that is shown this once."""

    name: str
    username: str
    phone: str
    password: str


@dataclass
class Imported:
    """What an import did."""

    accounts: list[NewAccount] = field(default_factory=list)
    appointed: int = 0
    unchanged: int = 0


def import_staff(*, file: IO[bytes], size: int, by: User, now: datetime) -> Imported:
    """Makes the accounts and positions of a sheet; a second time the same sheet changes nothing.

    Raises ImportRefused naming every wrong row, Refused or TooLarge for a file that cannot be read.
    """
    rows = list(_understood(spreadsheets.read_rows(file, size, MAX_ROWS), by))
    _prepare_passwords(rows)
    done, errors = Imported(), []
    with transaction.atomic():
        for row in rows:
            try:
                with transaction.atomic():
                    _take(row, done, by, now)
            except DomainError as error:
                errors.append(RowError(row.number, "", error.message))
        if errors:
            raise ImportRefused(errors)
        audit.record(
            "import_staff",
            by=by,
            detail={"accounts": len(done.accounts), "positions": done.appointed},
            now=now,
        )
    return done


def template() -> bytes:
    """The empty sheet to fill in, with one example row."""
    example = [*EXAMPLE]
    example[3] = str(Role.COMMUNITY_WORKER.label)
    return spreadsheets.write(list(HEADINGS.values()), [example], "staff")


def passwords_sheet(accounts: Sequence[NewAccount]) -> bytes:
    """The initial passwords, to be handed out."""
    headings = [_("Name"), _("User name"), _("Mobile number"), _("Initial password")]
    rows = [[made.name, made.username, made.phone, made.password] for made in accounts]
    return spreadsheets.write(headings, rows, "passwords")


def _understood(cells: list[Sequence[Any]], by: User) -> Iterator[StaffRow]:
    """Reads the rows. Raises ImportRefused with every error found."""
    errors: list[RowError] = []
    names: dict[str, tuple[str, int]] = {}
    rows = []
    for number, given in spreadsheets.filled_rows(cells, HEADINGS):
        row = _row(number, given, by, errors)
        if row is None:
            continue
        name, first = names.setdefault(row.phone, (row.name, number))
        if name != row.name:
            message = _("Row %(row)d gives this number to somebody else.") % {"row": first}
            errors.append(RowError(number, HEADINGS["phone"], message))
        rows.append(row)
    if not rows and not errors:
        errors.append(RowError(2, "", _("The sheet holds no rows.")))
    if errors:
        raise ImportRefused(errors)
    return iter(rows)


def _row(number: int, given: dict[str, Any], by: User, errors: list[RowError]) -> StaffRow | None:
    """One row, or None after noting every wrong cell of it."""
    before = len(errors)
    cell = spreadsheets.cell_reader(number, given, HEADINGS, errors)
    role = cell("role", _role)
    values = {
        "name": cell("name", _name),
        "phone": cell("phone", lambda value: users.mobile(spreadsheets.text(value))),
        "username": cell("username", _username),
        "where": cell("where", _where, role, by) if role else None,
        "starts": cell("starts", _day),
    }
    return StaffRow(number, role=role, **values) if len(errors) == before else None


def _name(value: Any) -> str:
    name = spreadsheets.text(value)
    if not 0 < len(name) <= users.MAX_NAME:
        raise Refused(_("Give a name of at most %(count)d characters.") % {"count": users.MAX_NAME})
    return name


def _username(value: Any) -> str:
    name = spreadsheets.text(value)
    try:
        if name:
            UnicodeUsernameValidator()(name)
    except ValidationError as error:
        raise Refused(" ".join(error.messages))
    if len(name) > 150 or phones.MOBILE.fullmatch(name):
        raise Refused(_("A user name is no telephone number and has at most 150 characters."))
    return name


def _role(value: Any) -> Role:
    written = spreadsheets.text(value)
    role = _role_names().get(written.casefold())
    if role is None:
        raise Refused(_("There is no role “%(role)s”.") % {"role": written[:40]})
    return role


def _role_names() -> dict[str, Role]:
    """Every way of naming a role: its code, and its name in each language."""
    names = {role.value: role for role in Role}
    for language, _title in settings.LANGUAGES:
        with translation.override(language):
            names |= {str(role.label).casefold(): role for role in Role}
    return names


def _where(value: Any, role: Role, by: User) -> Any:
    code = spreadsheets.text(value)
    found = [place for place in find_targets(by, role, code) if place.code == code] if code else []
    if not found:
        raise Refused(_("Nothing with this code where you may appoint to this role."))
    return found[0]


def _day(value: Any) -> date:
    try:
        return spreadsheets.day(value)
    except (ValueError, OverflowError):
        raise Refused(_("Write the day like 2026-01-31."))


def _prepare_passwords(rows: Sequence[StaffRow]) -> None:
    """Passwords for people without account, hashed before the transaction.

    Hashing is slow on purpose. Argon2 lets other threads run, so several are hashed at once.
    """
    newcomers = list({row.phone: row for row in reversed(rows) if not _account(row.phone)}.values())
    for row in newcomers:
        row.password = users.initial_password()
    with ThreadPoolExecutor(max_workers=4) as pool:
        for row, hashed in zip(
            newcomers, pool.map(make_password, [row.password for row in newcomers]), strict=True
        ):
            row.password_hash = hashed


def _account(phone: str) -> User | None:
    """Whose number it is, if they confirmed it: a mere claim must not gain a position."""
    return User.objects.filter(phone_index=phones.index(phone), phone_verified=True).first()


def _take(row: StaffRow, done: Imported, by: User, now: datetime) -> None:
    """Makes what is missing of one row."""
    person = _account(row.phone)
    if person is None:
        username = row.username or users.free_username(f"staff{row.phone[-4:]}")
        person = users.create_staff(
            name=row.name,
            phone=row.phone,
            username=username,
            password_hash=row.password_hash,
            by=by,
            now=now,
        )
        done.accounts.append(NewAccount(row.name, username, row.phone, row.password))
    if _holds(person, row):
        done.unchanged += 1
        return
    positions.appoint(
        person=person, role=row.role, where=row.where, starts=row.starts, by=by, now=now
    )
    done.appointed += 1


def _holds(person: User, row: StaffRow) -> bool:
    target = positions.ROLE_TARGETS[row.role].value
    wanted = Position(user=person, role=row.role, starts=row.starts, **{target: row.where})
    return positions.overlapping(wanted).exists()
