"""How tasks look in the API: one dictionary a row, without a query of its own."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils import timezone
from rest_framework import serializers

from orgs.db.prefetched import knows
from tasks.enums import Light, LimitKind, Status
from tasks.models import Event, Task
from tasks.workflow import timeline
from tasks.workflow.queries import entries
from tasks.workflow.rules.relations import handed
from tasks.workflow.rules.workflow import WORKFLOW

if TYPE_CHECKING:
    from tasks.workflow.rules.relations import Actor


class AssignmentRow(serializers.Serializer):
    department = serializers.CharField()
    role = serializers.CharField()
    status = serializers.CharField()
    reported_in_at = serializers.DateTimeField(allow_null=True)


class EventRow(serializers.Serializer):
    action = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()
    text = serializers.CharField()
    detail = serializers.CharField()
    attachments = serializers.ListField(child=serializers.UUIDField())


class TaskRow(serializers.Serializer):
    """One row of a list. The fields describe; `to_representation` writes them at once, for speed."""

    number = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    title = serializers.CharField()
    unit = serializers.CharField()
    unit_path = serializers.CharField()
    category = serializers.CharField()
    channel = serializers.CharField()
    urgent = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    report_in_by = serializers.DateTimeField(allow_null=True)
    respond_by = serializers.DateTimeField(allow_null=True)
    resolve_by = serializers.DateTimeField(allow_null=True)
    due_by = serializers.DateTimeField(allow_null=True, help_text="The limit that runs now.")
    due_kind = serializers.ChoiceField(choices=LimitKind.choices, allow_null=True)
    light = serializers.ChoiceField(choices=Light.choices, allow_null=True)
    self_confirmed = serializers.BooleanField()
    reply_by = serializers.DateTimeField(allow_null=True)
    reply_light = serializers.ChoiceField(choices=Light.choices, allow_null=True)
    assignments = AssignmentRow(many=True)

    def to_representation(self, task: Task) -> dict[str, Any]:
        return row(task, self.context["now"])


class TaskDetail(TaskRow):
    """One whole task, as this reader may see it."""

    text = serializers.CharField()
    contact_name = serializers.CharField()
    contact_phone = serializers.CharField()
    spot = serializers.CharField(help_text="Where exactly, in the reporter's words.")
    lon = serializers.FloatField(allow_null=True)
    lat = serializers.FloatField(allow_null=True)
    whistle_kind = serializers.CharField()
    outcome = serializers.CharField()
    result = serializers.CharField()
    merged_into = serializers.CharField(allow_null=True)
    handed_to = serializers.CharField(
        allow_null=True, help_text="Who of the reader's own office has it."
    )
    available_actions = serializers.ListField(child=serializers.CharField())
    events = EventRow(many=True)

    def to_representation(self, task: Task) -> dict[str, Any]:
        return detail(task, self.context["user"], self.context["now"])


def _time(value: datetime | None) -> str | None:
    return timezone.localtime(value).isoformat() if value else None


def row(task: Task, now: datetime) -> dict[str, Any]:
    """What a list shows of a task."""
    dispatch = task.dispatch
    return {
        "number": task.number,
        "status": task.status,
        "title": task.title,
        "unit": task.unit.code,
        "unit_path": task.unit.path_name,
        "category": task.category.code,
        "channel": task.channel,
        "urgent": task.is_urgent,
        "created_at": _time(task.created_at),
        "report_in_by": _time(dispatch.report_in_by) if dispatch else None,
        "respond_by": _time(dispatch.respond_by) if dispatch else None,
        "resolve_by": _time(task.resolve_by),
        "due_by": _time(task.limit_at),
        "due_kind": task.limit_kind or None,
        "light": task.light(now),
        "self_confirmed": task.self_confirmed,
        "reply_by": _time(task.reply_by),
        "reply_light": task.reply_light(now),
        "assignments": [
            {
                "department": assignment.department.code,
                "role": assignment.role,
                "status": assignment.status,
                "reported_in_at": _time(assignment.reported_in_at),
            }
            for assignment in task.assignments.all()
        ],
    }


def detail(task: Task, user: "Actor", now: datetime) -> dict[str, Any]:
    """What the page of a task shows to one reader."""
    name, phone = timeline.contact_for(task, user)
    return row(task, now) | {
        "text": task.text,
        "contact_name": name,
        "contact_phone": phone,
        "spot": task.spot,
        "lon": task.lon,
        "lat": task.lat,
        "whistle_kind": task.whistle_kind,
        "outcome": task.outcome,
        "result": task.result,
        "merged_into": task.merged_into.number if task.merged_into else None,
        "handed_to": _handed_to(task, user),
        "available_actions": WORKFLOW.available_actions(task, user, now),
        "events": [_event(event, files, task, user) for event, files in _entries(task, user)],
    }


def _handed_to(task: Task, user: "Actor") -> str | None:
    has_it = handed(task, user)
    return has_it.name if has_it else None


def _entries(task: Task, user: "Actor") -> list[tuple[Event, list[UUID]]]:
    """The timeline as far as this reader may see it, with the keys of photos and videos; a new task
    carries its first entry."""
    if knows(task, "events"):
        return [
            (event, [file.attachment_id for file in event.attached.all()])
            for event in task.events.all()
        ]
    return entries(task, internal=timeline.is_authority(task, user))


def _event(event: Event, files: list[UUID], task: Task, user: "Actor") -> dict[str, Any]:
    return {
        "action": event.action,
        "by": timeline.author(event, task, user),
        "at": _time(event.at),
        "text": event.text,
        "detail": WORKFLOW.sentence(event, internal=timeline.is_authority(task, user)),
        "attachments": [str(file) for file in files],
    }
