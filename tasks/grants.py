"""What roles may do with tasks; the workflow's permissions come from its table."""

from functools import partial
from typing import TYPE_CHECKING, Any

from orgs.enums import Role
from orgs.permissions import grant, in_sight
from tasks.campaigns.workflow import KEEPER_ROLES, may_keep, may_own
from tasks.campaigns.workflow import TABLE as MEASURE_TABLE
from tasks.campaigns.workflow import may as may_with_measure
from tasks.enums import (
    COMMUNITY_ROLES,
    HANDLER_ROLES,
    HELPER_ROLES,
    STREET_ROLES,
    WATCHING_ROLES,
    Action,
    MeasureAction,
    Who,
)
from tasks.feedback import feedback
from tasks.hotline import roster
from tasks.lists import export
from tasks.patrols import patrols
from tasks.workflow.contacts import PERMISSION, may_reveal
from tasks.workflow.table import TABLE, may

if TYPE_CHECKING:
    from orgs.models import User

# The roles by which somebody can come to stand so; None: anybody (reporting, having taken it).
_ROLES: dict[Who, frozenset[Role] | None] = {
    Who.REPORTER: None,
    Who.TAKER: None,
    Who.VIEWER: None,
    Who.SYSTEM: frozenset(),
    Who.HANDLER: HANDLER_ROLES | STREET_ROLES,
    Who.COMMUNITY: COMMUNITY_ROLES,
    Who.SECRETARY: frozenset({Role.BRANCH_SECRETARY}),
    Who.STREET: STREET_ROLES,
    Who.LEADER: frozenset({Role.STREET_LEADER}),
    Who.DISTRICT: frozenset({Role.DISTRICT_OFFICE}),
    Who.LEAD: frozenset({Role.DEPARTMENT_OFFICER}),
    Who.ASSIST: frozenset({Role.DEPARTMENT_OFFICER}),
    Who.HELPER: HELPER_ROLES,
    Who.CONFIRMER: HANDLER_ROLES | STREET_ROLES | {Role.BRANCH_SECRETARY},
    Who.CALL_BACK: COMMUNITY_ROLES | STREET_ROLES,
}


def _roles_for(action: Action) -> frozenset[Role] | None:
    held = [_ROLES[who] for row in TABLE if row.action == action for who in row.by]
    if any(roles is None for roles in held):
        return None
    return frozenset().union(*(roles for roles in held if roles is not None))


def _may(action: Action, user: "User", task: Any) -> bool:
    return may(user, action, task)


for _action in {row.action for row in TABLE}:
    grant(_action.permission, _roles_for(_action), partial(_may, _action), superusers=False)
grant("tasks.view_task", None, in_sight)
grant(PERMISSION, HANDLER_ROLES | STREET_ROLES, may_reveal, superusers=False)
grant(patrols.PERMISSION, HANDLER_ROLES, "")
grant(feedback.PERMISSION, STREET_ROLES, "")


# --- Campaign lists ------------------------------------------------------------------------------


def _may_with_measure(action: MeasureAction, user: "User", measure: Any) -> bool:
    return may_with_measure(user, action, measure)


for _step, _row in MEASURE_TABLE.items():
    grant(
        _step.permission,
        KEEPER_ROLES if Who.CONFIRMER in _row.by else {Role.DEPARTMENT_OFFICER},
        partial(_may_with_measure, _step),
        superusers=False,
    )
grant("tasks.open_campaign", KEEPER_ROLES, may_own, superusers=False)
grant("tasks.keep_campaign", KEEPER_ROLES, may_keep, superusers=False)
grant("tasks.view_campaign", None, in_sight)
grant("tasks.view_measure", None, in_sight)
grant(export.PERMISSION, WATCHING_ROLES | {Role.DEPARTMENT_OFFICER}, "unit")
# A ticket counts as the hotline's by the position of who enters it: being a superuser is none.
grant(roster.PERMISSION, roster.ROLES, "", superusers=False)
