"""Polls in the admin: to look at; nothing of it says what was chosen."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from orgs.admin.base import ReadOnlyAdmin, ReadOnlyInline, ScopedReadOnlyAdmin
from residents.deliberation.models import (
    Ballot,
    BallotBox,
    Checkpoint,
    Poll,
    PollEvent,
    PollObjection,
    RollEntry,
    RollPart,
)


class PollEventInline(ReadOnlyInline):
    model = PollEvent
    fields = ("action", "by", "at", "text")


@admin.register(Poll)
class PollAdmin(ScopedReadOnlyAdmin):
    list_display = ("title", "unit", "state", "mode", "electorate", "opens_at", "closes_at")
    list_filter = ("state", "mode", "rehearsal")
    list_select_related = ("unit",)
    search_fields = ("title", "^unit__code")
    date_hierarchy = "closes_at"
    inlines = (PollEventInline,)


class RollPartInline(ReadOnlyInline):
    model = RollPart
    fields = ("label", "code", "area", "area_source")


@admin.register(RollEntry)
class RollEntryAdmin(ScopedReadOnlyAdmin):
    list_display = ("poll", "number", "kind", "area", "doubt", "state")
    list_filter = ("kind", "doubt", "state")
    list_select_related = ("poll",)
    fields = ("poll", "number", "kind", "area", "doubt", "decision", "has_veto", "state")
    inlines = (RollPartInline,)


@admin.register(PollObjection)
class PollObjectionAdmin(ScopedReadOnlyAdmin):
    list_display = ("poll", "kind", "state", "at")
    list_filter = ("kind", "state")
    list_select_related = ("poll",)


class _OfSupervisors(ReadOnlyAdmin):
    """Rows of the ballot box in a supervisor's places; a superuser as such sees none."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        seen = Poll.objects.filter(pk__in=Poll.objects.visible_to(request.user).values("pk"))
        return super().get_queryset(request).filter(poll__in=seen.values("pk"))


@admin.register(Ballot)
class BallotAdmin(_OfSupervisors):
    """The chain as it is published; neither choices nor whose ballot it is."""

    list_display = ("poll", "i", "commitment", "hash", "replaces", "channel", "at", "state")
    list_filter = ("state", "channel")
    list_select_related = ("poll",)
    fields = ("poll", "i", "prev", "commitment", "hash", "replaces", "channel", "at", "state")


@admin.register(BallotBox)
class BallotBoxAdmin(_OfSupervisors):
    list_display = ("poll", "is_open", "closes_at", "length", "head")
    list_select_related = ("poll",)


@admin.register(Checkpoint)
class CheckpointAdmin(_OfSupervisors):
    list_display = ("poll", "at", "i", "hash")
    list_select_related = ("poll",)
