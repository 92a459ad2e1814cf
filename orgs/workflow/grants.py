"""The permissions of a workflow, read from its table of transitions."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from orgs.enums import Role
from orgs.permissions import grant
from orgs.workflow.transitions import Workflow

if TYPE_CHECKING:
    from orgs.models import User


def grant_actions(workflow: Workflow, roles: Mapping[Any, frozenset[Role] | None]) -> None:
    """Grants each action to the roles by which somebody can come to be what its transitions name.

    `roles` None: whoever it is, depending on the row. Being a superuser decides nothing.
    """
    for action, transitions in workflow.transitions.items():
        if transitions:
            held = [roles[relation] for transition in transitions for relation in transition.who]
            known = [some for some in held if some is not None]
            everybody = len(known) < len(held)
            check = partial(_may, workflow, action)
            offices = None if everybody else frozenset().union(*known)
            grant(action.permission, offices, check, superusers=False)


def _may(workflow: Workflow, action: Any, user: "User", row: Any) -> bool:
    return workflow.may(row, action, user)
