"""Imports of rosters in the admin: to look at; their rows are seen on the import's own page."""

from django.contrib import admin

from orgs.admin.base import ScopedReadOnlyAdmin
from orgs.models import LedgerImport


@admin.register(LedgerImport)
class RosterImportAdmin(ScopedReadOnlyAdmin):
    list_display = ("file_name", "ledger", "unit", "state", "sent_by", "sent_at")
    list_filter = ("state", "ledger")
    list_select_related = ("unit", "sent_by")
    date_hierarchy = "sent_at"
