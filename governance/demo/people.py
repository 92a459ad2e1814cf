"""The demo's people. Every name and number is invented.

Those of `ACCOUNTS` sign in with `settings.DEMO_PASSWORD`. Those of `BACKGROUND` only fill the
district: officers of other departments, other communities' workers, more residents; they have no
password and cannot sign in.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password

from governance.demo.places import COMMUNITY, EMERALD, SECOND_STREET, SIBLING, STREET, Places
from orgs.enums import ROLE_TARGETS, Role
from orgs.models import Department, Position, User
from orgs.values import phones

SINCE = date(2020, 1, 1)
# Mobile numbers of nobody: one block, made to be recognised.
PHONE_BLOCK = "1390000"


@dataclass(frozen=True)
class Person:
    """An account, the positions that it holds (role and key of the place), and its home."""

    username: str
    name: str
    positions: tuple[tuple[Role, str], ...] = ()
    home: str = ""
    is_staff: bool = False
    is_superuser: bool = False


ACCOUNTS = (
    Person("admin", "平台管理员", is_staff=True, is_superuser=True),
    Person("district", "邹联席", ((Role.DISTRICT_OFFICE, "district"),), is_staff=True),
    Person(
        "street",
        "程街办",
        ((Role.STREET_CADRE, STREET), (Role.STREET_LEADER, STREET)),
        is_staff=True,
    ),
    Person("street2", "万街办", ((Role.STREET_CADRE, SECOND_STREET),)),
    Person("community", "陈社工", ((Role.COMMUNITY_WORKER, COMMUNITY),)),
    Person("community2", "周社工", ((Role.COMMUNITY_WORKER, SIBLING),)),
    Person("grid", "郑网格", ((Role.GRID_WORKER, "grid"),)),
    Person("secretary", "方支书", ((Role.BRANCH_SECRETARY, "branch"),)),
    Person("committee", "朱业委", ((Role.OWNERS_COMMITTEE, EMERALD),)),
    Person("property", "杨物业", ((Role.PROPERTY_STAFF, EMERALD),)),
    Person("dept_urban", "钱城管", ((Role.DEPARTMENT_OFFICER, "urban-management"),)),
    Person("dept_housing", "冯住建", ((Role.DEPARTMENT_OFFICER, "housing"),)),
    Person("employer", "严单位", ((Role.EMPLOYER, "employer"),)),
    Person("member", "魏党员", ((Role.PARTY_MEMBER, EMERALD),), f"{EMERALD}-003"),
    Person("member2", "潘党员", ((Role.PARTY_MEMBER, EMERALD),), f"{EMERALD}-008"),
    Person("volunteer", "蒋志愿", ((Role.VOLUNTEER, EMERALD),), f"{EMERALD}-011"),
    Person("owner", "沈业主", (), f"{EMERALD}-005"),
    Person("owner2", "韩多宅", (), f"{EMERALD}-002"),
    Person("tenant", "尤租客", (), f"{EMERALD}-009"),
    Person("shop", "许店员", ((Role.SHOP_STAFF, COMMUNITY),)),
    Person("supervisor", "何监督", ((Role.SUPERVISOR, "district"),)),
    Person("auditor", "秦审计", ((Role.AUDITOR, "district"),)),
)

BACKGROUND = (
    Person("demo-fire", "施消防", ((Role.DEPARTMENT_OFFICER, "fire"),)),
    Person("demo-police", "孔民警", ((Role.DEPARTMENT_OFFICER, "public-security"),)),
    Person("demo-traffic", "曹交警", ((Role.DEPARTMENT_OFFICER, "traffic"),)),
    Person("demo-market", "华市监", ((Role.DEPARTMENT_OFFICER, "market"),)),
    Person("demo-environment", "金环保", ((Role.DEPARTMENT_OFFICER, "environment"),)),
    Person("demo-health", "陶卫健", ((Role.DEPARTMENT_OFFICER, "health"),)),
    Person("demo-civil", "姜民政", ((Role.DEPARTMENT_OFFICER, "civil-affairs"),)),
    Person("demo-water", "戚供水", ((Role.DEPARTMENT_OFFICER, "water"),)),
    Person("demo-power", "谢供电", ((Role.DEPARTMENT_OFFICER, "power"),)),
    Person("demo-safety", "邵平安", ((Role.DEPARTMENT_OFFICER, "xihu-safety-office"),)),
    # Take turns with the others on the duty rosters.
    Person("demo-street-turn", "顾值守", ((Role.STREET_CADRE, STREET),)),
    Person("demo-street2-turn", "孟值守", ((Role.STREET_CADRE, SECOND_STREET),)),
    Person("demo-urban-turn", "于城管", ((Role.DEPARTMENT_OFFICER, "urban-management"),)),
    Person("demo-housing-turn", "董住建", ((Role.DEPARTMENT_OFFICER, "housing"),)),
    # Enters call-backs on what the others handled.
    Person("demo-callback", "舒回访", ((Role.COMMUNITY_WORKER, COMMUNITY),)),
    Person("demo-callback2", "苏回访", ((Role.COMMUNITY_WORKER, SIBLING),)),
    Person("demo-community3", "吴社工", ((Role.COMMUNITY_WORKER, "421102001001"),)),
    Person("demo-community4", "章社工", ((Role.COMMUNITY_WORKER, "421102001002"),)),
    Person("demo-resident01", "云居民", (), f"{EMERALD}-001"),
    Person("demo-resident02", "苗居民", (), f"{EMERALD}-006"),
    Person("demo-resident03", "凤居民", (), f"{EMERALD}-012"),
    Person("demo-resident04", "费居民", (), f"{EMERALD}-014"),
    Person("demo-resident05", "岑居民", (), f"{COMMUNITY}-002-002"),
    Person("demo-resident06", "薛居民", (), f"{COMMUNITY}-003-004"),
    Person("demo-resident07", "雷居民", (), f"{SIBLING}-001-001"),
    Person("demo-resident08", "贺居民", (), f"{SIBLING}-002-002"),
    Person("demo-resident09", "倪居民", (), "421102001001-001-003"),
    Person("demo-resident10", "汤居民", (), "421102001002-001-001"),
)


def make(places: Places, departments: dict[str, Department], now: datetime) -> dict[str, User]:
    """All accounts with their positions, by user name. The password is hashed once for all."""
    password = make_password(settings.DEMO_PASSWORD)
    shut = make_password(None)
    people = [
        _account(person, number, places, password=password, now=now)
        for number, person in enumerate(ACCOUNTS, 1)
    ] + [
        _account(person, number, places, password=shut, now=now)
        for number, person in enumerate(BACKGROUND, 101)
    ]
    User.objects.bulk_create(people)
    by_name = {user.username: user for user in people}
    where: dict[str, Any] = {
        **places.units,
        **departments,
        "district": places.district,
        "grid": places.grid,
        "branch": places.branch,
        "employer": places.employer,
    }
    Position.objects.bulk_create(
        Position(
            user=by_name[person.username],
            role=role,
            starts=SINCE,
            **{ROLE_TARGETS[role].value: where[key]},
        )
        for person in (*ACCOUNTS, *BACKGROUND)
        for role, key in person.positions
    )
    return by_name


def _account(person: Person, number: int, places: Places, *, password: str, now: datetime) -> User:
    phone = f"{PHONE_BLOCK}{number:04}"
    return User(
        username=person.username,
        name=person.name,
        password=password,
        phone=phone,
        phone_index=phones.index(phone),
        phone_verified=True,
        home=places.units[person.home] if person.home else None,
        is_staff=person.is_staff,
        is_superuser=person.is_superuser,
        date_joined=now,
    )
