"""Which roles hold the ground floor's own permissions."""

from orgs.calendar import duty
from orgs.enums import Permission, Role
from orgs.models import Landmark, Position, ServicePoint, User
from orgs.permissions import grant, holds_role
from orgs.positions.appointments import APPOINTERS, may_appoint
from orgs.registers.rows import open_register
from orgs.units.grants import PROFILE_KEEPERS


def _may_arrange_leave(user: User, position: Position) -> bool:
    return position.user_id == user.pk or may_appoint(user, position)


grant(Permission.KEEP_DUTY, duty.STREET_DUTY | {Role.DEPARTMENT_OFFICER}, duty.may_keep)
for _verb in ("view", "add", "change", "delete"):
    # One country, one calendar: whichever district office learns of a change first enters it.
    grant(f"orgs.{_verb}_calendarday", {Role.DISTRICT_OFFICE}, lambda user, day: True)
grant(Permission.APPOINT_STAFF, APPOINTERS, may_appoint)
grant(Permission.ARRANGE_LEAVE, None, _may_arrange_leave)


open_register(ServicePoint, PROFILE_KEEPERS)
open_register(Landmark, PROFILE_KEEPERS)
AUDITORS = frozenset({Role.AUDITOR})
for _name in (Permission.VIEW_AUDITENTRY, Permission.VIEW_AUDITSEAL):
    grant(_name, AUDITORS, holds_role(AUDITORS), superusers=False)
