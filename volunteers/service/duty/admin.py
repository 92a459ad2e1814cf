"""The monthly duty in the admin: its rules, months, letters, appeals."""

from django.contrib import admin

from orgs.admin.base import ReadOnlyAdmin, ScopedReadOnlyAdmin
from volunteers.service.models import (
    Appeal,
    DutyRelief,
    DutyRule,
    MonthLetter,
    MonthResult,
    ServiceMonth,
)


@admin.register(DutyRule)
class DutyRuleAdmin(ReadOnlyAdmin):
    list_display = ("branch", "version", "month", "activities", "minutes", "source")
    list_select_related = ("branch",)


@admin.register(DutyRelief)
class DutyReliefAdmin(ScopedReadOnlyAdmin):
    list_display = ("participant", "kind", "starts", "ends", "percent")
    list_filter = ("kind",)
    list_select_related = ("participant",)


@admin.register(ServiceMonth)
class ServiceMonthAdmin(ScopedReadOnlyAdmin):
    list_display = ("branch", "month", "state", "closed_at")
    list_filter = ("state",)
    list_select_related = ("branch",)


@admin.register(MonthResult)
class MonthResultAdmin(ScopedReadOnlyAdmin):
    list_display = (
        "participant",
        "month",
        "activities",
        "duty_minutes",
        "voluntary_minutes",
        "met",
    )
    list_filter = ("met",)
    list_select_related = ("participant", "month__branch")


@admin.register(MonthLetter)
class MonthLetterAdmin(ScopedReadOnlyAdmin):
    list_display = ("employer", "month", "revision", "sent_at", "received_at")
    list_select_related = ("employer", "month__branch")


@admin.register(Appeal)
class AppealAdmin(ScopedReadOnlyAdmin):
    list_display = ("participant", "unit", "at", "state", "decided_at")
    list_filter = ("state",)
    list_select_related = ("participant", "unit")
