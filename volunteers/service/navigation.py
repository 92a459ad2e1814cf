"""The pages of this app that everybody's navigation offers."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from orgs.enums import STAFF_ROLES, Role
from orgs.scoping import reach_of
from orgs.web.navigation import Group, NavItem, may
from volunteers.service.enums import SERVICE_READERS, Permission

if TYPE_CHECKING:
    from orgs.scoping import Person

_OTHERS = (STAFF_ROLES - SERVICE_READERS) | {Role.PROPERTY_STAFF, Role.SHOP_STAFF, Role.EMPLOYER}


def _serves(person: "Person") -> bool:
    """Residents, members and volunteers, and who runs the service of a place."""
    return person.is_authenticated and not reach_of(person).roles & _OTHERS


def _serves_or_helps(person: "Person") -> bool:
    """And grid workers, who order and ring for residents at their doors."""
    return _serves(person) or person.has_perm(Permission.HELP_RESIDENTS)


ITEMS: tuple[NavItem, ...] = (
    NavItem(
        _("Service orders"),
        "heart-handshake",
        "service:orders",
        _serves_or_helps,
        place=71,
        group=Group.SERVICE,
    ),
    NavItem(
        _("Proxy help"),
        "bell-ringing",
        "service:rings",
        _serves_or_helps,
        place=71,
        group=Group.SERVICE,
    ),
    NavItem(
        _("My service"), "clock-hour-4", "service:mine", _serves, place=71, group=Group.SERVICE
    ),
    NavItem(
        _("Exchange points"), "gift", "service:rewards", _serves, place=74, group=Group.SERVICE
    ),
    NavItem(
        _("Hand rewards over"),
        "gift",
        "service:counter",
        may(Permission.HAND_OVER),
        place=74,
        group=Group.SERVICE,
        phone=3,
    ),
    NavItem(
        _("Letters"),
        "mail",
        "service:letters",
        may(Permission.RECEIVE_LETTERS),
        place=75,
        group=Group.SERVICE,
        phone=3,
    ),
    NavItem(
        _("Months of service"),
        "calendar-check",
        "service:desk",
        may(Permission.VIEW_SERVICE),
        place=170,
        group=Group.SERVICE,
    ),
    NavItem(
        _("My report-in"), "id-badge-2", "service:report", _serves, place=72, group=Group.SERVICE
    ),
    NavItem(
        _("Activities"),
        "calendar",
        "service:activities",
        _serves_or_helps,
        place=71,
        group=Group.SERVICE,
    ),
    NavItem(
        _("Service posts"), "hand-stop", "service:posts", _serves, place=73, group=Group.SERVICE
    ),
    NavItem(
        _("Report-ins"),
        "users",
        "service:report_ins",
        may(Permission.VIEW_SERVICE),
        place=171,
        group=Group.SERVICE,
    ),
    NavItem(
        _("Attendance to look at"),
        "list-check",
        "service:attendance_review",
        may(Permission.REVIEW_ATTENDANCE),
        place=170,
        group=Group.SERVICE,
    ),
    NavItem(
        _("Pairings"),
        "building-community",
        "service:pairings",
        may(Permission.KEEP_PAIRINGS),
        place=172,
        group=Group.SERVICE,
    ),
    NavItem(
        _("Families and teams"),
        "users-group",
        "service:placements",
        may(Permission.VIEW_SERVICE),
        place=172,
        group=Group.SERVICE,
    ),
    NavItem(
        _("Yearly reports"),
        "file-text",
        "service:double_reports",
        may(Permission.RECEIVE_LETTERS),
        place=75,
        group=Group.SERVICE,
    ),
    NavItem(
        _("Pairings"),
        "building-community",
        "service:pairings",
        may(Permission.RECEIVE_LETTERS),
        place=75,
        group=Group.SERVICE,
    ),
    NavItem(
        _("Library of items"),
        "list-details",
        "service:items",
        may(Permission.VIEW_SERVICE),
        place=173,
        group=Group.SERVICE,
    ),
)
