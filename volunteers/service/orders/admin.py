"""Service orders in the admin."""

from django.contrib import admin

from orgs.admin.base import ScopedReadOnlyAdmin
from volunteers.service.items.admin import RuleAdmin
from volunteers.service.models import (
    OrderOffer,
    RiseRule,
    ServiceOrder,
)


@admin.register(ServiceOrder)
class ServiceOrderAdmin(ScopedReadOnlyAdmin):
    list_display = ("item", "unit", "state", "level", "ordered_at", "taken_at", "closed_at")
    list_filter = ("state", "level")
    list_select_related = ("item", "unit")
    fields = list_display
    readonly_fields = list_display


@admin.register(OrderOffer)
class OrderOfferAdmin(ScopedReadOnlyAdmin):
    list_display = ("order", "participant", "is_bound", "offered_at", "declined_at")
    list_select_related = ("order__item", "order__unit", "participant")


@admin.register(RiseRule)
class RiseRuleAdmin(RuleAdmin):
    list_display = ("kind", "version", "hours", "bound_first_hours", "rate_days", "source")
    list_filter = ("kind",)
