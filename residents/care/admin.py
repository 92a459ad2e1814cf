"""Care rosters in the admin: who is named, and to those who are, which entries there are."""

from django.contrib import admin

from orgs.admin.base import ScopedReadOnlyAdmin
from residents.models import CareEntry, CareReader


@admin.register(CareEntry)
class CareEntryAdmin(ScopedReadOnlyAdmin):
    """For named readers alone, superusers included in the refusal; what entries say stays on their page."""

    list_display = ("kind", "person", "starts", "ends")
    list_filter = ("kind",)
    list_select_related = ("person",)
    fields = ("kind", "person", "basis", "starts", "next_visit_on", "ends", "ending")


@admin.register(CareReader)
class CareReaderAdmin(ScopedReadOnlyAdmin):
    list_display = ("position", "unit", "kind", "keeps", "starts", "ends", "dismissed_at")
    list_filter = ("kind",)
    list_select_related = ("position__user", "position__unit", "position__grid", "unit")
