"""What roles may do with tasks; the workflow's permissions come from its table."""

from orgs.enums import Role
from orgs.permissions import grant, in_sight
from orgs.workflow.grants import grant_actions
from tasks.calls import calls
from tasks.campaigns import workflow
from tasks.campaigns.workflow import KEEPER_ROLES, may_keep, may_own
from tasks.enums import (
    HANDLER_ROLES,
    STREET_ROLES,
    WATCHING_ROLES,
    Who,
)
from tasks.feedback import feedback
from tasks.hotline import roster
from tasks.lists import export
from tasks.patrols import patrols
from tasks.workflow.contacts import PERMISSION, may_reveal
from tasks.workflow.rules.relations import ROLES
from tasks.workflow.rules.workflow import WORKFLOW

grant_actions(WORKFLOW, ROLES)
grant("tasks.view_task", None, in_sight)
grant(PERMISSION, HANDLER_ROLES | STREET_ROLES, may_reveal, superusers=False)
grant(patrols.PERMISSION, HANDLER_ROLES, "")
grant(feedback.PERMISSION, STREET_ROLES, "")
grant(calls.PERMISSION, calls.ROLES, "", superusers=False)


# --- Campaign lists ------------------------------------------------------------------------------

grant_actions(workflow.WORKFLOW, ROLES | {Who.CONFIRMER: KEEPER_ROLES})
grant("tasks.open_campaign", KEEPER_ROLES, may_own, superusers=False)
grant("tasks.keep_campaign", KEEPER_ROLES, may_keep, superusers=False)
grant("tasks.view_campaign", None, in_sight)
grant("tasks.view_measure", None, in_sight)
grant(export.PERMISSION, WATCHING_ROLES | {Role.DEPARTMENT_OFFICER}, "unit")
# A ticket counts as the hotline's by the position of who enters it: being a superuser is none.
grant(roster.PERMISSION, roster.ROLES, "", superusers=False)
