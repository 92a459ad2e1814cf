"""An Excel roster that the community worker has sent and still has to look through: a row of each kind."""

from datetime import date, datetime
from typing import Any

from governance.demo.places import EMERALD, Places
from orgs.imports import imports
from orgs.imports.workbooks import spreadsheets
from orgs.models import LedgerImport, User
from residents.enums import HouseholdState, Relation
from residents.models import Belonging
from residents.roll.values import id_numbers
from residents.rosters.residents_roster import RESIDENTS

HEADINGS = (
    "序号", "姓名", "与户主关系", "身份证号", "联系电话", "小区", "楼栋", "单元", "房号", "婚姻状况",
)  # fmt: skip
FILE_NAME = "翡翠一品小区居民信息登记表（3月）.xlsx"
NEW_PHONE, OTHER_PHONE = "13900109901", "13900109902"


def make(places: Places, accounts: dict[str, User], now: datetime) -> LedgerImport:
    """Nothing of it is on the roll until somebody enters it."""
    worker, compound = accounts["community"], places.units[EMERALD]
    return imports.look(
        roster=RESIDENTS,
        target=compound,
        name=FILE_NAME,
        content=spreadsheets.write(HEADINGS, _rows(compound), str(RESIDENTS.name)),
        by=worker,
        now=now,
    )


def _rows(compound: Any) -> list[list[Any]]:
    """Somebody new, somebody married since, two as they are, one of whom nobody is sure, a wrong row."""
    owners = Belonging.objects.filter(
        household__building__parent=compound,
        household__state=HouseholdState.LIVED_IN,
        relation=Relation.OWNER,
        ends=None,
        person__account=None,
    )
    owners = owners.exclude(person__phone_index="").select_related("person", "household__building")
    same, also, moved, doubtful = owners.order_by("household__code")[:4]
    number = f"421199{date(1990, 5, 1):%Y%m%d}901"
    number += id_numbers.check_digit(number)
    rows = [
        _row(same, same.person.phone),
        _row(also, also.person.phone),
        [*_row(moved, moved.person.phone)[:-1], "离异"],
        _row(doubtful, OTHER_PHONE),
        ["陈新租", "租户", number, NEW_PHONE, *_row(same, "")[4:8], "未婚"],
        ["杨缺号", "家属", 4.21199199001e17, "1390010", *_row(also, "")[4:8], ""],
    ]
    return [[count, *row] for count, row in enumerate(rows, start=1)]


def _row(belonging: Belonging, phone: str) -> list[Any]:
    building = belonging.household.building
    compound = building.parent.name if building.parent else ""
    door = [compound, building.name, belonging.household.entrance, belonging.household.room]
    return [belonging.person.name, "业主", "", phone, *door, ""]
