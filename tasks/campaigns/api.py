"""The API of campaign lists and their measures."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.api.base import CreateView, find
from orgs.workflow.api import WorkflowActionView
from tasks.campaigns import queries
from tasks.campaigns.bodies import CampaignBody, NewMeasureBody
from tasks.campaigns.campaigns import add_measure, create_campaign
from tasks.campaigns.filters import MeasureFilter
from tasks.campaigns.specification import SPECIFICATIONS
from tasks.campaigns.workflow import WORKFLOW
from tasks.enums import Light
from tasks.models import Campaign, Measure, MeasureEntry

# --- What is shown -------------------------------------------------------------------------------


class CampaignRow(serializers.ModelSerializer):
    """A list; its owner is a district or a street, by code."""

    owner = serializers.CharField(source="owner.code")

    class Meta:
        model = Campaign
        fields: tuple[str, ...] = (
            *("id", "name", "document", "owner"),
            *("starts", "ends", "created_at"),
        )


class CampaignDetail(CampaignRow):
    """A list with how far it is."""

    progress = serializers.DictField(child=serializers.IntegerField(), read_only=True)

    class Meta(CampaignRow.Meta):
        fields = (*CampaignRow.Meta.fields, "progress")

    def to_representation(self, instance: Campaign) -> dict[str, Any]:
        today = timezone.localdate()
        progress = queries.progress_of([instance], today)[instance.pk]
        counts = ("total", "open", "submitted", "closed", "overdue", "due_soon")
        instance.progress = {name: getattr(progress, name) for name in counts}  # type: ignore[attr-defined]
        return super().to_representation(instance)


class MeasureRow(serializers.ModelSerializer):
    """One row of a list; departments by their codes."""

    lead = serializers.CharField(source="lead.code")
    assist = serializers.SerializerMethodField()
    light = serializers.SerializerMethodField()

    class Meta:
        model = Measure
        fields: tuple[str, ...] = (
            *("id", "campaign", "number", "aspect", "problem", "text", "lead", "assist"),
            *("due_on", "state", "light", "submitted_at", "done_on", "closed_at"),
        )

    def get_assist(self, row: Measure) -> list[str]:
        return [department.code for department in row.assist.all()]

    @extend_schema(responses=serializers.ChoiceField(choices=Light.choices))
    def get_light(self, row: Measure) -> str:
        return row.light(timezone.localdate()).value


class EntryRow(serializers.ModelSerializer):
    by = serializers.CharField()
    department = serializers.CharField(source="department.code", default=None)
    attachments = serializers.SerializerMethodField()

    class Meta:
        model = MeasureEntry
        fields = ("id", "action", "by", "department", "at", "text", "reference", "attachments")

    def get_attachments(self, row: MeasureEntry) -> list[str]:
        return [str(attached.attachment_id) for attached in row.attached.all()]


class MeasureDetail(MeasureRow):
    """A whole measure: `evidence` is the id of the entry that proves it."""

    available_actions = serializers.SerializerMethodField()
    entries = serializers.SerializerMethodField()

    class Meta(MeasureRow.Meta):
        fields = (*MeasureRow.Meta.fields, "evidence", "available_actions", "entries")

    def get_available_actions(self, row: Measure) -> list[str]:
        return [
            action.value for action in WORKFLOW.available_actions(row, self.context["request"].user)
        ]

    def get_entries(self, row: Measure) -> Any:
        return EntryRow(queries.entries(row), many=True).data


# --- Calls ---------------------------------------------------------------------------------------


class CampaignListView(CreateView, ListAPIView):
    """The campaign lists in sight, newest first; POST opens one."""

    serializer_class = CampaignRow
    body_class, answer_class = CampaignBody, CampaignDetail
    queryset = Campaign.objects.none()

    def get_queryset(self) -> QuerySet[Campaign]:
        return queries.campaigns(self.request.user)

    def call(self, **body: Any) -> Campaign:
        return create_campaign(**body)


class CampaignView(APIView):
    """One list with how far it is."""

    @extend_schema(responses=CampaignDetail)
    def get(self, request: Request, pk: int) -> Response:
        row = find(queries.campaigns(request.user), pk=pk)
        return Response(CampaignDetail(row).data)


class MeasureListView(CreateView, ListAPIView):
    """The measures in sight, newest first; POST puts one on a list."""

    serializer_class = MeasureRow
    body_class, answer_class = NewMeasureBody, MeasureDetail
    filterset_class = MeasureFilter
    queryset = Measure.objects.none()

    def get_queryset(self) -> QuerySet[Measure]:
        return queries.measures(Measure.objects.visible_to(self.request.user))

    def call(self, **body: Any) -> Measure:
        return add_measure(**body)


class MeasureView(APIView):
    """One measure with its timeline and what the reader may do."""

    @extend_schema(responses=MeasureDetail)
    def get(self, request: Request, pk: int) -> Response:
        return _answer(_measure(request, pk), request)


class MeasureActionView(WorkflowActionView):
    """Takes one action with a measure."""

    workflow = WORKFLOW
    specifications = SPECIFICATIONS
    answer_class = MeasureDetail

    def find_row(self) -> Measure:
        return _measure(self.request, self.kwargs["pk"])


def _measure(request: Request, pk: int) -> Measure:
    seen = Measure.objects.visible_to(request.user, one=True)
    return find(queries.measures(seen), pk=pk)


def _answer(row: Measure, request: Request, status: int = 200) -> Response:
    return Response(MeasureDetail(row, context={"request": request}).data, status=status)
