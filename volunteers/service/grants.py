"""Which roles hold the permissions of service."""

from typing import Any

from django.apps import apps

from orgs.enums import Role
from orgs.models import User
from orgs.permissions import grant, in_sight
from orgs.scoping import Scoped
from orgs.workflow.grants import grant_actions
from volunteers.models.members import organisations_within
from volunteers.service.activities import workflow as activities_workflow
from volunteers.service.enums import (
    APPOINTERS,
    SERVICE_HELPERS,
    SERVICE_KEEPERS,
    SERVICE_READERS,
    STREET_ROLES,
    Permission,
)
from volunteers.service.models import MonthLetter
from volunteers.service.models.base import employed_by
from volunteers.service.orders import workflow as orders_workflow
from volunteers.service.posts import workflow as posts_workflow
from volunteers.service.proxies import workflow as proxies_workflow
from volunteers.service.reportins import workflow as reportins_workflow

_SHOP = frozenset({Role.SHOP_STAFF})


def _employs(user: User, letter: MonthLetter) -> bool:
    return employed_by(user).filter(party_organisation=letter.employer_id).exists()


def _keeps_branch(user: User, row: Any) -> bool:
    """Decides a row of a branch, or the branch itself, by whether its units are the user's to keep."""
    branch = getattr(row, "branch", row)
    return organisations_within(user, SERVICE_KEEPERS).filter(pk=branch.pk).exists()


# Being a superuser decides nothing about what people did, owe and earn.
for _name, _roles, _check in (
    (Permission.VIEW_SERVICE, SERVICE_READERS, ""),
    (Permission.KEEP_REPORTINS, SERVICE_KEEPERS, ""),
    (Permission.KEEP_PAIRINGS, SERVICE_KEEPERS | STREET_ROLES, ""),
    (Permission.KEEP_POSTS, SERVICE_KEEPERS, ""),
    (Permission.KEEP_ACTIVITIES, SERVICE_KEEPERS, ""),
    (Permission.KEEP_ORDERS, SERVICE_READERS, ""),
    (Permission.HELP_RESIDENTS, SERVICE_HELPERS, ""),
    (Permission.KEEP_TEAMS, SERVICE_READERS, ""),
    (Permission.REVIEW_ATTENDANCE, SERVICE_READERS, ""),
    (Permission.REVIEW_MONTHS, SERVICE_KEEPERS, _keeps_branch),
    (Permission.KEEP_DUTY, SERVICE_KEEPERS, _keeps_branch),
    (Permission.KEEP_REWARDS, SERVICE_KEEPERS | STREET_ROLES, ""),
    (Permission.HAND_OVER, _SHOP, ""),
    (Permission.ADJUST_ACCOUNTS, SERVICE_READERS, ""),
    (Permission.DECIDE_APPEALS, SERVICE_READERS, ""),
    (Permission.PROPOSE_SECRETARIES, SERVICE_KEEPERS, ""),
    (Permission.VIEW_SECRETARIES, APPOINTERS, in_sight),
    (Permission.RECEIVE_LETTERS, frozenset({Role.EMPLOYER}), _employs),
):
    grant(_name, _roles, _check, superusers=False)
# The library is kept by whoever answers for the whole district.
grant(Permission.KEEP_ITEMS, {Role.DISTRICT_OFFICE}, lambda user, item: True)

grant_actions(reportins_workflow.WORKFLOW, reportins_workflow.ROLES)
grant_actions(posts_workflow.WORKFLOW, posts_workflow.ROLES)
grant_actions(activities_workflow.WORKFLOW, activities_workflow.ROLES)
grant_actions(orders_workflow.WORKFLOW, orders_workflow.ROLES)
grant_actions(proxies_workflow.WORKFLOW, proxies_workflow.ROLES)

# The admin shows what somebody sees anyway; rules and items are no secret.
for _model in apps.get_app_config("service").get_models():
    _view = f"service.view_{_model._meta.model_name}"
    if _view in {Permission.VIEW_SECRETARIES}:
        continue
    if issubclass(_model, Scoped):
        grant(_view, SERVICE_READERS | _SHOP, in_sight)
    else:
        grant(_view, SERVICE_READERS, lambda user, row: True)
