from orgs.models.attachments import Attachment
from orgs.models.audit import AuditEntry, AuditSeal
from orgs.models.calendar import CalendarDay, DutyDay
from orgs.models.codes import IdempotentAnswer, OneTimeCode
from orgs.models.organisations import Department, PartyOrganisation
from orgs.models.positions import Position
from orgs.models.units import CompoundProfile, District, Grid, Unit, UnitAlias
from orgs.models.users import User

__all__ = [
    "Attachment",
    "AuditEntry",
    "AuditSeal",
    "CalendarDay",
    "CompoundProfile",
    "Department",
    "District",
    "DutyDay",
    "Grid",
    "IdempotentAnswer",
    "OneTimeCode",
    "PartyOrganisation",
    "Position",
    "Unit",
    "UnitAlias",
    "User",
]
