"""Calls back in the admin: to look at."""

from django.contrib import admin

from orgs.admin.base import ReadOnlyAdmin
from tasks.models import CallBackTry


@admin.register(CallBackTry)
class CallBackTryAdmin(ReadOnlyAdmin):
    list_display = ("at", "task", "by")
    list_select_related = ("task", "by")
    search_fields = ("=task__number",)
