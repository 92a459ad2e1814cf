"""Which posts a building has and how many households a contact has: data with version and source."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.forms.models import model_to_dict

from orgs.db.versions import put_in_force
from volunteers.enums import BuildingRole, RoleSetCode
from volunteers.models import LinkRule, RoleSet

if TYPE_CHECKING:
    from orgs.models import User

_R = BuildingRole
# The first versions, with where they were read.
FIRST_SETS: Mapping[RoleSetCode, tuple[tuple[BuildingRole, ...], str]] = {
    RoleSetCode.TWO_FIVE_ONE: (
        (
            *(_R.GROUP_LEADER, _R.HEAD, _R.HEALTH, _R.SECURITY, _R.CULTURE),
            *(_R.PROPERTY, _R.GRID, _R.CENTRE),
        ),
        "大冶市“两长五员一户”楼栋服务小组",
    ),
    RoleSetCode.TWO_FOUR_X: (
        (_R.GROUP_LEADER, _R.HEAD, _R.HEALTH, _R.PUBLICITY, _R.CULTURE, _R.MEDIATION),
        "麻城市“2+4+X”服务岗",
    ),
}
DEFAULT_SET = RoleSetCode.TWO_FIVE_ONE
FIRST_MOST, FIRST_VISIT_DAYS = 10, 90
FIRST_SOURCE = "麻城市“一联十户”；走访间隔为本系统建议值"


def ensure_rules(**kwargs: Any) -> None:
    """Makes the first versions where there are none; a receiver of post_migrate."""
    for code, (roles, source) in FIRST_SETS.items():
        if not RoleSet.objects.filter(code=code).exists():
            RoleSet.objects.create(code=code, version=1, roles=list(roles), source=source)
    if not LinkRule.objects.exists():
        LinkRule.objects.create(
            version=1, households=FIRST_MOST, visit_days=FIRST_VISIT_DAYS, source=FIRST_SOURCE
        )


def link_rule() -> LinkRule:
    """The rule in force."""
    return LinkRule.objects.order_by("-version")[0]


def new_role_set(*, row: RoleSet, by: "User", now: datetime) -> RoleSet:
    """Puts the next version of a set in force."""
    earlier, detail = RoleSet.objects.filter(code=row.code), {"roles": row.roles}
    put_in_force(row, earlier, "volunteers.new-role-set", by=by, now=now, detail=detail)
    return row


def new_link_rule(*, row: LinkRule, by: "User", now: datetime) -> LinkRule:
    """Puts the next version in force; contacts who have more already keep them."""
    earlier, detail = LinkRule.objects.all(), model_to_dict(row, ["households", "visit_days"])
    put_in_force(row, earlier, "volunteers.new-link-rule", by=by, now=now, detail=detail)
    return row
