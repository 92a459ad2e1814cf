"""The pages of this app that everybody's navigation offers."""

from django.utils.translation import gettext_lazy as _

from orgs.web.navigation import NavItem, anyone, staff_site

ITEMS = (
    NavItem(_("Home"), "home", "home", anyone, place=10, phone=1),
    NavItem(_("Administration"), "settings", "admin:index", staff_site, place=280),
)
