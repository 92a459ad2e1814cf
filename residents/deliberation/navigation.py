"""The pages of this app that everybody's navigation offers."""

from orgs.web.navigation import NavItem

ITEMS: tuple[NavItem, ...] = ()
