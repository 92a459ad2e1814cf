"""Report-ins and what belongs to them in the admin: found and read; the use-cases write them."""

from django.contrib import admin

from orgs.admin.base import ScopedReadOnlyAdmin
from volunteers.service.items.admin import RuleAdmin
from volunteers.service.models import (
    Certificate,
    DoubleReport,
    FamilyBond,
    Institution,
    Pairing,
    Participant,
    ReportIn,
    SecretaryCandidate,
    WorkTeam,
    WorkTeamMember,
)


@admin.register(Participant)
class ParticipantAdmin(ScopedReadOnlyAdmin):
    list_display = ("name", "place", "entered_at")
    list_select_related = ("place",)
    search_fields = ("^name_key",)
    fields = list_display
    readonly_fields = list_display


@admin.register(ReportIn)
class ReportInAdmin(ScopedReadOnlyAdmin):
    list_display = ("participant", "kind", "unit", "employer", "state", "reported_at")
    list_filter = ("state", "kind")
    list_select_related = ("participant", "unit", "employer")


@admin.register(Pairing)
class PairingAdmin(ScopedReadOnlyAdmin):
    list_display = ("organisation", "unit", "starts", "ends")
    list_select_related = ("organisation", "unit")
    search_fields = ("organisation__name",)


@admin.register(WorkTeam)
class WorkTeamAdmin(ScopedReadOnlyAdmin):
    list_display = ("name", "unit", "starts", "ends")
    list_select_related = ("unit",)
    search_fields = ("name",)


@admin.register(WorkTeamMember)
class WorkTeamMemberAdmin(ScopedReadOnlyAdmin):
    list_display = ("participant", "team", "employer", "leads", "starts", "ends")
    list_select_related = ("participant", "team", "employer")


@admin.register(Certificate)
class CertificateAdmin(ScopedReadOnlyAdmin):
    list_display = ("number", "kind", "unit", "issued_at", "revoked_at")
    list_filter = ("kind",)
    list_select_related = ("unit",)
    search_fields = ("^number",)


@admin.register(DoubleReport)
class DoubleReportAdmin(ScopedReadOnlyAdmin):
    list_display = ("kind", "period", "to", "at", "received_at")
    list_filter = ("kind",)
    list_select_related = ("to",)


@admin.register(FamilyBond)
class FamilyBondAdmin(ScopedReadOnlyAdmin):
    list_display = ("participant", "household", "starts", "ends")
    list_select_related = ("participant", "household")
    fields = list_display
    readonly_fields = list_display


@admin.register(Institution)
class InstitutionAdmin(RuleAdmin):
    list_display = ("name", "code", "version", "source")


@admin.register(SecretaryCandidate)
class SecretaryCandidateAdmin(ScopedReadOnlyAdmin):
    list_display = ("participant", "unit", "state", "starts", "ends")
    list_filter = ("state",)
    list_select_related = ("participant", "unit")
    fields = list_display
    readonly_fields = list_display
