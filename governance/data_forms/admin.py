"""Forms and what was filled, to look at."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from governance.data_forms.models import BlankForm, FilledFile, FilledRun, SavedList
from orgs.admin.base import ScopedReadOnlyAdmin


@admin.register(BlankForm)
class BlankFormAdmin(ScopedReadOnlyAdmin):
    list_display = ("name", "unit", "subject", "file_name", "at")
    list_filter = ("subject",)
    list_select_related = ("unit",)
    search_fields = ("=unit__code",)
    search_help_text = _("The whole code of a unit")
    date_hierarchy = "at"


@admin.register(FilledRun)
class FilledRunAdmin(ScopedReadOnlyAdmin):
    list_display = ("__str__", "unit", "purpose", "by", "asked_at", "expires_at")
    list_select_related = ("unit", "form", "by")
    search_fields = ("=unit__code",)
    search_help_text = _("The whole code of a unit")
    date_hierarchy = "asked_at"


@admin.register(FilledFile)
class FilledFileAdmin(ScopedReadOnlyAdmin):
    list_display = ("__str__", "state", "total", "cells", "known")
    list_select_related = ("run__form",)
    list_filter = ("state",)


@admin.register(SavedList)
class SavedListAdmin(ScopedReadOnlyAdmin):
    list_display = ("name", "unit", "subject", "by", "at")
    list_filter = ("subject",)
    list_select_related = ("unit", "by")
    search_fields = ("=unit__code",)
    search_help_text = _("The whole code of a unit")
    date_hierarchy = "at"
