"""Fixed vocabularies of households and people."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from orgs.enums import Role


class HouseholdState(models.TextChoices):
    """What a flat is at present. Unsold and undelivered ones are the developer's (民法典, art. 278)."""

    LIVED_IN = "lived_in", _("lived in by its owner")
    LET = "let", _("let")
    EMPTY = "empty", _("empty")
    UNSOLD = "unsold", _("unsold")
    UNDELIVERED = "undelivered", _("sold, not delivered")
    SHOP = "shop", _("shop")
    PARKING = "parking", _("parking space")


class AreaSource(models.TextChoices):
    """From what an area is known; a register weighs more than a survey, a survey than a contract."""

    REGISTER = "register", _("property register")
    SURVEY = "survey", _("survey")
    CONTRACT = "contract", _("purchase contract")


class Relation(models.TextChoices):
    """How a person belongs to a household."""

    OWNER = "owner", _("owner")
    CO_OWNER = "co_owner", _("co-owner")
    TENANT = "tenant", _("tenant")
    FAMILY = "family", _("family member")


OWNING = frozenset({Relation.OWNER, Relation.CO_OWNER})


class Sex(models.TextChoices):
    MALE = "male", _("male")
    FEMALE = "female", _("female")


class Marital(models.TextChoices):
    SINGLE = "single", _("unmarried")
    MARRIED = "married", _("married")
    DIVORCED = "divorced", _("divorced")
    WIDOWED = "widowed", _("widowed")


# Who keeps the roll of a place, who reads it (private data masked), who sees addresses and states.
ROLL_KEEPERS = frozenset({Role.COMMUNITY_WORKER, Role.GRID_WORKER})
ROLL_READERS = ROLL_KEEPERS | {Role.STREET_CADRE, Role.STREET_LEADER}
HOUSEHOLD_READERS = ROLL_READERS | {Role.DISTRICT_OFFICE, Role.BRANCH_SECRETARY}
