"""The pages of this app that everybody's navigation offers."""

from django.utils.translation import gettext_lazy as _

from orgs.web.navigation import Group, NavItem, Purpose, anyone, staff_site

ITEMS = (
    NavItem(_("Home"), "home", "home", anyone, place=10, phone=1),
    NavItem(_("Help"), "help-circle", "help", anyone, place=270, desk=False, purpose=Purpose.HELP),
    NavItem(
        _("Complaints and suggestions"),
        "message-exclamation",
        "complaints",
        anyone,
        place=271,
        desk=False,
        purpose=Purpose.COMPLAINTS,
    ),
    NavItem(
        _("Administration"), "settings", "admin:index", staff_site, place=280, group=Group.OFFICE
    ),
)
