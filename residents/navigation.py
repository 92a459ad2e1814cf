"""The pages of this app that everybody's navigation offers."""

from django.utils.translation import gettext_lazy as _

from orgs.enums import Role
from orgs.web.navigation import Group, NavItem, Purpose, anyone, holds, may, signed_in
from residents.enums import Permission

ITEMS = (
    NavItem(
        _("Residents"),
        "users-group",
        "residents:people_search",
        may(Permission.VIEW_ROLL),
        place=160,
        group=Group.ROLL,
    ),
    NavItem(
        _("Coverages"),
        "chart-donut-3",
        "residents:coverage",
        may(Permission.VIEW_COVERAGE),
        place=180,
        group=Group.ROLL,
    ),
    NavItem(
        _("My homes"),
        "home-check",
        "residents:my_home",
        signed_in,
        place=220,
        group=Group.OWN,
        purpose=Purpose.ACCOUNT,
    ),
    NavItem(
        _("My data"),
        "file-text",
        "residents:my_data",
        signed_in,
        place=221,
        desk=False,
        purpose=Purpose.ACCOUNT,
    ),
    NavItem(
        _("What happens with my data?"),
        "file-text",
        "residents:privacy",
        anyone,
        place=222,
        desk=False,
        purpose=Purpose.PRIVACY,
    ),
    NavItem(
        _("Claims of homes"),
        "home-question",
        "residents:claim_desk",
        may(Permission.KEEP_ROLL),
        place=230,
        group=Group.ROLL,
    ),
    NavItem(
        _("Requests about data"),
        "file-alert",
        "residents:data_requests",
        may(Permission.KEEP_ROLL),
        place=240,
        group=Group.ROLL,
    ),
    NavItem(
        _("Who reads care rosters"),
        "user-shield",
        "residents:care_readers",
        may(Permission.APPOINT_CAREREADER),
        place=250,
        group=Group.ROLL,
    ),
    NavItem(
        _("Who saw whom"),
        "eye-check",
        "residents:unmaskings",
        holds(Role.AUDITOR),
        place=260,
        group=Group.OFFICE,
    ),
)
