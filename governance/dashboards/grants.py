"""Which roles hold the permissions of dashboards."""

from governance.dashboards.enums import READERS, Permission
from orgs.enums import Role
from orgs.permissions import grant, in_sight

_READERS = READERS | {Role.DEPARTMENT_OFFICER}

grant(Permission.VIEW_BOARD, _READERS, in_sight)
for _name in ("boardday", "hotspot", "dutymonth"):
    grant(f"dashboards.view_{_name}", _READERS, in_sight)
grant("dashboards.view_reckoning", _READERS, lambda user, row: True)
