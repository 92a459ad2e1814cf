"""The API of tasks and of the catalogue."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.api.base import ActionView, find
from orgs.models import User
from orgs.workflow.api import WorkflowActionView
from residents.privacy import unmasking
from tasks.enums import Permission
from tasks.models import Task
from tasks.workflow import contacts
from tasks.workflow.api.serializers import TaskDetail, detail
from tasks.workflow.queries import actionable_by, decidable, whole
from tasks.workflow.rules.workflow import WORKFLOW
from tasks.workflow.specification import SPECIFICATIONS


class TaskView(APIView):
    """One task, with its timeline and what the reader may do."""

    @extend_schema(responses=TaskDetail)
    def get(self, request: Request, number: str) -> Response:
        tasks = Task.objects.visible_to(request.user, one=True)
        task = find(whole(tasks), number=number)
        return Response(detail(task, request.user, timezone.now()))


class PurposeBody(serializers.Serializer):
    purpose = serializers.CharField(max_length=unmasking.LONGEST_PURPOSE)


class ContactRow(serializers.Serializer):
    name = serializers.CharField()
    phone = serializers.CharField()


@extend_schema_view(post=extend_schema(operation_id="tasks_reveal_contact"))
class RevealContactView(ActionView):
    """Whom to call, in clear, for a purpose that is kept; so many times a day."""

    body_class, answer_class = PurposeBody, ContactRow
    permission = Permission.REVEAL_CONTACT
    is_remembered = False

    def get_object(self) -> Task:
        tasks = Task.objects.visible_to(self.user, one=True)
        found: Task = find(decidable(tasks, self.user), number=self.kwargs["number"])
        return found

    def call(self, *, purpose: str, by: User, now: datetime) -> contacts.Contact:
        return contacts.reveal(task=self.object, purpose=purpose, by=by, now=now)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        response = super().perform(request, **kwargs)
        add_never_cache_headers(response)
        return response


class TaskActionView(WorkflowActionView):
    """Takes one action with a task."""

    workflow = WORKFLOW
    specifications = SPECIFICATIONS
    answer_class = TaskDetail

    def find_row(self) -> Task:
        tasks = actionable_by(self.user, self.action)
        return find(decidable(tasks, self.user), number=self.kwargs["number"])

    def represent(self, result: Task) -> Any:
        return detail(result, self.user, timezone.now())
