"""The pages of this app that everybody's navigation offers."""

from django.utils.translation import gettext_lazy as _

from orgs.web.navigation import NavItem, signed_in

ITEMS: tuple[NavItem, ...] = (
    NavItem(_("Votes"), "checkbox", "deliberation:polls", signed_in, place=91),
)
