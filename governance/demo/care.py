"""Care rosters of 翡翠一品小区: who is named to read them, and a dozen invented people on them."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import cycle
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from governance.demo.places import COMMUNITY, EMERALD, Places
from orgs.models import User
from residents.care import entries as care_entries
from residents.care import readers
from residents.enums import Allowance, CareBasis, CareKind, Disability, HouseholdState
from residents.models import CareEntry, Household, Person
from residents.roll import queries

# Every roster: what is written about each of its people.
_ENTRIES: dict[CareKind, tuple[dict[str, Any], ...]] = {
    CareKind.LIVING_ALONE: (
        {"health": "高血压，按时服药", "note": "子女在外地，每周通电话"},
        {"health": "腿脚不便，少出门"},
        {"health": "听力下降，敲门要重一些"},
        {"health": "身体尚好"},
    ),
    CareKind.ALLOWANCE: (
        {
            "allowance": Allowance.URBAN, "family_size": 2, "amount": 81250, "hardship": "长期患病",
            "measures": "医疗救助已申请",
        },
        {"allowance": Allowance.URBAN, "family_size": 3, "amount": 124000, "hardship": "失业"},
        {"allowance": Allowance.BORDERLINE, "family_size": 4, "hardship": "孩子上学负担重"},
    ),
    CareKind.DISABILITY: (
        {
            "disability": Disability.SIGHT, "grade": 2, "subsidised": True, "guardian_name": "黄监护",
            "guardian_phone": "13900009901",
        },
        {"disability": Disability.PHYSICAL, "grade": 3, "subsidised": False},
    ),
    CareKind.ASSISTANCE: (
        {"needs": "每周送一次菜", "measures": "志愿者每周三上门"},
        {"needs": "找一份离家近的工作", "measures": "已推荐到街道招聘会"},
    ),
}  # fmt: skip
# Days from today to the next visit: some are overdue, some to come, some not planned.
_NEXT_VISITS = (-3, 0, 5, None, 12)
_SINCE = date(2025, 9, 1)
_FIRST_VISIT = UUID("00000000-0000-4000-8000-00000000ca4e")


def make(places: Places, accounts: dict[str, User], now: datetime) -> None:
    """The street names the community worker for all rosters and the grid for those who need help."""
    _name_readers(places, accounts, now)
    worker, today = accounts["community"], timezone.localdate(now)
    plan = cycle(_NEXT_VISITS)
    homes = _homes(places)
    entries = [
        care_entries.enter(
            person=next(homes[kind]), kind=kind, starts=_SINCE, next_visit_on=_in_days(plan, today),
            by=worker, now=now, **details,
        )
        for kind, all_details in _ENTRIES.items()
        for details in all_details
    ]  # fmt: skip
    _visit(entries[2], worker, today, now)
    care_entries.enter(
        person=Person.objects.get(account=accounts["tenant"]), kind=CareKind.ASSISTANCE,
        basis=CareBasis.CONSENT, consented_on=today, needs="手伤期间需要代买药品", by=worker, now=now,
    )  # fmt: skip


def _name_readers(places: Places, accounts: dict[str, User], now: datetime) -> None:
    named: tuple[tuple[str, str, Iterable[CareKind], bool], ...] = (
        ("community", COMMUNITY, CareKind, True),
        ("grid", EMERALD, [CareKind.ASSISTANCE], False),
    )
    for username, code, kinds, keeps in named:
        readers.appoint(
            position=accounts[username].positions.get(), unit=places.units[code], kinds=kinds,
            keeps=keeps, starts=_SINCE, by=accounts["street"], now=now,
        )  # fmt: skip


def _homes(places: Places) -> dict[CareKind, Iterator[Person]]:
    """For each roster people of the roll, one household apart from another."""
    lived_in = queries.households_of(places.units[EMERALD], Household.objects.all()).filter(
        state=HouseholdState.LIVED_IN, belongings__person__account=None
    )
    counted = lived_in.annotate(
        living=Count("belongings", filter=Q(belongings__ends=None))
    ).order_by("pk")
    old = Person.objects.filter(
        born__lt=date(1962, 1, 1), belongings__household__in=counted.filter(living=1).values("pk")
    )
    others = Person.objects.filter(
        belongings__household__in=counted.filter(living=3).values("pk"),
        belongings__relation="owner",
    )
    rest = iter(others.order_by("pk").distinct()[:20])
    return {
        kind: iter(old.order_by("pk").distinct()[:10]) if kind == CareKind.LIVING_ALONE else rest
        for kind in CareKind
    }


def _in_days(plan: Iterator[int | None], today: date) -> date | None:
    days = next(plan)
    return None if days is None else today + timedelta(days=days)


def _visit(entry: CareEntry, worker: User, today: date, now: datetime) -> None:
    care_entries.visit(
        entry=entry, household=entry.person.belongings.get().household, on=today - timedelta(days=2),
        text="上门看望，屋内整洁。", problem="厨房灯不亮", measures="已联系物业更换",
        next_on=today + timedelta(days=14), event_id=_FIRST_VISIT, by=worker, now=now,
    )  # fmt: skip
