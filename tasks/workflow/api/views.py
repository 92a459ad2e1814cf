"""The API of tasks and of the catalogue."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.api.base import PostView, find
from tasks.enums import Action
from tasks.models import Task
from tasks.workflow.api.bodies import BODIES, EmptyBody
from tasks.workflow.api.serializers import TaskDetail, detail
from tasks.workflow.queries import actionable_by, decidable, whole
from tasks.workflow.table import check
from tasks.workflow.use_cases import USE_CASES


class TaskView(APIView):
    """One task, with its timeline and what the reader may do."""

    @extend_schema(responses=TaskDetail)
    def get(self, request: Request, number: str) -> Response:
        tasks = Task.objects.visible_to(request.user, one=True)
        task = find(whole(tasks), number=number)
        return Response(detail(task, request.user, timezone.now()))


class TaskActionView(PostView):
    """Does one action of the workflow with a task; role first, then state, then the body."""

    action = Action.ACCEPT

    @extend_schema(responses=TaskDetail)
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        now = timezone.now()
        tasks = actionable_by(request.user, self.action)
        task = find(decidable(tasks, request.user), number=kwargs["number"])
        check(task, self.action, request.user)
        body = BODIES.get(self.action, EmptyBody)(data=request.data, context={"request": request})
        body.is_valid(raise_exception=True)
        moved = USE_CASES[self.action](task=task, by=request.user, now=now, **body.validated_data)
        return Response(detail(moved, request.user, now))
