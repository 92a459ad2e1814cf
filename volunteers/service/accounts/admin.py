"""Credits and the two ledgers in the admin: read only."""

from django.contrib import admin

from orgs.admin.base import ScopedReadOnlyAdmin
from volunteers.service.models import (
    Adjustment,
    Credit,
    ExportRecord,
    LongDay,
    MinutesAccount,
    MinutesEntry,
    PointsAccount,
    PointsEntry,
)


@admin.register(Credit)
class CreditAdmin(ScopedReadOnlyAdmin):
    list_display = (
        "participant",
        "month",
        "minutes_kind",
        "minutes",
        "points",
        "revision",
        "is_latest",
    )
    list_filter = ("minutes_kind", "is_latest")
    list_select_related = ("participant",)


@admin.register(LongDay)
class LongDayAdmin(ScopedReadOnlyAdmin):
    list_display = ("participant", "text", "starts_at", "ends_at", "longest", "approved")
    list_filter = ("approved",)
    list_select_related = ("participant",)


@admin.register(MinutesAccount)
class MinutesAccountAdmin(ScopedReadOnlyAdmin):
    list_display = ("participant", "minutes_kind", "balance", "length", "stopped_at")
    list_filter = ("minutes_kind",)
    list_select_related = ("participant",)


@admin.register(MinutesEntry)
class MinutesEntryAdmin(ScopedReadOnlyAdmin):
    list_display = ("account", "i", "amount", "kind", "month", "at")
    list_filter = ("kind",)
    list_select_related = ("account__participant",)


@admin.register(PointsAccount)
class PointsAccountAdmin(ScopedReadOnlyAdmin):
    list_display = ("participant", "household", "balance", "length", "stopped_at")
    list_select_related = ("participant", "household")


@admin.register(PointsEntry)
class PointsEntryAdmin(ScopedReadOnlyAdmin):
    list_display = ("account", "i", "amount", "kind", "month", "at")
    list_filter = ("kind",)
    list_select_related = ("account__participant", "account__household")


@admin.register(Adjustment)
class AdjustmentAdmin(ScopedReadOnlyAdmin):
    list_display = ("participant", "ledger", "amount", "month", "state", "asked_at")
    list_filter = ("state", "ledger")
    list_select_related = ("participant",)


@admin.register(ExportRecord)
class ExportRecordAdmin(ScopedReadOnlyAdmin):
    list_display = ("credit", "state", "sent_at", "answered_at", "number", "reason")
    list_filter = ("state",)
    list_select_related = ("credit__participant",)
    search_fields = ("^number",)
