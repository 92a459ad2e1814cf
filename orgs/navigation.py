"""The pages of this floor that everybody's navigation offers."""

from django.utils.translation import gettext_lazy as _

from orgs.enums import STAFF_ROLES, Permission, Role
from orgs.web.navigation import Group, NavItem, anyone, holds, may, oversees, signed_in, visitor

ITEMS = (
    NavItem(
        _("Units"), "sitemap", "orgs:units", oversees(*STAFF_ROLES), place=190, group=Group.ROLL
    ),
    NavItem(
        _("Staff"),
        "users",
        "orgs:staff",
        may(Permission.APPOINT_STAFF),
        place=200,
        group=Group.OFFICE,
    ),
    NavItem(
        _("Duty roster"),
        "calendar-user",
        "orgs:duty",
        may(Permission.KEEP_DUTY),
        place=210,
        group=Group.OFFICE,
    ),
    NavItem(
        _("Audit"),
        "shield-search",
        "orgs:audit",
        holds(Role.AUDITOR),
        place=270,
        group=Group.OFFICE,
        phone=3,
    ),
    NavItem(
        _("Useful numbers"),
        "phone",
        "orgs:service_points",
        anyone,
        place=215,
        group=Group.ROLL,
        phone=6,
    ),
    NavItem(
        _("Roads and landmarks"),
        "map-pins",
        "orgs:landmarks",
        may("orgs.add_landmark"),
        place=216,
        group=Group.ROLL,
    ),
    NavItem(_("Me"), "user-circle", "orgs:account", signed_in, place=290, phone=2, desk=False),
    NavItem(_("Sign in"), "login-2", "account_login", visitor, place=300, phone=4, desk=False),
)
