"""The API of tasks and of the catalogue."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.api.base import find
from orgs.workflow.api import WorkflowActionView
from tasks.models import Task
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
