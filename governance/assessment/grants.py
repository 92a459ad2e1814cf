"""Which roles hold the permissions of assessments."""

from typing import Any

from django.apps import apps

from governance.assessment.enums import DISTRICT, PLACE_ROLES, STREET_ROLES, Permission
from governance.assessment.models import Scheme
from governance.assessment.runs.workflow import ROLES, WORKFLOW, keeps
from orgs.enums import STAFF_ROLES, Role
from orgs.models import User
from orgs.permissions import grant, in_sight
from orgs.scoping import Scoped, reach_of
from orgs.workflow.grants import grant_actions

_OFFICERS = frozenset({Role.DEPARTMENT_OFFICER})
_KEEPERS = DISTRICT | _OFFICERS
# Whoever is assessed, or answers for whom is.
READERS = (
    DISTRICT | _OFFICERS | PLACE_ROLES
    | {Role.BRANCH_SECRETARY, Role.PROPERTY_STAFF, Role.PARTY_MEMBER}
)  # fmt: skip


def _keeps(user: User, scheme: Scheme) -> bool:
    return keeps(user, scheme)


def _reads(user: User, row: Any) -> bool:
    return True if row is None or not isinstance(row, Scoped) else in_sight(user, row)


def _imports(user: User, district: Any) -> bool:
    return district.pk in reach_of(user).district_ids(DISTRICT)


# Being a superuser decides nothing about what is judged.
grant(Permission.VIEW_ASSESSMENTS, READERS, _reads, superusers=False)
grant(Permission.KEEP_SCHEMES, _KEEPERS, _keeps, superusers=False)
grant(Permission.START_RUNS, _KEEPERS, _keeps, superusers=False)
grant(Permission.APPEAL, READERS, in_sight, superusers=False)
grant(
    Permission.DECIDE_APPEALS,
    _KEEPERS,
    lambda user, row: keeps(user, row.score.run.scheme),
    superusers=False,
)
grant(Permission.IMPORT_FIGURES, DISTRICT, _imports, superusers=False)
grant(Permission.RATE, None, lambda user, row: True, superusers=False)
grant(
    Permission.ENTER_REVIEWS,
    STREET_ROLES | {Role.COMMUNITY_WORKER},
    "term__body__unit",
    superusers=False,
)
grant(Permission.KEEP_CLASSES, DISTRICT, superusers=False)
grant_actions(WORKFLOW, ROLES)

# The admin shows what somebody sees anyway.
for _model in apps.get_app_config("assessment").get_models():
    _view = f"assessment.view_{_model._meta.model_name}"
    if issubclass(_model, Scoped):
        grant(_view, STAFF_ROLES, in_sight)
    else:
        grant(_view, DISTRICT, lambda user, row: True)
