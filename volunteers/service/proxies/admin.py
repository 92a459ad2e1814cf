"""Proxy help in the admin: teams, consents, rings."""

from django.contrib import admin

from orgs.admin.base import ScopedReadOnlyAdmin
from volunteers.service.models import (
    CloudPair,
    ProxyConsent,
    ProxyTeam,
    ProxyTeamMember,
    Ring,
)


@admin.register(ProxyTeam)
class ProxyTeamAdmin(ScopedReadOnlyAdmin):
    list_display = ("name", "unit", "phone", "closed_at")
    list_select_related = ("unit",)
    search_fields = ("name",)


@admin.register(ProxyTeamMember)
class ProxyTeamMemberAdmin(ScopedReadOnlyAdmin):
    list_display = ("participant", "team", "duty", "starts", "ends")
    list_select_related = ("participant", "team")


@admin.register(ProxyConsent)
class ProxyConsentAdmin(ScopedReadOnlyAdmin):
    list_display = ("matter", "way", "starts", "ends", "withdrawn_at")
    list_filter = ("way",)
    fields = list_display
    readonly_fields = list_display


@admin.register(CloudPair)
class CloudPairAdmin(ScopedReadOnlyAdmin):
    list_display = ("volunteer", "helper", "unit", "starts", "ends")
    list_select_related = ("volunteer", "helper", "unit")


@admin.register(Ring)
class RingAdmin(ScopedReadOnlyAdmin):
    list_display = ("matter", "unit", "state", "level", "rung_at", "done_at")
    list_filter = ("state", "level")
    list_select_related = ("unit",)
    fields = list_display
    readonly_fields = list_display
