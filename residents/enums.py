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


class ClaimState(models.TextChoices):
    WAITING = "waiting", _("waiting to be checked")
    VERIFIED = "verified", _("verified")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ClaimBasis(models.TextChoices):
    """On what a claim was verified."""

    COMMUNITY = "community", _("roll or papers, by the community")
    CODE = "code", _("code of the letter to the door")
    OWNER = "owner", _("confirmed by the owner")


# What a verified owner confirms for the own flat.
CONFIRMED_BY_OWNERS = frozenset({Relation.TENANT, Relation.FAMILY})


class PrivateField(models.TextChoices):
    """What is shown masked and unmasked for a purpose."""

    ID_NUMBER = "id_number", _("ID number")
    PHONE = "phone", _("telephone")
    REGISTERED_AT = "registered_at", _("registered residence")


class ConsentPurpose(models.TextChoices):
    """What is done with personal data on the ground of consent; each is given and taken alone."""

    ACCOUNT = "account", _("account and notices")
    CLAIM = "claim", _("ID number and papers, to check my claim of a home")
    SENSITIVE = "sensitive", _("ID number and other sensitive data that I enter myself")
    DELIBERATION = "deliberation", _("my name beside what I say in deliberations")


class SensitiveUse(models.TextChoices):
    """For what sensitive data are collected: each is assessed before its fields are shown."""

    CLAIM = "claim", _("ID number and papers of a claim")
    OWN = "own", _("sensitive data that people enter themselves")


# The separate consent that a use rests upon (PIPL, art. 29).
CONSENT_TO = {
    SensitiveUse.CLAIM: ConsentPurpose.CLAIM,
    SensitiveUse.OWN: ConsentPurpose.SENSITIVE,
}


class LetterState(models.TextChoices):
    """How far one building's letters of a run are."""

    WAITING = "waiting", _("waiting")
    READY = "ready", _("ready")
    EMPTY = "empty", _("no households")
    FAILED = "failed", _("failed")


class DataRequestKind(models.TextChoices):
    COPY = "copy", _("a copy of my data")
    CORRECT = "correct", _("correct my data")
    DELETE = "delete", _("delete my data")


class DataRequestState(models.TextChoices):
    OPEN = "open", _("being worked on")
    GRANTED = "granted", _("done")
    REFUSED = "refused", _("refused")
