"""The ledger of members and the report of gaps as workbooks; masked, and each fetching audited."""

from collections.abc import Mapping
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import audit, spreadsheets
from orgs.models import Unit
from residents import masking
from volunteers import gaps
from volunteers.models import PartyMembership

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from orgs.models import User

AT_ONCE = 500
# Headings of the sheet that party systems export (党员信息); what is not kept here has no column.
MEMBER_HEADINGS = (
    "姓名", "性别", "公民身份号码", "民族", "出生日期", "人员类别", "所在党支部", "手机号码", "入党日期",
    "现居住地", "起", "止",
)  # fmt: skip
MEMBER_TITLE, GAPS_TITLE = "党员信息", "楼栋岗位"


def members(
    *, rows: "QuerySet[PartyMembership]", filters: Mapping[str, Any], by: "User", now: datetime
) -> IO[bytes]:
    """The members of a list that `by` may see; numbers masked."""
    count = rows.count()
    found = rows.select_related("person__place", "organisation").order_by("organisation", "pk")
    audit.record(
        "volunteers.export-members", by=by, detail={"rows": count, **filters}, now=now
    )  # fmt: skip
    lines = (_member(row) for row in found.iterator(AT_ONCE))
    return spreadsheets.stream(MEMBER_HEADINGS, lines, MEMBER_TITLE)


def _member(row: PartyMembership) -> list[Any]:
    person = row.person
    return [
        person.name,
        person.get_sex_display(),
        masking.id_number(person),
        person.ethnicity,
        person.born,
        row.get_member_class_display(),
        row.organisation.name,
        masking.phone(person),
        row.joined_on,
        person.place.path_name,
        row.starts,
        row.ends,
    ]


def posts(*, unit: Unit, by: "User", now: datetime) -> IO[bytes]:
    """Every building of a unit by post: who holds it, or that it is empty."""
    lines = [
        [line.unit.path_name, str(cell.role.label), "、".join(cell.names) or _("vacant")]
        for line in gaps.matrix(unit, timezone.localdate(now))
        for cell in line.cells
    ]
    audit.record(
        "volunteers.export-posts", by=by, obj=unit, detail={"rows": len(lines)}, now=now
    )  # fmt: skip
    return spreadsheets.stream([_("Building"), _("Post"), _("Holder")], lines, GAPS_TITLE)
