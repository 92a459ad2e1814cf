"""The demo's committees, mediators, councils and property contracts, and a year of their counts.

Compounds have different things on purpose, so that the table, the map and the trend show it.
"""

from datetime import date, datetime, timedelta

from django.utils import timezone

from governance.demo.places import COMMUNITY, COMPOUNDS, EMERALD, SIBLING, STREET, Places
from orgs.enums import PropertyMode
from orgs.models import User
from residents.enums import BodyKind, ContractKind, Seat
from residents.models import Person
from residents.organisations import bodies, contracts, coverage_days

_COMMITTEE, _SELF = BodyKind.OWNERS_COMMITTEE, BodyKind.SELF_GOVERNMENT
_MEDIATION, _COUNCIL = BodyKind.MEDIATION, BodyKind.RESIDENTS_COUNCIL
_RESIDENTS, _DELEGATES = BodyKind.RESIDENTS_COMMITTEE, BodyKind.RESIDENTS_DELEGATES
_CHAIR, _DEPUTY, _MEMBER = Seat.CHAIR, Seat.DEPUTY, Seat.MEMBER
# Place, kind, first and last day from today, members by seat.
TERMS: tuple[tuple[str, BodyKind, int, int, tuple[tuple[Seat, str], ...]], ...] = (
    (EMERALD, _COMMITTEE, -1600, -501, ()),
    (EMERALD, _COMMITTEE, -500, 595, ((_DEPUTY, "徐业委"), (_MEMBER, "高业委"), (_MEMBER, "林业委"))),
    (EMERALD, _MEDIATION, -250, 845, ((_CHAIR, "罗调解"), (_MEMBER, "郑调解"))),
    (EMERALD, _COUNCIL, -300, 795, ((_CHAIR, "梁议事"), (_MEMBER, "宋议事"), (_MEMBER, "唐议事"))),
    (f"{COMMUNITY}-002", _COMMITTEE, -1135, -40, ()),
    (COMMUNITY, _MEDIATION, -200, 895, ((_CHAIR, "许调解"), (_MEMBER, "邓调解"))),
    (COMMUNITY, _RESIDENTS, -400, 1425, ((_CHAIR, "余主任"),)),
    (COMMUNITY, _DELEGATES, -400, 1425, tuple((_MEMBER, f"{name}代表") for name in "孟秦江史顾侯")),
    (f"{COMMUNITY}-003", _SELF, -150, 945, ((_CHAIR, "曹自管"),)),
    (f"{SIBLING}-001", _COUNCIL, -100, 995, ((_CHAIR, "彭议事"),)),
    (f"{SIBLING}-002", _SELF, -975, 120, ((_CHAIR, "曾自管"), (_MEMBER, "萧自管"))),
    ("421102001001-001", _COMMITTEE, -330, 765, ((_CHAIR, "田业委"),)),
)  # fmt: skip
# Compound, kind, first and last day from today, fee.
CONTRACTS: tuple[tuple[str, ContractKind, int, int | None, int | None], ...] = (
    (EMERALD, ContractKind.INTERIM, -2600, -401, 160),
    (EMERALD, ContractKind.CONTRACT, -400, 695, 185),
    (f"{COMMUNITY}-002", ContractKind.CONTRACT, -1035, 60, 120),
    (f"{COMMUNITY}-003", ContractKind.TAKEOVER, -220, None, 30),
    (f"{SIBLING}-001", ContractKind.INTERIM, -700, None, 210),
    (f"{SIBLING}-002", ContractKind.SELF_MANAGED, -280, None, 20),
    ("421102001001-001", ContractKind.CONTRACT, -90, 1005, 155),
)


def make(places: Places, accounts: dict[str, User], now: datetime) -> None:
    """All of them, each entered by a cadre of its street."""
    today = timezone.localdate(now)
    keepers = {
        code: accounts["street" if code.startswith(STREET[:9]) else "street2"]
        for code in places.units
    }
    for code, kind, first, until, seats in TERMS:
        _term(places, keepers[code], now, code, kind, _days(today, first, until), seats)
    committee = Person.objects.get(account=accounts["committee"])
    body = places.units[EMERALD].bodies.get(kind=_COMMITTEE)
    bodies.seat(
        body=body,
        person=committee,
        seat=_CHAIR,
        starts=today - timedelta(days=500),
        by=accounts["street"],
        now=now,
    )
    firms = {
        compound.code: compound.firm for compound in COMPOUNDS if compound.mode == PropertyMode.FIRM
    }
    for code, what, first, last, fee in CONTRACTS:
        contracts.start(
            compound=places.units[code],
            kind=what,
            firm=firms.get(code, ""),
            starts=today + timedelta(days=first),
            ends=None if last is None else today + timedelta(days=last),
            fee=fee,
            by=keepers[code],
            now=now,
        )
    for back in (*range(360, 0, -30), 0):
        coverage_days.snapshot(day=today - timedelta(days=back))


def _days(today: date, first: int, last: int) -> tuple[date, date]:
    return today + timedelta(days=first), today + timedelta(days=last)


def _term(
    places: Places,
    by: User,
    now: datetime,
    code: str,
    kind: BodyKind,
    days: tuple[date, date],
    seats: tuple[tuple[Seat, str], ...],
) -> None:
    """One term of office, registered a fortnight after its beginning where it is a committee's."""
    body = bodies.establish(unit=places.units[code], kind=kind, by=by, now=now)
    starts, ends = days
    registered = starts + timedelta(days=14) if kind == _COMMITTEE else None
    bodies.add_term(
        body=body,
        starts=starts,
        ends=ends,
        elected_on=starts - timedelta(days=7),
        registered_on=registered,
        registration=f"示范备〔{registered.year}〕{registered.timetuple().tm_yday}号"
        if registered
        else "",
        by=by,
        now=now,
    )
    for seat, name in seats:
        bodies.seat(body=body, name=name, seat=seat, starts=starts, by=by, now=now)
