"""The roster of staff: accounts and positions by Excel, with first passwords that are shown once.

An import can be undone as long as nobody used what it made: then the accounts and positions go again.
A position that somebody gained who had an account before is ended on its page; such an import stays.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy

from orgs.accounts import users
from orgs.enums import ROLE_TARGETS, Permission, PositionTarget, Role, Verdict
from orgs.errors import DomainError, NotAllowed, Refused, WrongState
from orgs.imports import imports
from orgs.imports.planning import unstaged
from orgs.imports.rosters import SMALL, Column, Links, Roster, Row, Run, Touches
from orgs.imports.undo import named_rows
from orgs.imports.workbooks import cells, spreadsheets
from orgs.models import LedgerImport, Position, User
from orgs.positions import positions
from orgs.positions.appointments import find_targets
from orgs.positions.positions import lock_people
from orgs.values import phones, sentences
from orgs.values.sentences import gettext as _


def _username(value: Any) -> str:
    name = spreadsheets.text(value)
    try:
        UnicodeUsernameValidator()(name)
    except ValidationError as error:
        raise cells.bad(sentences.of(error.message))
    if len(name) > 150 or phones.MOBILE.fullmatch(name):
        raise cells.bad(_("A user name is no telephone number and has at most 150 characters."))
    return name


def _role(value: Any) -> str:
    written = spreadsheets.text(value)
    role = _role_names().get(written.casefold())
    if role is None:
        named = "、".join(str(one.label) for one in Role)
        sentence = _("There is no role “%(role)s”. Write one of these: %(roles)s.")
        raise cells.bad(sentence % {"role": written[:40], "roles": named})
    return role.value


# What communities write instead.
_CALLED_SO = {
    "社工": Role.COMMUNITY_WORKER, "社区干部": Role.COMMUNITY_WORKER, "社区工作人员": Role.COMMUNITY_WORKER,
    "网格长": Role.GRID_WORKER, "专职网格员": Role.GRID_WORKER, "小区支部书记": Role.BRANCH_SECRETARY,
}  # fmt: skip


def _role_names() -> dict[str, Role]:
    """Every way of naming a role: its code, and its name in each language."""
    names = {role.value: role for role in Role} | _CALLED_SO
    for language, _title in settings.LANGUAGES:
        with translation.override(language):
            names |= {str(role.label).casefold(): role for role in Role}
    return names


def _offered_roles(_target: None) -> Sequence[str]:
    return [str(role.label) for role in Role]


COLUMNS = (
    Column("name", "姓名", cells.plain(users.MAX_NAME), required=True, example="张三"),
    Column(
        "phone", "手机号", lambda value: users.mobile(spreadsheets.text(value)),
        ("手机号码", "手机", "联系电话", "电话"), required=True, example="13800000000",
        private=True, mask=phones.mask,
        note=gettext_lazy("somebody whose number it is already only gains the position"),
    ),
    Column(
        "username", "用户名", _username, ("账号", "登录名"), example="zhangsan",
        note=gettext_lazy("may be left empty; for a new account"),
    ),
    Column(
        "role", "角色", _role, ("岗位", "职务"), required=True, example="社区工作者",
        offers=_offered_roles,
    ),
    Column(
        "where", "单位代码/部门代码", cells.plain(80),
        ("单位代码", "部门代码", "单位", "部门", "单位名称", "部门名称"), required=True,
        example="421102005003", note=gettext_lazy("the code or the whole name"),
    ),
    Column(
        "starts", "开始日期", cells.day, ("任职日期",), required=True, example="2026-01-01",
        note=gettext_lazy("like 2026-01-31"),
    ),
)  # fmt: skip


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

    accounts: list[NewAccount]
    appointed: int
    unchanged: int


# --- Planning ------------------------------------------------------------------------------------


@dataclass
class _Step:
    """A position to be given, to somebody with an account or with one that the sheet makes."""

    person: User | None
    role: Role
    where: Any
    starts: date


def plan(rows: list[Row], run: Run) -> None:
    """Somebody is new, gains a position, or holds it already."""
    accounts = _accounts(row.get("phone") for row in rows)
    written = {row.get("username").casefold() for row in rows} - {""}
    known = User.objects.annotate(lower=Lower("username")).filter(lower__in=written)
    taken = set(known.values_list("lower", flat=True))
    for row in rows:
        if not row.is_wrong:
            _plan(row, accounts.get(row.get("phone")), taken, run)


def _accounts(numbers: Any) -> dict[str, User]:
    """Whose numbers they are, if they confirmed them: a mere claim must not gain a position."""
    indexes = {phones.index(number): number for number in numbers if number}
    people = User.objects.filter(phone_index__in=indexes, phone_verified=True)
    return {indexes[person.phone_index]: person for person in people if person.phone_index}


def _plan(row: Row, person: User | None, taken: set[str], run: Run) -> None:
    phone, username = row.get("phone"), row.get("username").casefold()
    name, first = run.seen.setdefault(("phone", phone), (row.get("name"), row.number))
    if name != row.get("name"):
        sentence = _("Row %(row)d gives this number to somebody else.")
        row.wrong("phone", sentence % {"row": first})
    owner = run.seen.setdefault(("username", username), phone) if username else phone
    if person is None and (owner != phone or username in taken):
        row.wrong("username", _("This user name is taken."))
    role = Role(row.get("role"))
    where = _where(row, role, run)
    if row.is_wrong:
        return
    step = _Step(person, role, where, date.fromisoformat(row.get("starts")))
    again = ("position", phone, role, type(where), where.pk) in run.seen
    run.seen["position", phone, role, type(where), where.pk] = True
    if again or (person and positions.overlapping(_position(person, step)).exists()):
        row.verdict = Verdict.UNCHANGED
        return
    row.plan = step
    is_new = person is None and first == row.number
    row.verdict = Verdict.NEW if is_new else Verdict.CHANGED
    row.changes = [] if is_new else ["role"]


def _where(row: Row, role: Role, run: Run) -> Any:
    """Where somebody is appointed: by code, or by a name that only one place has."""
    written = row.get("where")
    key = ("where", role, written)
    if key not in run.seen:
        targets = [
            place
            for place in find_targets(run.by, role, written)
            if written in (place.code, place.name, getattr(place, "short_name", ""))
        ]
        run.seen[key] = targets[0] if len(targets) == 1 else None
    if run.seen[key] is None:
        row.wrong("where", _("Nothing with this code where you may appoint to this role."))
    return run.seen[key]


def _position(person: User, step: _Step) -> Position:
    target = ROLE_TARGETS[step.role].value
    return Position(user=person, role=step.role, starts=step.starts, **{target: step.where})


# --- Writing -------------------------------------------------------------------------------------


def write(rows: list[Row], run: Run) -> None:
    """Makes the accounts and gives the positions; only for whoever is shown the passwords."""
    if "passwords" not in run.seen:
        raise Refused(_("Enter these rows on their page: it shows the first passwords once."))
    accounts: dict[str, User] = run.seen.setdefault("made", {})
    for row in rows:
        step, phone = row.plan, row.get("phone")
        try:
            person = step.person or accounts.get(phone) or _create(row, run)
            accounts[phone] = person
            position = positions.appoint(
                person=person, role=step.role, where=step.where, starts=step.starts, by=run.by,
                now=run.now,
            )  # fmt: skip
        except DomainError as refusal:
            row.wrong("", refusal.message)
        else:
            run.made(row, position)


def _create(row: Row, run: Run) -> User:
    phone = row.get("phone")
    password, hashed = run.seen["passwords"].get(phone) or _password()
    username = row.get("username") or users.free_username(f"staff{phone[-4:]}")
    person = users.create_staff(
        name=row.get("name"), phone=phone, username=username, password_hash=hashed, by=run.by,
        now=run.now,
    )  # fmt: skip
    run.made(row, person)
    run.seen["accounts"].append(NewAccount(row.get("name"), username, phone, password))
    return person


def _password() -> tuple[str, str]:
    password = users.initial_password()
    return password, make_password(password)


def enter(*, imported: LedgerImport, by: User, now: datetime) -> Imported:
    """Applies an import; the answer tells the first passwords, which are kept nowhere.

    Raises what `imports.apply_now` raises.
    """
    imports.refuse_unready(imported=imported, by=by)
    seen: dict[Any, Any] = {"passwords": _prepared(imported), "accounts": []}
    imports.apply_now(imported=imported, by=by, now=now, seen=seen)
    imported.refresh_from_db()
    return Imported(seen["accounts"], imported.new + imported.changed, imported.unchanged)


def _prepared(imported: LedgerImport) -> dict[str, tuple[str, str]]:
    """Passwords for the new accounts, hashed before the transaction.

    Hashing is slow on purpose. Argon2 lets other threads run, so several are hashed at once.
    """
    rows = imported.rows.filter(verdict=Verdict.NEW).order_by("number")
    numbers = [unstaged(row).get("phone") for row in rows]
    with ThreadPoolExecutor(max_workers=4) as pool:
        return dict(zip(numbers, pool.map(lambda _number: _password(), numbers), strict=True))


def passwords_sheet(accounts: Sequence[NewAccount]) -> bytes:
    """The initial passwords, to be handed out."""
    headings = [_("Name"), _("User name"), _("Mobile number"), _("Initial password")]
    rows = [
        [account.name, account.username, account.phone, account.password] for account in accounts
    ]
    return spreadsheets.write(headings, rows, "passwords")


# --- Undoing -------------------------------------------------------------------------------------


def before_undo(imported: LedgerImport, touched: Touches) -> None:
    """Raises WrongState where a position is not of an account that the import made; NotAllowed where
    whoever undoes may not appoint."""
    by, people = imported.ended_by, touched.get(User._meta.label, {})
    rows = touched.get(Position._meta.label, {})
    given = Position.objects.filter(pk__in=rows)
    lock_people(*User.objects.filter(Q(pk__in=people) | Q(positions__in=given)).distinct())
    held = list(given.select_related("user", *PositionTarget.values).order_by("pk"))
    if not all(by and by.has_perm(Permission.APPOINT_STAFF, position) for position in held):
        raise NotAllowed(_("You may not change this position."))
    if known := {rows[position.pk] for position in held if position.user_id not in people}:
        message = _(
            "Nothing was undone: %(count)d rows gave a position to somebody who had an account before "
            "(rows %(rows)s). End these positions one by one."
        )
        raise WrongState(message % named_rows(known), code="had_accounts")


def links(imported: LedgerImport) -> Links:
    """Addresses around an import."""
    staff = reverse("orgs:staff")
    return Links(
        back=staff,
        send=reverse("orgs:staff_import"),
        results=[("users", gettext_lazy("To the staff list"), staff)],
        apply=reverse("orgs:staff_enter", args=[imported.pk]),
    )


STAFF = Roster(
    code="staff",
    name=gettext_lazy("Staff"),
    about=gettext_lazy(
        "One row for each person and position. Somebody who has an account already only gains the "
        "position. If anything is wrong, nothing is taken."
    ),
    columns=COLUMNS,
    permission=Permission.APPOINT_STAFF,
    plan=plan,
    write=write,
    links=links,
    subject="",
    limits=SMALL,
    applied_as="import_staff",
    before_undo=before_undo,
)
