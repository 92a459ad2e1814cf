"""What people keep beside the list of tasks, to be looked at only."""

from django.contrib import admin

from orgs.admin.base import ReadOnlyAdmin
from tasks.models import SavedFilter


@admin.register(SavedFilter)
class SavedFilterAdmin(ReadOnlyAdmin):
    list_display = ("name", "user", "query", "is_default")
    list_select_related = ("user",)
