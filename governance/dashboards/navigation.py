"""The pages of this app that everybody's navigation offers."""

from django.utils.translation import gettext_lazy as _

from governance.dashboards.enums import Permission
from orgs.web.navigation import NavItem, may

ITEMS = (
    NavItem(
        _("Dashboard"),
        "layout-dashboard",
        "dashboards:boards",
        may(Permission.VIEW_BOARD),
        place=15,
        phone=6,
    ),
)
