"""What people keep beside the list of tasks, to be looked at only."""

from django.contrib import admin

from orgs.admin.base import ReadOnlyAdmin
from tasks.models import HotlineFile, SavedFilter


@admin.register(HotlineFile)
class HotlineFileAdmin(ReadOnlyAdmin):
    """Who sent which sheet and what came of it; never what it holds."""

    list_display = ("name", "sent_by", "sent_at", "applied_at", "new", "known")
    fields = ("name", "sha256", "sent_by", "sent_at", "applied_at", "new", "known")
    list_select_related = ("sent_by",)


@admin.register(SavedFilter)
class SavedFilterAdmin(ReadOnlyAdmin):
    list_display = ("name", "user", "query", "is_default")
    list_select_related = ("user",)
