"""What roles may do with tasks; the workflow's permissions come from its table."""

from orgs.enums import Role
from orgs.permissions import grant, in_sight
from orgs.workflow.grants import grant_actions
from tasks.campaigns import workflow
from tasks.campaigns.workflow import KEEPER_ROLES, may_keep, may_own
from tasks.enums import (
    CALL_ROLES,
    HANDLER_ROLES,
    HELPER_ROLES,
    STREET_ROLES,
    WATCHING_ROLES,
    Permission,
    Who,
)
from tasks.hotline import roster
from tasks.workflow.contacts import may_reveal
from tasks.workflow.rules.relations import ROLES
from tasks.workflow.rules.workflow import WORKFLOW

grant_actions(WORKFLOW, ROLES)
grant(Permission.VIEW_TASK, None, in_sight)
_CALLERS = HANDLER_ROLES | STREET_ROLES | HELPER_ROLES | {Role.DEPARTMENT_OFFICER}
grant(Permission.REVEAL_CONTACT, _CALLERS, may_reveal, superusers=False)
grant(Permission.GO_PATROL, HANDLER_ROLES, "")
grant(Permission.OPEN_FEEDBACK_ROUND, STREET_ROLES, "")
grant(Permission.TAKE_CALL, CALL_ROLES, "", superusers=False)


# --- Campaign lists ------------------------------------------------------------------------------

grant_actions(workflow.WORKFLOW, ROLES | {Who.CONFIRMER: KEEPER_ROLES})
grant(Permission.OPEN_CAMPAIGN, KEEPER_ROLES, may_own, superusers=False)
grant(Permission.KEEP_CAMPAIGN, KEEPER_ROLES, may_keep, superusers=False)
grant(Permission.VIEW_CAMPAIGN, None, in_sight)
grant(Permission.VIEW_MEASURE, None, in_sight)
grant(Permission.EXPORT_LEDGER, WATCHING_ROLES | {Role.DEPARTMENT_OFFICER}, "unit")
# A ticket counts as the hotline's by the position of who enters it: being a superuser is none.
grant(Permission.IMPORT_HOTLINE, roster.ROLES, "", superusers=False)
