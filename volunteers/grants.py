"""Which roles hold the permissions of members, posts and contacts."""

from orgs.models import PartyOrganisation, User
from orgs.permissions import grant, in_sight
from residents.enums import ROLL_READERS
from volunteers.enums import (
    LINK_KEEPERS,
    PARTY_COUNTERS,
    PARTY_KEEPERS,
    PARTY_READERS,
    POST_COUNTERS,
    POST_KEEPERS,
    POST_READERS,
    SET_CHOOSERS,
    Permission,
)
from volunteers.models import BuildingPost, HouseholdLink, PartyMembership, RoleSetChoice
from volunteers.models.members import organisations_within


def _keeps_members(user: User, organisation: PartyOrganisation) -> bool:
    return organisations_within(user, PARTY_KEEPERS).filter(pk=organisation.pk).exists()


grant(Permission.KEEP_MEMBERS, PARTY_KEEPERS, _keeps_members)
grant(Permission.VIEW_MEMBERS, PARTY_READERS, "")
# Whoever sends a file also sees whom of the roll its rows could mean.
grant(Permission.IMPORT_MEMBERS, PARTY_KEEPERS & ROLL_READERS, "")
grant(Permission.COUNT_MEMBERS, PARTY_COUNTERS, "")
grant(Permission.KEEP_POSTS, POST_KEEPERS, "")
grant(Permission.VIEW_POSTS, POST_READERS, "")
grant(Permission.COUNT_POSTS, POST_COUNTERS, "")
grant(Permission.CHOOSE_ROLE_SET, SET_CHOOSERS, "")
grant(Permission.KEEP_LINKS, LINK_KEEPERS, "")
grant(Permission.VIEW_LINKS, PARTY_COUNTERS, "")
for _model, _roles in (
    (PartyMembership, PARTY_READERS),
    (HouseholdLink, PARTY_READERS),
    (BuildingPost, POST_READERS),
    (RoleSetChoice, POST_READERS),
):
    grant(f"volunteers.view_{_model._meta.model_name}", _roles, in_sight)
