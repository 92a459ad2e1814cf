from volunteers.models.links import HouseholdLink, LinkRule
from volunteers.models.members import PartyMembership
from volunteers.models.posts import BuildingPost, RoleSet, RoleSetChoice

__all__ = [
    "BuildingPost",
    "HouseholdLink",
    "LinkRule",
    "PartyMembership",
    "RoleSet",
    "RoleSetChoice",
]
