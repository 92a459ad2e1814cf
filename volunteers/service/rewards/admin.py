"""Rewards and what was exchanged in the admin."""

from django.contrib import admin

from orgs.admin.base import ScopedReadOnlyAdmin
from volunteers.service.models import (
    Redemption,
    Reward,
    StockEntry,
    TimeGift,
)


@admin.register(Reward)
class RewardAdmin(ScopedReadOnlyAdmin):
    list_display = ("name", "shop", "unit", "points", "stock", "is_offered")
    list_filter = ("is_offered",)
    list_select_related = ("unit",)
    search_fields = ("name", "shop")


@admin.register(Redemption)
class RedemptionAdmin(ScopedReadOnlyAdmin):
    list_display = ("reward", "participant", "points", "state", "held_at", "ended_at")
    list_filter = ("state",)
    list_select_related = ("reward", "participant")
    fields = list_display
    readonly_fields = list_display


@admin.register(StockEntry)
class StockEntryAdmin(ScopedReadOnlyAdmin):
    list_display = ("reward", "kind", "amount", "reason", "at")
    list_filter = ("kind",)
    list_select_related = ("reward",)


@admin.register(TimeGift)
class TimeGiftAdmin(ScopedReadOnlyAdmin):
    list_display = ("giver", "receiver", "minutes", "at")
    list_select_related = ("giver", "receiver")
