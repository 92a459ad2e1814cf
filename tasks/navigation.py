"""The pages of this app that everybody's navigation offers."""

from django.utils.translation import gettext_lazy as _

from orgs.enums import STAFF_ROLES, Role
from orgs.web.navigation import (
    DIRECTING,
    Group,
    NavItem,
    Purpose,
    holds,
    may,
    oversees,
    signed_in,
    visitor,
)
from tasks.enums import CALL_BACK_ROLES, CALL_ROLES, GUEST_ROLES, Permission

# Whoever is invited to joint visits, and the district, which reads of them.
VISITING = frozenset().union(*GUEST_ROLES.values()) | {
    Role.DEPARTMENT_OFFICER,
    Role.DISTRICT_OFFICE,
}
# Who has the list of tasks, and so the search in it.
LISTING = oversees(
    *STAFF_ROLES - {Role.AUDITOR},
    Role.BRANCH_SECRETARY,
    Role.OWNERS_COMMITTEE,
    Role.PROPERTY_STAFF,
)

ITEMS = (
    NavItem(
        _("Dispatch board"),
        "broadcast",
        "tasks:board",
        oversees(*DIRECTING),
        place=20,
        group=Group.WORK,
        phone=3,
    ),
    NavItem(
        _("Inbox"),
        "inbox",
        "tasks:inbox",
        holds(Role.DEPARTMENT_OFFICER),
        place=30,
        group=Group.WORK,
        phone=3,
    ),
    NavItem(
        _("Tasks"), "clipboard-list", "tasks:list", LISTING, place=40, group=Group.WORK, phone=4
    ),
    NavItem(
        _("Search tasks"),
        "search",
        "tasks:find",
        LISTING,
        place=41,
        desk=False,
        purpose=Purpose.SEARCH,
    ),
    NavItem(
        _("Take a call"), "phone", "tasks:call", holds(*CALL_ROLES), place=42, group=Group.WORK
    ),
    NavItem(
        _("Call back"),
        "phone-calling",
        "tasks:call_backs",
        holds(*CALL_BACK_ROLES),
        place=43,
        group=Group.WORK,
    ),
    NavItem(
        _("Joint visits"),
        "calendar-event",
        "tasks:visits",
        holds(*VISITING),
        place=45,
        group=Group.WORK,
    ),
    NavItem(
        _("Campaign lists"),
        "checklist",
        "tasks:campaigns",
        oversees(*DIRECTING, Role.DEPARTMENT_OFFICER),
        place=50,
        group=Group.WORK,
    ),
    NavItem(
        _("Open to take"),
        "heart-handshake",
        "tasks:orders",
        holds(Role.PARTY_MEMBER, Role.VOLUNTEER, Role.BRANCH_SECRETARY),
        place=60,
        group=Group.WORK,
        phone=3,
    ),
    NavItem(
        _("Report"),
        "camera-plus",
        "tasks:report",
        signed_in,
        place=80,
        phone=2,
        desk=False,
        purpose=Purpose.REPORT,
    ),
    NavItem(
        _("Report"),
        "camera-plus",
        "tasks:public_report",
        visitor,
        place=90,
        phone=2,
        desk=False,
        purpose=Purpose.REPORT,
    ),
    NavItem(
        _("My reports"),
        "message-report",
        "tasks:mine",
        signed_in,
        place=100,
        group=Group.OWN,
        phone=5,
    ),
    NavItem(
        _("Check progress"),
        "list-search",
        "tasks:progress",
        visitor,
        place=110,
        group=Group.WORK,
        phone=3,
        purpose=Purpose.PROGRESS,
    ),
    NavItem(
        _("Patrols"),
        "walk",
        "tasks:patrols",
        may(Permission.GO_PATROL),
        place=120,
        group=Group.WORK,
    ),
    NavItem(
        _("Rates"),
        "chart-bar",
        "tasks:rates",
        oversees(*DIRECTING, Role.COMMUNITY_WORKER, Role.DEPARTMENT_OFFICER, Role.BRANCH_SECRETARY),
        place=130,
        group=Group.ASSESSMENT,
    ),
    NavItem(
        _("Refusals"),
        "hand-stop",
        "tasks:refusals",
        oversees(*DIRECTING),
        place=140,
        group=Group.WORK,
    ),
    NavItem(
        _("Rate departments"),
        "star",
        "tasks:feedback",
        oversees(*STAFF_ROLES - {Role.AUDITOR, Role.DEPARTMENT_OFFICER}),
        place=150,
        group=Group.ASSESSMENT,
    ),
)
