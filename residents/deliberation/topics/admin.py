"""Topics and what belongs to them in the admin: found and read; the use-cases write them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from orgs.admin.base import ReadOnlyAdmin, ReadOnlyInline, ScopedReadOnlyAdmin
from residents.deliberation.models import (
    Comment,
    CoSignature,
    JointMeeting,
    Promise,
    Topic,
    TopicEntry,
    TopicObjection,
    TopicRule,
    TopicSide,
    TopicText,
)


class EntriesOfTopic(ReadOnlyInline):
    """The timeline of a topic."""

    model = TopicEntry
    fields = ("at", "by", "who", "action", "text")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[TopicEntry]:
        return super().get_queryset(request).select_related("by")


class SidesOfTopic(ReadOnlyInline):
    model = TopicSide
    fields = ("kind", "name", "statement", "stated_at")
    readonly_fields = fields


class TextsOfTopic(ReadOnlyInline):
    model = TopicText
    fields = ("version", "title", "text", "reason", "at")
    readonly_fields = fields


@admin.register(Topic)
class TopicAdmin(ScopedReadOnlyAdmin):
    list_display = ("title", "unit", "decider", "stage", "round", "created_at")
    list_filter = ("stage", "decider")
    list_select_related = ("unit",)
    search_fields = ("title",)
    inlines = (SidesOfTopic, TextsOfTopic, EntriesOfTopic)


@admin.register(TopicRule)
class TopicRuleAdmin(ReadOnlyAdmin):
    list_display = ("place", "version", "threshold", "counted_by", "petition_basis", "source")
    list_select_related = ("place",)


@admin.register(CoSignature)
class CoSignatureAdmin(ScopedReadOnlyAdmin):
    """That somebody signed; who it is stands on the topic's page, as each reader may see it."""

    list_display = ("topic", "version", "is_owner", "at", "ended_at")
    list_select_related = ("topic",)
    fields = list_display
    readonly_fields = list_display


@admin.register(Comment)
class CommentAdmin(ScopedReadOnlyAdmin):
    list_display = ("topic", "speaks_as", "at", "state", "reason")
    list_filter = ("state",)
    list_select_related = ("topic",)
    fields = list_display
    readonly_fields = list_display


@admin.register(JointMeeting)
class JointMeetingAdmin(ScopedReadOnlyAdmin):
    list_display = ("title", "unit", "starts_at", "where", "minutes_at")
    list_select_related = ("unit",)
    search_fields = ("title",)


@admin.register(Promise)
class PromiseAdmin(ScopedReadOnlyAdmin):
    list_display = ("text", "topic", "owner", "budget_fen", "due_on", "state")
    list_filter = ("state",)
    list_select_related = ("topic",)
    search_fields = ("text",)


@admin.register(TopicObjection)
class TopicObjectionAdmin(ScopedReadOnlyAdmin):
    list_display = ("topic", "round", "text", "at", "answered_at")
    list_select_related = ("topic",)
    fields = ("topic", "round", "text", "at", "answer", "answered_at")
    readonly_fields = fields
