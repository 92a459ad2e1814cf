"""Campaign lists in the admin: found and read; the use-cases write them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from orgs.admin.base import ScopedReadOnlyAdmin
from tasks.models import Campaign, Measure, MeasureAttachment, MeasureEntry
from tasks.workflow.admin.parts import PartAdmin, ReadOnlyInline


class EntriesOfMeasure(ReadOnlyInline):
    """The timeline of a measure."""

    model = MeasureEntry
    fields = ("at", "by", "department", "action", "text", "reference", "pieces")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[MeasureEntry]:
        return super().get_queryset(request).select_related("by", "department")


@admin.register(Campaign)
class CampaignAdmin(ScopedReadOnlyAdmin):
    list_display = ("name", "owner", "starts", "ends", "created_at")
    list_select_related = ("district", "street")
    search_fields = ("name", "document")


@admin.register(Measure)
class MeasureAdmin(ScopedReadOnlyAdmin):
    list_display = ("campaign", "number", "aspect", "text", "lead", "due_on", "state")
    list_filter = ("state",)
    list_select_related = ("campaign", "lead")
    search_fields = ("problem", "text")
    inlines = (EntriesOfMeasure,)


@admin.register(MeasureEntry)
class MeasureEntryAdmin(PartAdmin):
    list_display = ("at", "measure", "action", "by", "department", "pieces")
    list_filter = ("action",)
    list_select_related = ("measure", "by", "department")
    search_fields = ("=measure__campaign__name",)
    search_help_text = gettext_lazy("The whole name of a campaign list")


@admin.register(MeasureAttachment)
class MeasureAttachmentAdmin(PartAdmin):
    list_display = ("entry", "attachment", "position")
    list_select_related = ("entry", "attachment")
    search_fields = ("=entry__measure__campaign__name",)
    search_help_text = gettext_lazy("The whole name of a campaign list")
