"""Fixed vocabularies of party members, building posts and contacts of households."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from orgs.enums import Role


class MemberClass(models.TextChoices):
    """The four rosters (四类台账) of a compound's members; a person stands in one at a time."""

    BRANCH = "branch", _("managed by the branch")
    IN_SERVICE = "in_service", _("in service elsewhere")
    RETIRED = "retired", _("retired members")
    MOBILE = "mobile", _("mobile members")


class MembershipEnd(models.TextChoices):
    """Why a row of the roster ended."""

    CLASS = "class", _("class changed")
    TRANSFER = "transfer", _("transferred to another organisation")
    LEFT = "left", _("left the roster")


class BuildingRole(models.TextChoices):
    """The posts of a building. What two sets share stands here once."""

    GROUP_LEADER = "group_leader", _("leader of the building's party group")
    HEAD = "head", _("head of the building")
    HEALTH = "health", _("health")
    SECURITY = "security", _("public security")
    CULTURE = "culture", _("culture and sports")
    PROPERTY = "property", _("property steward")
    GRID = "grid", _("grid manager")
    CENTRE = "centre", _("centre household")
    PUBLICITY = "publicity", _("publicity")
    MEDIATION = "mediation", _("mediator")
    OTHER = "other", _("other post")


# One holder at a time; of other posts (the X of 2+4+X) a building has as many as people take on.
SINGLE_SEATS = frozenset(BuildingRole) - {BuildingRole.OTHER}


class RoleSetCode(models.TextChoices):
    """The sets of posts that units choose from; their roles are data with a version and a source."""

    TWO_FIVE_ONE = "two_five_one", _("two heads, five members, one household")
    TWO_FOUR_X = "two_four_x", _("2+4+X")


# Membership is sensitive (PIPL, art. 28): who reads a roster, and who keeps it.
PARTY_KEEPERS = frozenset({Role.BRANCH_SECRETARY, Role.COMMUNITY_WORKER, Role.STREET_CADRE})
PARTY_READERS = PARTY_KEEPERS | {Role.STREET_LEADER}
# Sums by class, without anybody's name.
PARTY_COUNTERS = PARTY_READERS | {Role.DISTRICT_OFFICE}

POST_KEEPERS = frozenset({Role.BRANCH_SECRETARY, Role.COMMUNITY_WORKER})
POST_READERS = PARTY_READERS | {Role.GRID_WORKER}
# Sums, and which post is empty, without anybody's name.
POST_COUNTERS = POST_READERS | {Role.DISTRICT_OFFICE}
SET_CHOOSERS = frozenset({Role.COMMUNITY_WORKER, Role.STREET_CADRE})

LINK_KEEPERS = frozenset({Role.BRANCH_SECRETARY, Role.COMMUNITY_WORKER})


class Permission(StrEnum):
    """What code of this app asks for; `grants.py` says who holds it."""

    CHOOSE_ROLE_SET = "volunteers.choose_role_set"
    COUNT_MEMBERS = "volunteers.count_members"
    COUNT_POSTS = "volunteers.count_posts"
    IMPORT_MEMBERS = "volunteers.import_members"
    KEEP_LINKS = "volunteers.keep_links"
    KEEP_MEMBERS = "volunteers.keep_members"
    KEEP_POSTS = "volunteers.keep_posts"
    VIEW_LINKS = "volunteers.view_links"
    VIEW_MEMBERS = "volunteers.view_members"
    VIEW_POSTS = "volunteers.view_posts"
