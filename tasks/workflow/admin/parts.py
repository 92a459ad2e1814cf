"""What belongs to a task: to read on the task's page, or (for superusers) in lists of their own."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy

from orgs.admin.base import ReadOnlyInline, ScopedReadOnlyAdmin
from orgs.values import phones
from tasks.enums import PRIVATE_RELATIONS
from tasks.models import (
    Assignment,
    DayCount,
    DecisionRequest,
    Event,
    Exclusion,
    FeedbackRound,
    LimitStepTaken,
    Patrol,
    Rating,
    Task,
    TaskAttachment,
    Transfer,
    WhistleFeedback,
)
from tasks.workflow import queries, timeline
from tasks.workflow.rules.workflow import WORKFLOW

if TYPE_CHECKING:
    from orgs.scoping import Person


class TaskEvents(ReadOnlyInline):
    """The timeline as this reader may see it. Django makes one inline for each request."""

    model = Event
    fields = ("at", "author", "action", "sentence", "text", "photos")
    readonly_fields = fields
    reader: "Person"
    task: Task | None = None

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        self.reader, self.task = request.user, obj
        return super().get_formset(request, obj, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        if self.task is None:
            return Event.objects.none()
        internal = timeline.is_authority(self.task, self.reader)
        return queries.timeline(self.task, internal=internal).order_by("id")

    @admin.display(description=gettext_lazy("by"))
    def author(self, event: Event) -> str:
        assert self.task is not None
        return timeline.author(event, self.task, self.reader)

    @admin.display(description=gettext_lazy("detail"))
    def sentence(self, event: Event) -> str:
        assert self.task is not None
        return WORKFLOW.sentence(event, internal=timeline.is_authority(self.task, self.reader))

    @admin.display(description=gettext_lazy("photos"))
    def photos(self, event: Event) -> str:
        return _photos([joined.attachment_id for joined in event.attached.all()])


def _photos(keys: list[Any]) -> str:
    links = ((reverse("orgs:attachment", args=[key]), str(key)[:8]) for key in keys)
    return format_html_join(" ", '<a href="{}">{}</a>', links)


class TaskAssignments(ReadOnlyInline):
    model = Assignment
    fields = (
        "round",
        "department",
        "role",
        "status",
        "person",
        "dispatched_at",
        "report_in_by",
        "reported_in_at",
        "respond_by",
        "contacted_at",
        "resolve_by",
        "finished_at",
        "result",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assignment]:
        return super().get_queryset(request).select_related("department", "person")


class TaskLimitSteps(ReadOnlyInline):
    model = LimitStepTaken
    fields = ("kind", "due_at", "step", "at")
    readonly_fields = fields


class TaskRequests(ReadOnlyInline):
    model = DecisionRequest
    fk_name = "task"
    fields = ("kind", "department", "until", "reason", "asked_at", "granted", "decided_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[DecisionRequest]:
        return super().get_queryset(request).select_related("department")


class TaskRatings(ReadOnlyInline):
    model = Rating
    fields = ("at", "stars", "contacted", "resolved", "text", "called_back")
    readonly_fields = fields


class TaskTransfers(ReadOnlyInline):
    model = Transfer
    fields = ("at", "from_unit", "to_unit")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transfer]:
        return super().get_queryset(request).select_related("from_unit", "to_unit")


# --- Lists over all tasks ----------------------------------------------------------------------


class PartAdmin(ScopedReadOnlyAdmin):
    """A list over all tasks, for superusers; others read each task's parts on its page."""

    list_select_related: ClassVar[bool | list[str] | tuple[str, ...]] = ("task",)
    show_full_result_count = False
    search_fields = ("=task__number",)
    search_help_text = gettext_lazy("The whole number of a task")


@admin.register(Event)
class EventAdmin(PartAdmin):
    list_display = ("at", "task", "action", "who", "department", "person", "to_status")
    list_filter = ("action", "who", "internal")
    list_select_related = ("task", "department", "by")
    fields = ("task", "at", "action", "who", "department", "person", "text", "internal", "data")

    @admin.display(description=gettext_lazy("by"))
    def person(self, event: Event) -> str:
        """Staff by name, private people masked."""
        if event.by is None:
            return ""
        return phones.mask_name(event.by.name) if event.who in PRIVATE_RELATIONS else str(event.by)


@admin.register(Assignment)
class AssignmentAdmin(PartAdmin):
    list_display = ("task", "department", "role", "status", "dispatched_at", "reported_in_at")
    list_filter = ("status", "role", "department")
    list_select_related = ("task", "department")


@admin.register(LimitStepTaken)
class LimitStepTakenAdmin(PartAdmin):
    list_display = ("at", "task", "kind", "step", "due_at")
    list_filter = ("kind", "step")


@admin.register(DecisionRequest)
class DecisionRequestAdmin(PartAdmin):
    list_display = ("task", "kind", "department", "asked_at", "granted", "decided_at")
    list_filter = ("kind", "granted")
    list_select_related = ("task", "department")
    fields = ("task", "kind", "department", "until", "reason", "asked_at", "granted", "decided_at")


@admin.register(Rating)
class RatingAdmin(PartAdmin):
    list_display = ("at", "task", "stars", "contacted", "resolved", "called_back")
    list_filter = ("stars", "resolved", "called_back")
    fields = ("task", "at", "stars", "contacted", "resolved", "called_back", "text")


@admin.register(Transfer)
class TransferAdmin(PartAdmin):
    list_display = ("at", "task", "from_unit", "to_unit")
    list_select_related = ("task", "from_unit", "to_unit")


@admin.register(TaskAttachment)
class TaskAttachmentAdmin(PartAdmin):
    list_display = ("event", "attachment", "position")
    list_select_related = ("event", "attachment")
    search_fields = ("=event__task__number",)


@admin.register(Exclusion)
class ExclusionAdmin(PartAdmin):
    list_display = ("asked_at", "task", "reason_code", "granted", "decided_at")
    list_filter = ("granted", "reason_code")


@admin.register(DayCount)
class DayCountAdmin(PartAdmin):
    """What the rates are summed from; written by the job that counts."""

    list_display = ("day", "unit", "department", "category", "reported", "due", "rated")
    list_select_related = ("unit", "department", "category")
    search_fields = ("=unit__code",)
    search_help_text = gettext_lazy("The whole code of a unit")
    date_hierarchy = "day"


@admin.register(Patrol)
class PatrolAdmin(PartAdmin):
    list_display = ("at", "unit", "by", "finding", "due_on", "rechecked_at")
    list_select_related = ("unit", "by")
    search_fields = ("=unit__code",)
    search_help_text = gettext_lazy("The whole code of a unit")
    date_hierarchy = "at"


@admin.register(FeedbackRound)
class FeedbackRoundAdmin(PartAdmin):
    list_display = ("street", "first", "last", "closes_on", "opened_by")
    list_select_related = ("street", "opened_by")
    search_fields = ("=street__code",)
    search_help_text = gettext_lazy("The whole code of a unit")


@admin.register(WhistleFeedback)
class WhistleFeedbackAdmin(PartAdmin):
    list_display = ("at", "task", "department", "justified", "clear")
    list_select_related = ("task", "department")
    list_filter = ("justified",)
