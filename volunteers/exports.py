"""The roster of members and the report of gaps as workbooks; masked, and each fetching audited."""

from collections.abc import Mapping
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.imports.workbooks import spreadsheets
from orgs.models import Unit
from volunteers.contacts.coverage import doors_with_contacts
from volunteers.enums import BuildingRole
from volunteers.members.members_roster import COLUMNS, lines_of
from volunteers.posts import vacancies

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from orgs.models import User
    from volunteers.models import PartyMembership

MEMBER_TITLE, GAPS_TITLE, CONTACTS_TITLE = "党员信息", "楼栋岗位", "党员联系户"


def members(
    *, rows: "QuerySet[PartyMembership]", filters: Mapping[str, Any], by: "User", now: datetime
) -> IO[bytes]:
    """The members of a list that `by` may see, ended rows too where the list has them; masked."""
    audit.record(
        "volunteers.export-members", by=by, detail={"rows": rows.count(), **filters}, now=now
    )
    columns = {column.key: column.heading for column in COLUMNS}
    columns |= {"starts": "起", "ends": "止"}
    lines = ([line[key] for key in columns] for line in lines_of(rows))
    return spreadsheets.stream(list(columns.values()), lines, MEMBER_TITLE)


def contacts(*, unit: Unit, by: "User", now: datetime) -> IO[bytes]:
    """Every door of a unit that should have a contact: who it is and since when, or that it has none."""
    doors = doors_with_contacts(unit, by)
    audit.record(
        "volunteers.export-contacts", by=by, obj=unit, detail={"rows": doors.count()}, now=now
    )
    headings = [_("Building"), _("Door"), _("Contact"), _("Since")]
    return spreadsheets.stream(headings, map(_door, doors.iterator(2000)), CONTACTS_TITLE)


def _door(household: Any) -> list[Any]:
    place = [household.building.path_name, household.door]
    if household.contacts:
        [link] = household.contacts
        return [*place, link.person.name, link.starts.isoformat()]
    return [*place, _("has a contact") if household.covered else _("no contact"), ""]


def posts(*, unit: Unit, role: BuildingRole | None = None, by: "User", now: datetime) -> IO[bytes]:
    """Every building of a unit by post (or one kind of post): who holds it, or that it is empty."""
    lines = [
        [line.unit.path_name, cell.label, "、".join(cell.names) or _("vacant")]
        for line in vacancies.matrix(unit, timezone.localdate(now))
        for cell in line.all_cells
        if role in (None, cell.role)
    ]
    detail = {"rows": len(lines), "role": role.value if role else ""}
    audit.record("volunteers.export-posts", by=by, obj=unit, detail=detail, now=now)
    return spreadsheets.stream([_("Building"), _("Post"), _("Holder")], lines, GAPS_TITLE)
