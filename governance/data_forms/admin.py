"""Forms and what was filled, to look at."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from governance.data_forms.models import (
    BlankForm,
    CatalogueForm,
    Collection,
    CollectionEntry,
    CoveredColumn,
    FilledFile,
    FilledRun,
    SavedList,
    Submission,
    SubmissionEntry,
)
from orgs.admin.base import ReadOnlyInline, ScopedReadOnlyAdmin


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


class CoveredColumns(ReadOnlyInline):
    model = CoveredColumn
    fields = ("column", "ground")
    readonly_fields = fields


@admin.register(CatalogueForm)
class CatalogueFormAdmin(ScopedReadOnlyAdmin):
    list_display = ("__str__", "street", "department", "repeats", "admitted_at", "ends")
    list_filter = ("repeats",)
    list_select_related = ("street", "form", "department")
    search_fields = ("=street__code",)
    search_help_text = _("The whole code of a unit")
    inlines = (CoveredColumns,)


class EntriesOfCollection(ReadOnlyInline):
    model = CollectionEntry
    fields = ("at", "by", "who", "action", "text")
    readonly_fields = fields


@admin.register(Collection)
class CollectionAdmin(ScopedReadOnlyAdmin):
    list_display = ("__str__", "street", "department", "state", "due_on", "at")
    list_filter = ("state", "repeats")
    list_select_related = ("street", "form", "department")
    search_fields = ("=street__code",)
    search_help_text = _("The whole code of a unit")
    date_hierarchy = "at"
    inlines = (EntriesOfCollection,)


class EntriesOfSubmission(ReadOnlyInline):
    model = SubmissionEntry
    fields = ("at", "by", "who", "action", "text", "rows")
    readonly_fields = fields


@admin.register(Submission)
class SubmissionAdmin(ScopedReadOnlyAdmin):
    list_display = ("__str__", "unit", "state", "filled_at", "signed_at", "minutes")
    list_filter = ("state",)
    list_select_related = ("unit", "collection__form")
    search_fields = ("=unit__code",)
    search_help_text = _("The whole code of a unit")
    inlines = (EntriesOfSubmission,)
