"""Fixed vocabularies of the ground floor."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class UnitKind(models.TextChoices):
    STREET = "street", _("street")
    COMMUNITY = "community", _("community")
    COMPOUND = "compound", _("compound")
    BUILDING = "building", _("building")

    @property
    def level(self) -> int:
        """Depth in a street's tree, 0 for the street itself."""
        return UNIT_LEVELS.index(self)


UNIT_LEVELS = (UnitKind.STREET, UnitKind.COMMUNITY, UnitKind.COMPOUND, UnitKind.BUILDING)


class UnitTab(models.TextChoices):
    """What people look for on a unit's page; the first is shown by its plain address."""

    OVERVIEW = "overview", _("Overview")
    PEOPLE = "people", _("Households and people")
    ORGANISATIONS = "organisations", _("Organisations and coverage")
    SERVICE = "service", _("Members and service")
    DUTIES = "duties", _("Who answers for what")


class Role(models.TextChoices):
    """What a position lets a person be, somewhere."""

    DISTRICT_OFFICE = "district_office", _("district party-building office")
    STREET_CADRE = "street_cadre", _("street cadre")
    STREET_LEADER = "street_leader", _("street leadership")
    COMMUNITY_WORKER = "community_worker", _("community worker")
    GRID_WORKER = "grid_worker", _("grid worker")
    BRANCH_SECRETARY = "branch_secretary", _("branch secretary")
    DEPARTMENT_OFFICER = "department_officer", _("department officer")
    OWNERS_COMMITTEE = "owners_committee", _("owners' committee")
    PROPERTY_STAFF = "property_staff", _("property firm")
    EMPLOYER = "employer", _("sending organisation")
    PARTY_MEMBER = "party_member", _("party member reported in")
    VOLUNTEER = "volunteer", _("volunteer")
    SHOP_STAFF = "shop_staff", _("reward shop")
    SUPERVISOR = "supervisor", _("vote supervisor")
    AUDITOR = "auditor", _("auditor")
    REGISTRAR = "registrar", _("staff registrar")


class PositionTarget(models.TextChoices):
    """The kinds of thing at which a position is held; each value is a field of Position."""

    UNIT = "unit", _("unit")
    GRID = "grid", _("grid")
    DISTRICT = "district", _("district")
    PARTY_ORGANISATION = "party_organisation", _("party organisation")
    DEPARTMENT = "department", _("department")


ROLE_TARGETS: dict[Role, PositionTarget] = {
    Role.DISTRICT_OFFICE: PositionTarget.DISTRICT,
    Role.STREET_CADRE: PositionTarget.UNIT,
    Role.STREET_LEADER: PositionTarget.UNIT,
    Role.COMMUNITY_WORKER: PositionTarget.UNIT,
    Role.GRID_WORKER: PositionTarget.GRID,
    Role.BRANCH_SECRETARY: PositionTarget.PARTY_ORGANISATION,
    Role.DEPARTMENT_OFFICER: PositionTarget.DEPARTMENT,
    Role.OWNERS_COMMITTEE: PositionTarget.UNIT,
    Role.PROPERTY_STAFF: PositionTarget.UNIT,
    Role.EMPLOYER: PositionTarget.PARTY_ORGANISATION,
    Role.PARTY_MEMBER: PositionTarget.UNIT,
    Role.VOLUNTEER: PositionTarget.UNIT,
    Role.SHOP_STAFF: PositionTarget.UNIT,
    Role.SUPERVISOR: PositionTarget.DISTRICT,
    Role.AUDITOR: PositionTarget.DISTRICT,
    Role.REGISTRAR: PositionTarget.DISTRICT,
}

# The kind of unit at which a unit role is held; roles not named here may be held at any kind.
ROLE_UNIT_KINDS: dict[Role, UnitKind] = {
    Role.STREET_CADRE: UnitKind.STREET,
    Role.STREET_LEADER: UnitKind.STREET,
    Role.COMMUNITY_WORKER: UnitKind.COMMUNITY,
    Role.OWNERS_COMMITTEE: UnitKind.COMPOUND,
    Role.PROPERTY_STAFF: UnitKind.COMPOUND,
}

# People who work here for the authorities: a second factor and a desk.
STAFF_ROLES = frozenset(
    {
        Role.DISTRICT_OFFICE,
        Role.STREET_CADRE,
        Role.STREET_LEADER,
        Role.COMMUNITY_WORKER,
        Role.GRID_WORKER,
        Role.DEPARTMENT_OFFICER,
        Role.SUPERVISOR,
        Role.AUDITOR,
        Role.REGISTRAR,
    }
)


class CompoundType(models.TextChoices):
    COMMERCIAL = "commercial", _("commercial housing")
    OLD = "old", _("old compound")
    WORK_UNIT = "work_unit", _("former work-unit housing")
    RESETTLEMENT = "resettlement", _("resettlement housing")
    PUBLIC_RENTAL = "public_rental", _("public rental housing")
    SINGLE_BUILDING = "single_building", _("single building")


class PropertyMode(models.TextChoices):
    FIRM = "firm", _("property firm")
    SELF = "self", _("residents' self-management")
    COMMUNITY = "community", _("looked after by the community")
    NONE = "none", _("no property service")


