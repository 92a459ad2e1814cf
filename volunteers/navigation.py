"""The pages of this app that everybody's navigation offers."""

from django.utils.translation import gettext_lazy as _

from orgs.enums import Role
from orgs.web.navigation import Group, NavItem, holds, may
from volunteers.enums import Permission

ITEMS = (
    NavItem(
        _("My households"),
        "home-heart",
        "volunteers:my_households",
        holds(Role.PARTY_MEMBER),
        place=70,
        group=Group.OWN,
        phone=4,
    ),
    NavItem(
        _("Roster of members"),
        "id-badge-2",
        "volunteers:members",
        may(Permission.VIEW_MEMBERS),
        place=170,
        group=Group.ROLL,
    ),
)
