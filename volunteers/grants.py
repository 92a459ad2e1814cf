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
)
from volunteers.models import BuildingPost, HouseholdLink, PartyMembership, RoleSetChoice
from volunteers.models.members import organisations_within


def _keeps_members(user: User, organisation: PartyOrganisation) -> bool:
    return organisations_within(user, PARTY_KEEPERS).filter(pk=organisation.pk).exists()


grant("volunteers.keep_members", PARTY_KEEPERS, _keeps_members)
grant("volunteers.view_members", PARTY_READERS, "")
# Whoever sends a file also sees whom of the roll its rows could mean.
grant("volunteers.import_members", PARTY_KEEPERS & ROLL_READERS, "")
grant("volunteers.count_members", PARTY_COUNTERS, "")
grant("volunteers.keep_posts", POST_KEEPERS, "")
grant("volunteers.view_posts", POST_READERS, "")
grant("volunteers.count_posts", POST_COUNTERS, "")
grant("volunteers.choose_role_set", SET_CHOOSERS, "")
grant("volunteers.keep_links", LINK_KEEPERS, "")
grant("volunteers.view_links", PARTY_COUNTERS, "")
for _model, _roles in (
    (PartyMembership, PARTY_READERS),
    (HouseholdLink, PARTY_READERS),
    (BuildingPost, POST_READERS),
    (RoleSetChoice, POST_READERS),
):
    grant(f"volunteers.view_{_model._meta.model_name}", _roles, in_sight)
