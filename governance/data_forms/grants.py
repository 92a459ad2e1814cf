"""Which roles hold the permissions of forms."""

from typing import TYPE_CHECKING, Any

from governance.data_forms.collections import workflow
from governance.data_forms.enums import ANSWERERS, FILLERS, Permission
from governance.data_forms.models import BlankForm, CatalogueForm
from governance.data_forms.submissions.workflow import SUBMISSION_ROLES, SUBMISSION_WORKFLOW
from orgs.enums import Role
from orgs.models import Unit
from orgs.permissions import grant, in_sight
from orgs.scoping import reach_of
from orgs.workflow.grants import grant_actions
from tasks.enums import STREET_ROLES

if TYPE_CHECKING:
    from orgs.models import User

_OFFICERS = frozenset({Role.DEPARTMENT_OFFICER})
_OFFICE = frozenset({Role.DISTRICT_OFFICE})
_READERS = FILLERS | _OFFICERS | _OFFICE


def _keeps(user: "User", row: Any) -> bool:
    """The street of a form of the catalogue, or a street itself."""
    street = row if isinstance(row, Unit) else row.street
    return bool(reach_of(user).roles_at(street) & STREET_ROLES)


def _asks(user: "User", entry: CatalogueForm) -> bool:
    """The street, or the department whose form it is."""
    return _keeps(user, entry) or entry.department_id in reach_of(user).department_ids


def _may_answer(user: "User", form: BlankForm) -> bool:
    """Whoever completes forms for a place that this one may list."""
    return bool(reach_of(user).roles & ANSWERERS) and in_sight(user, form)


# Being a superuser decides nothing about what people's data are written into.
grant(Permission.KEEP_FORMS, FILLERS, "unit", superusers=False)
grant(Permission.FILL_FORMS, FILLERS, "", superusers=False)
grant(Permission.ANSWER_FORMS, ANSWERERS, _may_answer, superusers=False)
grant(Permission.KEEP_LISTS, FILLERS, "unit", superusers=False)
grant(Permission.EXPORT_LISTS, FILLERS, "", superusers=False)
grant(Permission.VIEW_COLLECTIONS, _READERS, in_sight, superusers=False)
grant(Permission.ASK_FOR_FORMS, STREET_ROLES | _OFFICERS, _asks, superusers=False)
grant(Permission.KEEP_CATALOGUE, STREET_ROLES, _keeps, superusers=False)
grant(Permission.VIEW_BURDEN, STREET_ROLES | _OFFICE, in_sight, superusers=False)
grant(Permission.RECEIVE_FORMS, STREET_ROLES | _OFFICERS, workflow.receives, superusers=False)
grant_actions(workflow.WORKFLOW, workflow.ROLES)
grant_actions(SUBMISSION_WORKFLOW, SUBMISSION_ROLES)
for _name in ("blankform", "filledrun", "filledfile", "savedlist", "submission"):
    grant(f"data_forms.view_{_name}", FILLERS, in_sight)
for _name in ("catalogueform", "collection"):
    grant(f"data_forms.view_{_name}", _READERS, in_sight)
