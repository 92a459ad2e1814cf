from orgs.models.attachments import Attachment
from orgs.models.audit import AuditEntry, AuditSeal
from orgs.models.calendar import CalendarDay, DutyDay
from orgs.models.codes import CodesSent, IdempotentAnswer, OneTimeCode
from orgs.models.directory import ServicePoint
from orgs.models.imports import LedgerFile, LedgerImport, LedgerRow, LedgerTrace
from orgs.models.notices import Bookmark, Delivery, Notice, NoticeAddress, NoticeChoice
from orgs.models.organisations import Department, PartyOrganisation
from orgs.models.positions import Position
from orgs.models.units import CompoundProfile, District, Grid, Unit, UnitAlias
from orgs.models.unsent import UnsentForm
from orgs.models.users import User

__all__ = [
    "Attachment",
    "AuditEntry",
    "AuditSeal",
    "Bookmark",
    "CalendarDay",
    "CodesSent",
    "CompoundProfile",
    "Delivery",
    "Department",
    "District",
    "DutyDay",
    "Grid",
    "IdempotentAnswer",
    "LedgerFile",
    "LedgerImport",
    "LedgerRow",
    "LedgerTrace",
    "Notice",
    "NoticeAddress",
    "NoticeChoice",
    "OneTimeCode",
    "PartyOrganisation",
    "Position",
    "ServicePoint",
    "Unit",
    "UnitAlias",
    "UnsentForm",
    "User",
]
