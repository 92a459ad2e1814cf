"""The API of the monthly duty: one's own month, months of branches, ratings, letters, appeals."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django_filters.rest_framework import CharFilter, Filter, FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orgs.accounts.sign_in import signed_in
from orgs.api.base import ActionView, CreateView, VisibleListView
from orgs.api.fields import EnumField
from orgs.api.pagination import KeyPagination
from orgs.errors import Refused
from volunteers.service.duty import appeals, letters, months
from volunteers.service.duty.rules import month_of
from volunteers.service.duty.standing import of_user, standing
from volunteers.service.enums import AppealState, MonthRating, MonthState
from volunteers.service.models import Appeal, MonthLetter, MonthResult, ServiceMonth


class LineSerializer(serializers.Serializer):
    """One entry; `id` is what an appeal names, `kind` is duty or voluntary."""

    id = serializers.CharField()
    title = serializers.CharField()
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    minutes = serializers.IntegerField()
    counts = serializers.BooleanField()
    reason = serializers.CharField()
    appeal = serializers.CharField()


class MyMonthSerializer(serializers.Serializer):
    month = serializers.DateField(format="%Y-%m")
    state = serializers.ChoiceField(choices=MonthState.choices)
    activities = serializers.IntegerField(source="done.activities")
    minutes = serializers.IntegerField(source="done.minutes")
    duty_minutes = serializers.IntegerField(source="done.duty")
    voluntary_minutes = serializers.IntegerField(source="done.voluntary")
    needed_activities = serializers.IntegerField()
    needed_minutes = serializers.IntegerField()
    met = serializers.BooleanField()
    entries = LineSerializer(many=True)


class MyMonthView(APIView):
    """GET one's own month: what counts, what does not and why."""

    @extend_schema(
        parameters=[
            OpenApiParameter("month", str, description="Like 2026-03; this month if left out.")
        ],
        responses=MyMonthSerializer,
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        now = timezone.now()
        text = request.query_params.get("month", "")
        month = months.parse(text) if text else month_of(now)
        found = standing(of_user(signed_in(request)), month, now)
        return Response(MyMonthSerializer(found).data)


class MonthField(serializers.CharField):
    """A month like 2026-03."""

    def to_internal_value(self, data: Any) -> Any:
        return months.parse(super().to_internal_value(data))


class MonthFilterField(forms.CharField):
    """A month like 2026-03."""

    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        try:
            return months.parse(text) if text else None
        except Refused as refusal:
            raise forms.ValidationError(refusal.message) from None


@extend_schema_field(OpenApiTypes.STR)
class MonthFilter(Filter):
    field_class = MonthFilterField


class ServiceMonthSerializer(serializers.ModelSerializer):
    branch = serializers.CharField(source="branch.code")
    month = serializers.DateField(format="%Y-%m")

    class Meta:
        model = ServiceMonth
        fields = ["id", "branch", "month", "state", "reviewed_from", "closed_at"]


class MonthResultSerializer(serializers.ModelSerializer):
    """What a member did and owed in a month; `person` and `name` are the member's."""

    month = serializers.DateField(source="month.month", format="%Y-%m")
    branch = serializers.CharField(source="month.branch.code")
    state = serializers.ChoiceField(source="month.state", choices=MonthState.choices)
    person = serializers.IntegerField(source="participant_id")
    name = serializers.CharField(source="participant.name")
    minutes = serializers.SerializerMethodField()

    class Meta:
        model = MonthResult
        fields = [
            *("id", "month", "branch", "state", "person", "name"),
            *("activities", "needed_activities", "minutes", "needed_minutes", "met"),
            *("rating", "rating_text"),
        ]

    def get_minutes(self, row: MonthResult) -> int:
        return row.duty_minutes + row.voluntary_minutes


class MonthListView(VisibleListView):
    """The months of branches in sight, newest first."""

    serializer_class = ServiceMonthSerializer
    pagination_class = KeyPagination
    queryset = ServiceMonth.objects.select_related("branch")


class ResultFilter(FilterSet):
    """The results of a `month` (2026-03), or of a `branch` by its code."""

    month = MonthFilter(field_name="month__month")
    branch = CharFilter(field_name="month__branch__code", max_length=40)


@extend_schema_view(get=extend_schema(operation_id="month_results_list"))
class ResultListView(VisibleListView):
    """The months that were counted: one's own, and those of the members of branches in sight; newest
    first, and in no order of minutes."""

    serializer_class = MonthResultSerializer
    pagination_class = KeyPagination
    filterset_class = ResultFilter
    queryset = MonthResult.objects.select_related("month__branch", "participant")


class MonthCloseView(ActionView):
    """POST closes a month under review."""

    model, related = ServiceMonth, ("branch",)
    answer_class = ServiceMonthSerializer

    def call(self, **body: Any) -> ServiceMonth:
        return months.close(month=self.object, **body)


class RateBody(serializers.Serializer):
    rating = EnumField(MonthRating)
    text = serializers.CharField(max_length=300, required=False, allow_blank=True)


class RateView(ActionView):
    """POST rates a member's month, in words."""

    model, related = MonthResult, ("month__branch", "participant")
    body_class, answer_class = RateBody, MonthResultSerializer

    def call(self, **body: Any) -> MonthResult:
        return months.rate(result=self.object, **body)


class LetterSerializer(serializers.ModelSerializer):
    """One letter; `certificate` is the number that verifies it."""

    month = serializers.DateField(source="month.month", format="%Y-%m")
    branch = serializers.CharField(source="month.branch.code")
    employer = serializers.CharField(source="employer.code")
    certificate = serializers.CharField(source="certificate.number")
    text = serializers.JSONField(source="certificate.payload")

    class Meta:
        model = MonthLetter
        fields = [
            *("id", "month", "branch", "employer", "revision", "certificate", "text"),
            *("made_at", "sent_at", "received_at"),
        ]


@extend_schema_view(get=extend_schema(operation_id="month_letters_list"))
class LetterListView(VisibleListView):
    """The letters in sight, newest first."""

    serializer_class = LetterSerializer
    pagination_class = KeyPagination
    queryset = MonthLetter.objects.select_related("month__branch", "employer", "certificate")


class ReceiveLetterView(ActionView):
    """POST acknowledges a letter."""

    model, related = MonthLetter, ("month__branch", "employer", "certificate")
    answer_class = LetterSerializer

    def call(self, **body: Any) -> MonthLetter:
        letters.receive(letter=self.object, **body)
        self.object.refresh_from_db(fields=["received_by", "received_at"])
        return self.object


class AppealSerializer(serializers.ModelSerializer):
    status = serializers.ChoiceField(source="state", choices=AppealState.choices)
    entry = serializers.SerializerMethodField()
    person = serializers.IntegerField(source="participant_id")

    class Meta:
        model = Appeal
        fields = ["id", "status", "entry", "person", "reason", "at", "decision", "decided_at"]

    def get_entry(self, row: Appeal) -> str:
        """What it is about; empty for a month."""
        for name in ("credit", "attendance", "long_day"):
            key = getattr(row, f"{name}_id")
            if key:
                return f"{name}-{key}"
        return ""


class AppealBody(serializers.Serializer):
    """`entry` is the id of an entry of one's month, or `month` (2026-03) the month itself."""

    entry = serializers.CharField(max_length=40, required=False)
    month = MonthField(required=False)
    reason = serializers.CharField(max_length=500)


class DecideBody(serializers.Serializer):
    granted = serializers.BooleanField()
    reason = serializers.CharField(max_length=500)


class AppealListView(CreateView, VisibleListView):
    """The appeals in sight, newest first; POST says that an entry or a month of one's own is wrong."""

    serializer_class = answer_class = AppealSerializer
    body_class = AppealBody
    pagination_class = KeyPagination
    queryset = Appeal.objects.all()

    def call(self, **body: Any) -> Appeal:
        return appeals.appeal(**body)


class DecideView(ActionView):
    """POST decides an appeal; one's own is 403 `own_case`."""

    model, related = Appeal, ("unit", "participant")
    body_class, answer_class = DecideBody, AppealSerializer

    def call(self, **body: Any) -> Appeal:
        return appeals.decide(appeal=self.object, **body)
