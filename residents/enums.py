"""Fixed vocabularies of households and people."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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


class LeaveReason(models.TextChoices):
    """Why somebody belongs to a home no longer."""

    MOVED = "moved", _("I moved away")
    SOLD = "sold", _("the flat is sold")


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
    REFUSED = "refused", pgettext_lazy("asked by a resident", "refused")
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
    # Of whoever telephones: who it is, and behind which door.
    CALLER = "caller", _("name and home")
    # Shown on its own page to named readers, and recorded in the same way.
    CARE = "care", _("entry on a care roster")
    # All that the portal holds, printed in clear at the desk for the person themselves.
    COPY = "copy", _("a whole copy, printed")
    # Of a report, by whoever has to call; the person need not be on the roll.
    CONTACT = "contact", _("contact of a report")
    # Photos of ID papers that somebody sent with a claim; they need not be on the roll.
    PAPERS = "papers", _("papers of a claim")
    # In a form that was delivered to whoever asked for it, on the basis that covers them.
    HANDED_OVER = "handed_over", _("numbers handed over in a form")


# What is recorded like a look, of many people at once, and counts towards no day's limit: it has its own.
NOT_COUNTED = (PrivateField.CARE, PrivateField.HANDED_OVER)


# What is unmasked on a person's page.
MASKED_FIELDS = (PrivateField.ID_NUMBER, PrivateField.PHONE, PrivateField.REGISTERED_AT)


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
    REFUSED = "refused", pgettext_lazy("asked by a resident", "refused")


# --- Care ------------------------------------------------------------------------------------------


class CareKind(models.TextChoices):
    """The rosters of people who are cared for; each is read by those named for it alone."""

    LIVING_ALONE = "living_alone", _("older people living alone")
    ALLOWANCE = "allowance", _("families with the minimum living allowance")
    DISABILITY = "disability", _("disabled people")
    ASSISTANCE = "assistance", _("people who need help")


class CareBasis(models.TextChoices):
    """On what ground somebody stands on a care roster (PIPL, art. 13, 29)."""

    DUTY = "duty", _("duty of the community by law")
    CONSENT = "consent", _("separate consent of the person")


class CareEnding(models.TextChoices):
    """Why somebody stands on a care roster no more."""

    NO_NEED = "no_need", _("not needed any more")
    MOVED = "moved", _("moved away")
    DIED = "died", _("has died")
    WITHDRAWN = "withdrawn", _("the person withdrew the consent")
    MISTAKE = "mistake", _("entered by mistake")


class Allowance(models.TextChoices):
    """Kinds of minimum living allowance (社会救助暂行办法, ch. 2, 3)."""

    URBAN = "urban", _("urban minimum living allowance")
    RURAL = "rural", _("rural minimum living allowance")
    EXTREME = "extreme", _("support for people in extreme difficulty")
    BORDERLINE = "borderline", _("borderline of the minimum living allowance")


class Disability(models.TextChoices):
    """The seven categories of GB/T 26341."""

    SIGHT = "sight", _("visual disability")
    HEARING = "hearing", _("hearing disability")
    SPEECH = "speech", _("speech disability")
    PHYSICAL = "physical", _("physical disability")
    INTELLECTUAL = "intellectual", _("intellectual disability")
    MENTAL = "mental", _("mental disability")
    MULTIPLE = "multiple", _("multiple disabilities")


class DisabilityGrade(models.IntegerChoices):
    """The four grades of GB/T 26341, the gravest first."""

    FIRST = 1, _("grade 1")
    SECOND = 2, _("grade 2")
    THIRD = 3, _("grade 3")
    FOURTH = 4, _("grade 4")


# Positions that can be named to read a care roster, and who names them.
CARE_READERS = ROLL_READERS
CARE_APPOINTERS = frozenset({Role.STREET_CADRE, Role.STREET_LEADER})


class BodyKind(models.TextChoices):
    """What a compound or a community chooses out of its own people."""

    OWNERS_COMMITTEE = "owners_committee", _("owners' committee")
    SELF_GOVERNMENT = "self_government", _("self-government committee")
    MEDIATION = "mediation", _("mediation group")
    RESIDENTS_COUNCIL = "residents_council", _("residents' council")
    # 业主代表 (Hubei 19; 274号 27): of a compound.
    OWNERS_DELEGATES = "owners_delegates", _("owners' representatives")
    # 居民委员会 and 居民代表 (组织法 13, 28): of a community; together they are its 居民代表会议.
    RESIDENTS_COMMITTEE = "residents_committee", _("residents' committee")
    RESIDENTS_DELEGATES = "residents_delegates", _("residents' representatives")


# A community's mediators and council serve the compounds that have none of their own.
OF_COMMUNITIES_ALONE = frozenset({BodyKind.RESIDENTS_COMMITTEE, BodyKind.RESIDENTS_DELEGATES})
OF_COMMUNITIES = frozenset({BodyKind.MEDIATION, BodyKind.RESIDENTS_COUNCIL}) | OF_COMMUNITIES_ALONE
COMMITTEES = frozenset({BodyKind.OWNERS_COMMITTEE, BodyKind.SELF_GOVERNMENT})


class Seat(models.TextChoices):
    CHAIR = "chair", _("chair")
    DEPUTY = "deputy", _("deputy chair")
    MEMBER = "member", pgettext_lazy("seat of a body", "member")


class ContractKind(models.TextChoices):
    """On what ground a compound is looked after (物业管理条例, art. 21 and 26)."""

    CONTRACT = "contract", _("property contract")
    INTERIM = "interim", _("developer's interim contract")
    TAKEOVER = "takeover", _("emergency take-over")
    SELF_MANAGED = "self_managed", _("managed by the residents themselves")


class Coverage(models.TextChoices):
    """The five full coverages (五个全覆盖)."""

    BRANCH = "branch", _("party branch")
    COMMITTEE = "committee", _("owners' committee")
    PROPERTY = "property", _("property service")
    MEDIATION = "mediation", _("mediation")
    COUNCIL = "council", _("residents' council")


# Who keeps bodies, terms and contracts; who reads them beside the residents themselves.
BODY_KEEPERS = frozenset({Role.COMMUNITY_WORKER, Role.STREET_CADRE})
BODY_READERS = HOUSEHOLD_READERS | {Role.OWNERS_COMMITTEE, Role.PROPERTY_STAFF}


class Permission(StrEnum):
    """What code of this app asks for; `grants.py` says who holds it."""

    APPOINT_CAREREADER = "residents.appoint_carereader"
    DECIDE_CLAIM = "residents.decide_claim"
    DECIDE_DATAREQUEST = "residents.decide_datarequest"
    KEEP_BODIES = "residents.keep_bodies"
    KEEP_CARE = "residents.keep_care"
    KEEP_ROLL = "residents.keep_roll"
    UNMASK_PERSON = "residents.unmask_person"
    VIEW_CARE = "residents.view_care"
    VIEW_CAREENTRY = "residents.view_careentry"
    VIEW_CAREREADER = "residents.view_carereader"
    VIEW_COVERAGE = "residents.view_coverage"
    VIEW_COVERAGEDAY = "residents.view_coverageday"
    VIEW_LEDGERIMPORT = "residents.view_ledgerimport"
    VIEW_PROPERTYCONTRACT = "residents.view_propertycontract"
    VIEW_PROPERTYFIRM = "residents.view_propertyfirm"
    VIEW_ROLL = "residents.view_roll"
    VIEW_UNMASKING = "residents.view_unmasking"
    VISIT_HOUSEHOLD = "residents.visit_household"