class PartyOrganisationKind(models.TextChoices):
    STREET_COMMITTEE = "street_committee", _("street work committee")
    COMMUNITY_COMMITTEE = "community_committee", _("community committee")
    BRANCH = "branch", _("compound branch")
    JOINT_BRANCH = "joint_branch", _("joint-area branch")
    BUILDING_GROUP = "building_group", _("building group")
    EMPLOYER = "employer", _("sending organisation")


class FoundingMode(models.TextChoices):
    """How a compound's branch came to be (单独建、联合建、派驻建)."""

    SINGLE = "single", _("set up for one compound")
    JOINT = "joint", _("set up jointly")
    SENT = "sent", _("set up by party guides sent in")


class AuditResult(models.TextChoices):
    OK = "ok", _("done")
    REFUSED = "refused", _("refused")
    FAILED = "failed", _("failed")


class AttachmentKind(models.TextChoices):
    PHOTO = "photo", _("photo")
    VIDEO = "video", _("video")


class AttachmentState(models.TextChoices):
    READY = "ready", _("ready")
    WAITING = "waiting", _("being prepared")
    REFUSED = "refused", _("refused")


class TimeUnit(models.TextChoices):
    """In what a limit counts."""

    MINUTES = "minutes", _("minutes, round the clock")
    OFFICE_MINUTES = "office_minutes", _("minutes of office hours")
    WORKDAY_MINUTES = "workday_minutes", _("minutes of working days")
    WORKING_DAYS = "working_days", _("working days")


class NoticeWay(models.TextChoices):
    """How somebody is told of a kind of thing."""

    AT_ONCE = "at_once", _("in the portal, and outside at once")
    DIGEST = "digest", _("in the portal, and outside once a day")
    PORTAL = "portal", _("in the portal only")


class Verdict(models.TextChoices):
    """What the import of one row of a roster would do."""

    NEW = "new", pgettext_lazy("row of a roster", "new")
    CHANGED = "changed", _("changed")
    UNCHANGED = "unchanged", _("unchanged")
    UNSURE = "unsure", pgettext_lazy("row of a roster", "to be decided")
    WRONG = "wrong", _("wrong")


class Decision(models.TextChoices):
    """What a person decided about a row that could be somebody known."""

    SAME = "same", _("the same person")
    NEW = "new", _("a new person")
    LEAVE_OUT = "leave_out", _("leave out")


class ServiceKind(models.TextChoices):  # what is needed in a hurry stands first
    EMERGENCY = "emergency", _("emergency calls")
    COMMUNITY = "community", _("community on duty")
    PROPERTY = "property", _("property service")
    POLICE = "police", _("police station")
    WATER = "water", _("water supply")
    POWER = "power", _("power supply")
    GAS = "gas", _("gas supply")
    HEALTH = "health", _("medical care")
    GOVERNMENT = "government", _("government services")
    OTHER = "other", pgettext_lazy("kind of service point", "other")


class TypeSize(models.IntegerChoices):
    """How large the type is: 16, 20 or 30 px on a phone (适老化)."""

    NORMAL = 0, _("normal type")
    LARGE = 1, _("large type")
    LARGEST = 2, _("largest type")


class LandmarkKind(models.TextChoices):
    ROAD = "road", _("road or lane")
    PUBLIC = "public", _("public building")
    SCHOOL = "school", _("school or kindergarten")
    HEALTH = "health", _("hospital or clinic")
    MARKET = "market", _("market or shop")
    PARK = "park", _("park or square")
    STOP = "stop", _("bus stop or station")
    OTHER = "other", pgettext_lazy("kind of landmark", "other")


class Opening(models.TextChoices):
    ALWAYS = "always", _("round the clock")
    DAILY = "daily", _("every day in the daytime")
    OFFICE = "office", _("in office hours")
    APPOINTMENT = "appointment", _("call before you come")


class DutyDays(models.TextChoices):
    """Which days a rotation of duty fills."""

    ALL = "all", _("every day")
    WORKED = "worked", _("working days only")
    FREE = "free", _("weekends and public holidays only")


class ImportState(models.TextChoices):
    """How far the import of a roster is."""

    UPLOADED = "uploaded", _("waiting to be read")
    READING = "reading", _("being read")
    PREVIEW = "preview", _("to be looked through")
    APPLYING = "applying", _("being applied")
    APPLIED = "applied", _("applied")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")
    DISCARDED = "discarded", _("discarded")
    FAILED = "failed", _("not readable")


class Permission(StrEnum):
    """What code of this app asks for; `grants.py` says who holds it."""

    ADD_COMPOUNDPROFILE = "orgs.add_compoundprofile"
    ADD_UNIT = "orgs.add_unit"
    APPOINT_STAFF = "orgs.appoint_staff"
    ARRANGE_LEAVE = "orgs.arrange_leave"
    CHANGE_COMPOUNDPROFILE = "orgs.change_compoundprofile"
    CHANGE_UNIT = "orgs.change_unit"
    KEEP_DUTY = "orgs.keep_duty"
    MOVE_UNIT = "orgs.move_unit"
    VIEW_AUDITENTRY = "orgs.view_auditentry"
    VIEW_AUDITSEAL = "orgs.view_auditseal"
