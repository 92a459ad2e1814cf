"""The API of tasks and of the catalogue."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.api.base import PostView, find
from tasks.actions import USE_CASES
from tasks.api.bodies import BODIES, EmptyBody, ReportBody
from tasks.api.presenting import TaskDetail, TaskRow, detail
from tasks.enums import Action
from tasks.filters import TaskFilter
from tasks.models import Category, Task
from tasks.queries import actionable_by, decidable, rows, whole
from tasks.reporting import report
from tasks.throttling import count_report
from tasks.workflow import check


class TaskListView(PostView, ListAPIView):
    """The tasks in sight, newest first; POST reports a problem."""

    serializer_class = TaskRow
    filter_backends = [DjangoFilterBackend]
    filterset_class = TaskFilter
    queryset = Task.objects.none()

    def get_queryset(self) -> QuerySet[Task]:
        return rows(Task.objects.visible_to(self.request.user))

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "now": timezone.now()}

    @extend_schema(request=ReportBody, responses={201: TaskDetail})
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        body = ReportBody(data=request.data, context={"request": request})
        body.is_valid(raise_exception=True)
        # What is not right was refused above: it uses up nobody's share.
        count_report(request)
        now = timezone.now()
        task = report(by=request.user, now=now, **body.validated_data)
        return Response(detail(task, request.user, now), status=201)


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


class CategoryListView(APIView):
    """All categories as one list; only selectable ones can be reported."""

    @extend_schema(
        responses={
            200: {
                "type": "object",
                "properties": {
                    "results": {"type": "array", "items": {"type": "object"}},
                    "next": {"type": "string", "nullable": True},
                    "previous": {"type": "string", "nullable": True},
                },
            }
        }
    )
    def get(self, request: Request) -> Response:
        results = [
            {
                "code": category.code,
                "name": category.name,
                "parent": category.parent.code if category.parent else None,
            }
            for category in Category.objects.filter(is_selectable=True).select_related("parent")
        ]
        return Response({"results": results, "next": None, "previous": None})
