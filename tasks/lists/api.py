"""The API of the list of tasks: reading it, adding to it, exporting it, saved filters, many at once."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view, inline_serializer
from rest_framework import serializers
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from orgs.accounts.sign_in import signed_in
from orgs.api.base import ActionView, ChangeView, CreateView
from orgs.api.fields import RowSerializer
from orgs.api.pagination import SortedPagination
from orgs.api.renderers import WorkbookRenderer
from orgs.crypto import sealed_index
from orgs.models import User
from orgs.values import phones
from orgs.web.pages import WORKBOOK_TYPE, dated, workbook
from orgs.workflow.specification import EmptyBody
from tasks.enums import Action
from tasks.lists import export, saved_filters
from tasks.lists.filters import SORTED, TaskFilter, kept
from tasks.models import SavedFilter, Task
from tasks.reports.api import ReportBody
from tasks.reports.report import report
from tasks.reports.throttling import count_report
from tasks.workflow import bulk
from tasks.workflow.api.serializers import TaskDetail, TaskRow, detail
from tasks.workflow.queries import listed
from tasks.workflow.specification import SPECIFICATIONS


class TaskListView(CreateView, ListAPIView):
    """The tasks in sight, newest first unless `sort` says otherwise; POST reports a problem."""

    pagination_class = SortedPagination
    serializer_class = TaskRow
    body_class, answer_class = ReportBody, TaskDetail
    filterset_class = TaskFilter
    queryset = Task.objects.none()

    def get_queryset(self) -> QuerySet[Task]:
        return listed(Task.objects.visible_to(self.request.user))

    @property
    def sorted_by(self) -> tuple[str, ...]:
        """What the filter has annotated."""
        return SORTED if self.request.query_params.get("sort") else ()

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "now": timezone.now()}

    def call(self, *, now: datetime, **body: Any) -> Task:
        # What is not right was refused before: it uses up nobody's share.
        count_report(self.request)
        return report(now=now, **body)

    def represent(self, result: Task) -> Any:
        return detail(result, self.request.user, timezone.now())


class WorkbookView(GenericAPIView):
    """The tasks that a list with the same filters shows, as the roster 居民诉求登记表 (.xlsx)."""

    filterset_class = TaskFilter
    queryset = Task.objects.none()
    renderer_classes = [JSONRenderer, WorkbookRenderer]
    serializer_class = EmptyBody
    pagination_class = None

    def get_queryset(self) -> QuerySet[Task]:
        return Task.objects.visible_to(self.request.user)

    @extend_schema(
        operation_id="tasks_export",
        responses={(200, WORKBOOK_TYPE): {"type": "string", "format": "binary"}},
    )
    def get(self, request: Request) -> HttpResponseBase:
        names = TaskFilter.base_filters
        workbook_of = export.export(
            tasks=self.filter_queryset(self.get_queryset()),
            filters={
                name: str(text) for name, text in request.query_params.items() if name in names
            },
            by=signed_in(request),
            now=timezone.now(),
        )
        return workbook(workbook_of.file, dated(export.TITLE))


class CallerBody(serializers.Serializer):
    phone = serializers.CharField(max_length=30)


class Caller(serializers.Serializer):
    caller = serializers.CharField()


@extend_schema_view(post=extend_schema(operation_id="tasks_caller"))
class CallerView(ActionView):
    """What stands for a telephone number in the filter `caller`: no address names the number itself."""

    body_class, answer_class = CallerBody, Caller

    def call(self, *, phone: str, **who: Any) -> dict[str, str]:
        return {"caller": sealed_index(phones.index(phones.normalise(phone)))}


# --- Saved filters -------------------------------------------------------------------------------


class SavedFilterRow(serializers.ModelSerializer):
    class Meta:
        model = SavedFilter
        fields = ["id", "name", "query", "is_default"]


class SavedFilterBody(RowSerializer):
    class Meta:
        model = SavedFilter
        fields = ["name", "query", "is_default"]


class SavedFilterChange(RowSerializer):
    class Meta:
        model = SavedFilter
        fields = ["name", "is_default"]


class SavedFiltersView(CreateView):
    """The signed-in person's own filters of the list of tasks."""

    body_class, answer_class = SavedFilterBody, SavedFilterRow

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

    def call(self, *, query: str, by: User, now: datetime, **body: Any) -> SavedFilter:
        return saved_filters.save(query=kept(query.removeprefix("?")), by=by, **body)


class SavedFilterView(ChangeView):
    """One of the signed-in person's own filters."""

    body_class, answer_class = SavedFilterChange, SavedFilterRow

    def get_object(self) -> SavedFilter:
        return get_object_or_404(saved_filters.own(self.user), pk=self.kwargs["pk"])

    def call(self, *, by: User, now: datetime, **body: Any) -> SavedFilter:
        present = {"name": self.object.name, "is_default": self.object.is_default}
        return saved_filters.change(saved=self.object, by=by, **present | body)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        saved_filters.delete(saved=self.get_object(), by=self.user)
        return Response(status=204)


# --- Many at once --------------------------------------------------------------------------------


class BulkBody(serializers.Serializer):
    action = serializers.ChoiceField(
        choices=[(action.value, action.label) for action in bulk.ACTIONS]
    )
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


class BulkAnswer(serializers.Serializer):
    results = BulkLine(many=True)


@extend_schema_view(post=extend_schema(operation_id="tasks_bulk"))
class BulkView(ActionView):
    """One action with up to 100 tasks; each is answered on its own, in the order given."""

    body_class, answer_class = BulkBody, BulkAnswer

    def call(self, *, action: str, body: Any = None, **given: Any) -> dict[str, Any]:
        step, context = Action(action), self.get_serializer_context()
        checked = SPECIFICATIONS[step].body(data=body or {}, context=context)
        checked.is_valid(raise_exception=True)
        return {"results": bulk.act(action=step, body=checked.validated_data, **given)}
