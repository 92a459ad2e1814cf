"""The API of the list of tasks: reading it, adding to it, exporting it, saved filters, many at once."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils import timezone
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.accounts.sign_in import signed_in
from orgs.api.base import PostView, find
from orgs.imports import spreadsheets
from orgs.values import phones
from orgs.web.pages import dated, workbook
from tasks.enums import Action
from tasks.lists import export, saved_filters
from tasks.lists.filters import TaskFilter, kept
from tasks.models import SavedFilter, Task
from tasks.reports.api import ReportBody
from tasks.reports.report import report
from tasks.reports.throttling import count_report
from tasks.workflow import bulk
from tasks.workflow.api.bodies import BODIES, EmptyBody
from tasks.workflow.api.serializers import TaskDetail, TaskRow, detail
from tasks.workflow.queries import rows


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


class WorkbookRenderer(JSONRenderer):
    """Lets a client ask for a workbook by `Accept`; an error is still a problem in JSON."""

    media_type = spreadsheets.CONTENT_TYPE
    format = "xlsx"


class LedgerView(GenericAPIView):
    """The tasks that a list with the same filters shows, as the ledger 居民诉求登记表 (.xlsx)."""

    filter_backends = [DjangoFilterBackend]
    filterset_class = TaskFilter
    queryset = Task.objects.none()
    renderer_classes = [JSONRenderer, WorkbookRenderer]
    serializer_class = EmptyBody
    pagination_class = None

    def get_queryset(self) -> QuerySet[Task]:
        return Task.objects.visible_to(self.request.user)

    @extend_schema(
        operation_id="tasks_export",
        responses={(200, spreadsheets.CONTENT_TYPE): {"type": "string", "format": "binary"}},
    )
    def get(self, request: Request) -> HttpResponseBase:
        names = TaskFilter.base_filters
        found = export.export(
            tasks=self.filter_queryset(self.get_queryset()),
            filters={
                name: str(text) for name, text in request.query_params.items() if name in names
            },
            by=signed_in(request),
            now=timezone.now(),
        )
        return workbook(found.file, dated(export.TITLE))


class CallerBody(serializers.Serializer):
    phone = serializers.CharField(max_length=30)


class CallerView(PostView):
    """What stands for a telephone number in the filter `caller`: no address names the number itself."""

    @extend_schema(
        operation_id="tasks_caller",
        request=CallerBody,
        responses=inline_serializer("Caller", {"caller": serializers.CharField()}),
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        body = CallerBody(data=request.data)
        body.is_valid(raise_exception=True)
        return Response({"caller": phones.index(phones.normalise(body.validated_data["phone"]))})


# --- Saved filters -------------------------------------------------------------------------------


class SavedFilterRow(serializers.ModelSerializer):
    class Meta:
        model = SavedFilter
        fields = ["id", "name", "query", "is_default"]


class SavedFilterBody(serializers.Serializer):
    name = serializers.CharField(max_length=saved_filters.MAX_NAME)
    query = serializers.CharField(max_length=saved_filters.MAX_QUERY)
    is_default = serializers.BooleanField(default=False)


class SavedFilterChange(serializers.Serializer):
    name = serializers.CharField(max_length=saved_filters.MAX_NAME, required=False)
    is_default = serializers.BooleanField(required=False)


class SavedFiltersView(PostView):
    """The signed-in person's own filters of the list of tasks."""

    @extend_schema(
        operation_id="saved_filters_list",
        responses=inline_serializer(
            "SavedFilters",
            {
                "results": SavedFilterRow(many=True),
                "next": serializers.CharField(allow_null=True),
                "previous": serializers.CharField(allow_null=True),
            },
        ),
    )
    def get(self, request: Request) -> Response:
        own = SavedFilterRow(saved_filters.own(signed_in(request)), many=True)
        return Response({"results": own.data, "next": None, "previous": None})

    @extend_schema(request=SavedFilterBody, responses={201: SavedFilterRow})
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        body = SavedFilterBody(data=request.data)
        body.is_valid(raise_exception=True)
        data = body.validated_data
        query = kept(data.pop("query").removeprefix("?"))
        made = saved_filters.save(query=query, by=signed_in(request), **data)
        return Response(SavedFilterRow(made).data, status=201)


class SavedFilterView(APIView):
    """One of the signed-in person's own filters."""

    @extend_schema(request=SavedFilterChange, responses=SavedFilterRow)
    def patch(self, request: Request, pk: int) -> Response:
        user = signed_in(request)
        saved = find(saved_filters.own(user), pk=pk)
        body = SavedFilterChange(data=request.data)
        body.is_valid(raise_exception=True)
        present = {"name": saved.name, "is_default": saved.is_default}
        changed = saved_filters.change(saved=saved, by=user, **present | body.validated_data)
        return Response(SavedFilterRow(changed).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        user = signed_in(request)
        saved_filters.delete(saved=find(saved_filters.own(user), pk=pk), by=user)
        return Response(status=204)


# --- Many at once --------------------------------------------------------------------------------


class BulkBody(serializers.Serializer):
    action = serializers.ChoiceField(choices=[(one.value, one.label) for one in bulk.ACTIONS])
    numbers = serializers.ListField(
        child=serializers.CharField(max_length=20), allow_empty=False, max_length=bulk.MOST
    )
    body = serializers.DictField(required=False)


class BulkLine(serializers.Serializer):
    number = serializers.CharField()
    ok = serializers.BooleanField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField(source="message")


class BulkView(PostView):
    """One action with up to 100 tasks; each is answered on its own, in the order given."""

    @extend_schema(
        operation_id="tasks_bulk",
        request=BulkBody,
        responses=inline_serializer("BulkAnswer", {"results": BulkLine(many=True)}),
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        return super().post(request, **kwargs)

    def perform(self, request: Request, **kwargs: Any) -> Response:
        given = BulkBody(data=request.data)
        given.is_valid(raise_exception=True)
        action = Action(given.validated_data["action"])
        data = given.validated_data.get("body", {})
        body = BODIES.get(action, EmptyBody)(data=data, context={"request": request})
        body.is_valid(raise_exception=True)
        lines = bulk.act(
            action=action,
            numbers=given.validated_data["numbers"],
            body=body.validated_data,
            by=signed_in(request),
            now=timezone.now(),
        )
        return Response({"results": BulkLine(lines, many=True).data})


# --- Hotline -------------------------------------------------------------------------------------
