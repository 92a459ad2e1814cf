"""The library of items and the rules of exchange in the admin: a correction is the next version."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from orgs.accounts.sign_in import signed_in
from orgs.admin.base import ReadOnlyAdmin, VersionsAdmin
from volunteers.service.items import rules
from volunteers.service.models import (
    ExchangeRule,
    ServiceItem,
)


class RuleAdmin(VersionsAdmin):
    """Rules of which an administrator adds the next version."""

    exclude = ("version",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        rules.new_rule(row=obj, by=signed_in(request), now=timezone.now())


@admin.register(ServiceItem)
class ServiceItemAdmin(ReadOnlyAdmin):
    list_display = (
        "code",
        "version",
        "name",
        "item_class",
        "minutes",
        "points",
        "minutes_kind",
        "has_ended",
    )
    list_filter = ("item_class", "minutes_kind", "has_ended")
    search_fields = ("code", "name")


@admin.register(ExchangeRule)
class ExchangeRuleAdmin(RuleAdmin):
    list_display = (
        "version",
        "hold_hours",
        "redeemed_a_month",
        "gift_minutes_a_month",
        "gift_minutes_a_year",
        "source",
    )
