"""Evidence of who was there, and what was made of it, in the admin."""

from django.contrib import admin

from orgs.admin.base import ScopedReadOnlyAdmin
from volunteers.service.models import (
    Attendance,
    CheckEvent,
    Flag,
    RollCall,
    RollCallLine,
    ServedQuestion,
)


@admin.register(CheckEvent)
class CheckEventAdmin(ScopedReadOnlyAdmin):
    list_display = ("participant", "activity", "direction", "source", "state", "at")
    list_filter = ("state", "source")
    list_select_related = ("participant", "activity")
    fields = list_display
    readonly_fields = list_display


@admin.register(RollCall)
class RollCallAdmin(ScopedReadOnlyAdmin):
    list_display = ("activity", "kind", "by", "at")
    list_filter = ("kind",)
    list_select_related = ("activity", "by")


@admin.register(RollCallLine)
class RollCallLineAdmin(ScopedReadOnlyAdmin):
    list_display = ("participant", "roll_call", "state", "minutes", "is_walk_in")
    list_filter = ("state",)
    list_select_related = ("participant", "roll_call")


@admin.register(Attendance)
class AttendanceAdmin(ScopedReadOnlyAdmin):
    list_display = ("participant", "activity", "state", "review", "minutes", "planned_minutes")
    list_filter = ("state", "review")
    list_select_related = ("participant", "activity")


@admin.register(ServedQuestion)
class ServedQuestionAdmin(ScopedReadOnlyAdmin):
    list_display = ("month", "unit", "organiser", "asked_at", "answer")
    list_filter = ("answer",)
    list_select_related = ("unit", "organiser")


@admin.register(Flag)
class FlagAdmin(ScopedReadOnlyAdmin):
    list_display = ("kind", "unit", "activity", "raised_at", "upheld")
    list_filter = ("kind", "upheld")
    list_select_related = ("unit", "activity")
