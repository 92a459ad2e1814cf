"""Joint visits in the admin, to read."""

from django.contrib import admin

from orgs.admin.base import ReadOnlyInline
from tasks.models import JointVisit, VisitGuest
from tasks.workflow.admin.parts import PartAdmin


class VisitGuests(ReadOnlyInline):
    model = VisitGuest
    fields = ("kind", "name", "came")
    readonly_fields = fields


@admin.register(JointVisit)
class JointVisitAdmin(PartAdmin):
    list_display = ("starts_at", "task", "subject", "place", "recorded_at", "cancelled_at")
    date_hierarchy = "starts_at"
    inlines = (VisitGuests,)
    fields = (
        *("task", "starts_at", "place", "subject", "arranged_by", "arranged_at", "minutes"),
        *("recorded_by", "recorded_at", "cancelled_by", "cancelled_at"),
    )
