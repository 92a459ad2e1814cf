"""The API of campaign lists and their measures."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.accounts.sign_in import signed_in
from orgs.api.base import CreateView, PostView, find
from orgs.api.fields import DayField, RowSerializer
from orgs.models import Department, District, Unit
from tasks.campaigns import queries
from tasks.campaigns.campaigns import MAX_NUMBER, add_measure, change_measure, create_campaign
from tasks.campaigns.filters import MeasureFilter
from tasks.campaigns.use_cases import USE_CASES
from tasks.campaigns.workflow import available_actions, check
from tasks.enums import Light, MeasureAction
from tasks.models import MAX_TEXT, Campaign, Measure, MeasureEntry
from tasks.workflow.api.bodies import AttachedBody, ReasonBody

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
        found = queries.progress_of([instance], today)[instance.pk]
        counts = ("total", "open", "submitted", "closed", "overdue", "due_soon")
        instance.progress = {name: getattr(found, name) for name in counts}  # type: ignore[attr-defined]
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
        return [one.code for one in row.assist.all()]

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
        return [str(one.attachment_id) for one in row.attached.all()]


class MeasureDetail(MeasureRow):
    """A whole measure: `evidence` is the id of the entry that proves it."""

    available_actions = serializers.SerializerMethodField()
    entries = serializers.SerializerMethodField()

    class Meta(MeasureRow.Meta):
        fields = (*MeasureRow.Meta.fields, "evidence", "available_actions", "entries")

    def get_available_actions(self, row: Measure) -> list[str]:
        return [one.value for one in available_actions(row, self.context["request"].user)]

    def get_entries(self, row: Measure) -> Any:
        return EntryRow(queries.entries(row), many=True).data


# --- Bodies --------------------------------------------------------------------------------------


class CampaignBody(RowSerializer):
    """A new list. The owner is a district or a street, by its code."""

    owner = serializers.CharField(max_length=40)

    class Meta:
        model = Campaign
        fields = ["owner", "name", "document", "starts", "ends"]

    def validate_owner(self, code: str) -> District | Unit:
        found = District.objects.filter(code=code).first()
        found = found or Unit.objects.filter(code=code, level=0).first()
        if found is None:
            raise serializers.ValidationError(_("There is no such district or street."))
        return found


class MeasureBody(serializers.Serializer):
    """What stands on the list; departments by their codes."""

    aspect = serializers.CharField(max_length=40)
    problem = serializers.CharField(max_length=200)
    text = serializers.CharField(max_length=500)
    lead = serializers.SlugRelatedField(slug_field="code", queryset=Department.objects.all())
    assist = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=50, required=False
    )
    due_on = DayField()

    def validate_assist(self, codes: list[str]) -> list[Department]:
        found = {one.code: one for one in Department.objects.filter(code__in=codes)}
        for code in codes:
            if code not in found:
                raise serializers.ValidationError(
                    _("There is no department “%(code)s”.") % {"code": code}
                )
        return list(found.values())


class NewMeasureBody(MeasureBody):
    campaign = serializers.IntegerField()
    number = serializers.IntegerField(min_value=1, max_value=MAX_NUMBER, required=False)

    def validate_campaign(self, key: int) -> Campaign:
        """Only a list in sight can be named."""
        seen = queries.campaigns(self.context["request"].user)
        found = seen.filter(pk=key).first() if 0 < key < 2**63 else None
        if found is None:
            raise serializers.ValidationError(_("There is no such list in your sight."))
        return found


class ChangeBody(MeasureBody):
    reason = serializers.CharField(max_length=MAX_TEXT)


class MeasureReportBody(AttachedBody):
    """Photos (by the ids of their upload) and a named document are evidence."""

    text = serializers.CharField(max_length=MAX_TEXT)
    reference = serializers.CharField(max_length=200, required=False, allow_blank=True)


class CloseBody(serializers.Serializer):
    text = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True)


BODIES: dict[MeasureAction, type[serializers.Serializer]] = {
    MeasureAction.REPORT: MeasureReportBody,
    MeasureAction.SUBMIT: MeasureReportBody,
    MeasureAction.CLOSE: CloseBody,
    MeasureAction.SEND_BACK: ReasonBody,
    MeasureAction.REOPEN: ReasonBody,
    MeasureAction.CHANGE: ChangeBody,
}
_CALLS = {**USE_CASES, MeasureAction.CHANGE: change_measure}


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
    filter_backends = [DjangoFilterBackend]
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


class MeasureActionView(PostView):
    """Takes one step with a measure; role first, then state, then the body."""

    action = MeasureAction.REPORT

    def perform(self, request: Request, **kwargs: Any) -> Response:
        row = _measure(request, kwargs["pk"])
        check(row, self.action, signed_in(request))
        body = BODIES[self.action](data=request.data, context={"request": request})
        body.is_valid(raise_exception=True)
        moved = _CALLS[self.action](
            measure=row, by=signed_in(request), now=timezone.now(), **body.validated_data
        )
        return _answer(moved, request)


def _measure(request: Request, pk: int) -> Measure:
    seen = Measure.objects.visible_to(request.user, one=True)
    return find(queries.measures(seen), pk=pk)


def _answer(row: Measure, request: Request, status: int = 200) -> Response:
    return Response(MeasureDetail(row, context={"request": request}).data, status=status)
