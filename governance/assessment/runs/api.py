"""The API of runs and their scores."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import serializers
from rest_framework.generics import RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.assessment.enums import Note
from governance.assessment.indicators import registry
from governance.assessment.models import Run, Scheme, Score
from governance.assessment.runs import queries, runs
from governance.assessment.runs.bodies import RunBody
from governance.assessment.runs.specification import SPECIFICATIONS
from governance.assessment.runs.workflow import WORKFLOW
from orgs.api.base import CreateView, VisibleListView, find
from orgs.api.pagination import KeyPagination
from orgs.errors import Refused
from orgs.web.paging import key_of
from orgs.workflow.api import WorkflowActionView


class RunSerializer(serializers.ModelSerializer):
    """One run: `scored` of `subjects` are done; `corrects` is the run that it takes the place of."""

    code = serializers.CharField()
    version = serializers.IntegerField(source="scheme.version")
    available_actions = serializers.SerializerMethodField()

    class Meta:
        model = Run
        fields = [
            "id", "scheme", "code", "version", "period", "starts", "ends", "revision", "corrects",
            "reason", "state", "as_of", "subjects", "scored", "fingerprint", "started_at",
            "computed_at", "released_at", "appeal_until", "published_at", "archived_at",
            "available_actions",
        ]  # fmt: skip

    def get_available_actions(self, row: Run) -> list[str]:
        user = self.context["request"].user
        return [action.value for action in WORKFLOW.available_actions(row, user)]


@extend_schema_view(get=extend_schema(operation_id="runs_list"))
class RunListView(CreateView, VisibleListView):
    """The runs in sight, newest first; POST starts one, which a worker computes."""

    serializer_class = answer_class = RunSerializer
    body_class = RunBody
    pagination_class = KeyPagination
    queryset = Run.objects.select_related("scheme")

    def call(self, scheme: int, period: str, **body: Any) -> Run:
        rows = Scheme.objects.visible_to(body["by"], one=True).select_related("district")
        found = rows.filter(pk=scheme).first()
        if found is None:
            raise Refused(_("There is no such scheme."), code="unknown_scheme", field="scheme")
        return runs.start(scheme=found, period=period, **body)


@extend_schema_view(get=extend_schema(operation_id="runs_read"))
class RunView(RetrieveAPIView):
    """One run: where it stands."""

    serializer_class = RunSerializer
    queryset = Run.objects.none()

    def get_queryset(self) -> QuerySet[Run]:
        rows: QuerySet[Run] = Run.objects.visible_to(self.request.user, one=True)
        return rows.select_related("scheme")


class RunActionView(WorkflowActionView):
    """Takes one action with a run."""

    workflow, specifications = WORKFLOW, SPECIFICATIONS
    answer_class = RunSerializer

    def find_row(self) -> Run:
        seen = Run.objects.visible_to(self.user, one=True).select_related("scheme__district")
        row: Run | None = seen.filter(pk=self.kwargs["pk"]).first()
        if row is None:
            raise Http404
        return row


class SubjectSerializer(serializers.Serializer):
    kind = serializers.CharField()
    code = serializers.CharField()
    name = serializers.CharField()


class ScoreIndicatorSerializer(serializers.Serializer):
    """Both sides of a figure as whole numbers; `value` and `points` are decimals as text."""

    code = serializers.CharField()
    numerator = serializers.IntegerField()
    denominator = serializers.IntegerField()
    rows = serializers.IntegerField()
    value = serializers.CharField(allow_null=True)
    points = serializers.CharField(allow_null=True)
    weight = serializers.IntegerField()
    note = serializers.ChoiceField(choices=Note.choices, allow_blank=True)

    def get_fields(self) -> dict[str, Any]:
        # `label` is taken by serializers themselves.
        return super().get_fields() | {"label": serializers.CharField()}


class ScoreSerializer(serializers.ModelSerializer):
    subject = serializers.SerializerMethodField()
    indicators = serializers.SerializerMethodField()
    appeal_until = serializers.DateTimeField(source="run.appeal_until")

    class Meta:
        model = Score
        fields = ["id", "run", "subject", "value", "band", "indicators", "appeal_until"]

    @extend_schema_field(SubjectSerializer)
    def get_subject(self, row: Score) -> dict[str, str]:
        return {"kind": row.run.scheme.subject_kind, "code": row.code, "name": row.name}

    @extend_schema_field(ScoreIndicatorSerializer(many=True))
    def get_indicators(self, row: Score) -> list[dict[str, Any]]:
        return [
            {
                "code": line.item.code, "label": str(line.indicator.label),
                "numerator": line.numerator, "denominator": line.denominator, "rows": line.rows,
                "value": line.value, "points": line.points, "weight": line.item.weight,
                "note": line.note.value,
            }
            for line in queries.lines(row)
        ]  # fmt: skip


class CodeOrder(KeyPagination):
    """In the order of the subjects, never by score."""

    ordering = "id"


@extend_schema_view(get=extend_schema(operation_id="runs_scores"))
class ScoreListView(VisibleListView):
    """The scores of a run that one may see: all of a scheme that one answers for, else one's own."""

    serializer_class = ScoreSerializer
    pagination_class = CodeOrder
    queryset = Score.objects.select_related("run__scheme")

    def get_queryset(self) -> QuerySet[Score]:
        seen = Run.objects.visible_to(self.request.user, one=True)
        if not seen.filter(pk=self.kwargs["pk"]).exists():
            raise Http404
        rows: QuerySet[Score] = super().get_queryset().filter(run=self.kwargs["pk"])
        return rows


class RowSerializer(serializers.Serializer):
    """One row that counted: what it adds to both sides, in words, and its page."""

    key = serializers.IntegerField()
    text = serializers.CharField()
    url = serializers.CharField()
    numerator = serializers.IntegerField()
    denominator = serializers.IntegerField()
    left_out = serializers.BooleanField()


class RowsSerializer(serializers.Serializer):
    indicator = serializers.CharField()
    results = RowSerializer(many=True)
    next = serializers.IntegerField(allow_null=True)


class ScoreRowsView(APIView):
    """GET answers the rows that an indicator of a score counted; `after` is the key of the last one seen."""

    @extend_schema(
        operation_id="scores_rows",
        parameters=[
            OpenApiParameter("indicator", str, required=True),
            OpenApiParameter("after", int),
        ],
        responses=RowsSerializer,
    )
    def get(self, request: Request, pk: int) -> Response:
        seen = Score.objects.visible_to(request.user, one=True).select_related("run__scheme")
        score = find(seen, pk=pk)
        code = request.query_params.get("indicator", "")
        registry.get(code)
        if code not in queries.definition_of(score.run).names:
            raise Refused(
                _("This indicator is not part of the score."),
                code="unknown_indicator", field="indicator",
            )  # fmt: skip
        after = key_of(request.query_params.get("after")) or 0
        rows = queries.rows_behind(score, code, after)
        following = rows[-1].key if len(rows) == queries.MOST_ROWS else None
        answer = {"indicator": code, "results": rows, "next": following}
        return Response(RowsSerializer(answer).data)
