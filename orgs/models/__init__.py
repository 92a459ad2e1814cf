from orgs.models.attachments import Attachment
from orgs.models.audit import AuditEntry, AuditSeal
from orgs.models.calendar import CalendarDay, DutyDay
from orgs.models.codes import CodesSent, IdempotentAnswer, OneTimeCode
from orgs.models.directory import Landmark, ServicePoint
from orgs.models.imports import LedgerFile, LedgerImport, LedgerRow, LedgerTrace
from orgs.models.notices import (
    Bookmark,
    Delivery,
    Notice,
    NoticeAddress,
    NoticeChoice,
    ShortMessage,
)
from orgs.models.organisations import Department, PartyOrganisation
from orgs.models.outlines import Outline
from orgs.models.positions import Position
from orgs.models.units import CompoundProfile, District, Grid, Unit, UnitAlias
from orgs.models.unsent import UnsentForm
from orgs.models.users import Device, User

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
    "Device",
    "District",
    "DutyDay",
    "Grid",
    "IdempotentAnswer",
    "Landmark",
    "LedgerFile",
    "LedgerImport",
    "LedgerRow",
    "LedgerTrace",
    "Notice",
    "NoticeAddress",
    "NoticeChoice",
    "OneTimeCode",
    "Outline",
    "PartyOrganisation",
    "Position",
    "ServicePoint",
    "ShortMessage",
    "Unit",
    "UnitAlias",
    "UnsentForm",
    "User",
]
