"""The pages of this app that everybody's navigation offers."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from governance.assessment.enums import STREET_ROLES, Permission
from orgs.enums import STAFF_ROLES, Role
from orgs.scoping import reach_of
from orgs.web.navigation import Group, NavItem, may

if TYPE_CHECKING:
    from orgs.scoping import Person

# Communities enter the yearly reviews of their committees' members, which stand on the same page.
_RATERS = STREET_ROLES | {Role.DEPARTMENT_OFFICER, Role.COMMUNITY_WORKER, Role.BRANCH_SECRETARY}


def _rates(person: "Person") -> bool:
    """Streets, departments, superiors and peers; residents the branch of their home, and who serves it."""
    if not person.is_authenticated:
        return False
    roles = reach_of(person).roles
    return bool(roles & _RATERS) or not roles & STAFF_ROLES


ITEMS: tuple[NavItem, ...] = (
    NavItem(
        _("Assessments"), "report-analytics", "assessment:runs", may(Permission.VIEW_ASSESSMENTS),
        place=180, group=Group.ASSESSMENT,
    ),
    NavItem(_("Whom I may rate"), "scale", "assessment:to_rate", _rates, place=182, group=Group.ASSESSMENT),
    NavItem(
        _("Outside figures"), "file-spreadsheet", "assessment:figures",
        may(Permission.IMPORT_FIGURES), place=183, group=Group.ASSESSMENT,
    ),
    NavItem(
        _("Appeals against scores"), "message-report", "assessment:appeals",
        may(Permission.DECIDE_APPEALS), place=181, group=Group.ASSESSMENT,
    ),
)  # fmt: skip
