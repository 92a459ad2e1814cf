"""The pages of this app that everybody's navigation offers."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from orgs.enums import Role
from orgs.scoping import reach_of
from orgs.web.navigation import Group, NavItem, signed_in
from residents.deliberation.models.topics import TOPIC_READERS

if TYPE_CHECKING:
    from orgs.scoping import Person


def _takes_part(person: "Person") -> bool:
    """Residents, and whoever works with a place's topics; not departments and shops."""
    if not person.is_authenticated:
        return False
    roles = reach_of(person).roles
    return reach_of(person).everywhere or not roles or bool(roles & (TOPIC_READERS | _AT_HOME))


# Who holds these is a neighbour too.
_AT_HOME = frozenset({Role.PARTY_MEMBER, Role.VOLUNTEER})

ITEMS = (
    NavItem(
        _("Settle together"),
        "messages",
        "deliberation:topics",
        _takes_part,
        place=90,
        group=Group.TOGETHER,
        phone=3,
    ),
    NavItem(
        _("Votes"), "checkbox", "deliberation:polls", signed_in, place=91, group=Group.TOGETHER
    ),
)
