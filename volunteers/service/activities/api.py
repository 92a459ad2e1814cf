"""The API of activities and sign-ups."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django_filters.rest_framework import ChoiceFilter, FilterSet, IsoDateTimeFilter
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from orgs.api.base import ActionView, CreateView, VisibleListView
from orgs.api.filters import UnitFilter
from orgs.api.pagination import KeyPagination
from orgs.workflow.api import WorkflowActionView
from volunteers.service.activities import activities, queries, sign_ups
from volunteers.service.activities.bodies import ActivityBody, ActivityEditBody, SignUpBody
from volunteers.service.activities.specification import SPECIFICATIONS
from volunteers.service.activities.workflow import WORKFLOW
from volunteers.service.enums import ActivityState
from volunteers.service.models import Activity, ActivityInterval, Participant, SignUp


class IntervalSerializer(serializers.ModelSerializer):
    class Meta:
        model = ActivityInterval
        fields = ["starts_at", "ends_at"]


class ActivitySerializer(serializers.ModelSerializer):
    """One activity; `free` places are left, `my_sign_up` is the state of the reader's own."""

    unit = serializers.CharField(source="unit.code")
    item = serializers.CharField(source="item.code", allow_null=True, default=None)
    status = serializers.ChoiceField(source="state", choices=ActivityState.choices)
    intervals = IntervalSerializer(many=True)
    free = serializers.SerializerMethodField()
    my_sign_up = serializers.CharField(source="my_state", allow_null=True, default=None)
    available_actions = serializers.SerializerMethodField()

    class Meta:
        model = Activity
        fields = [
            "id", "unit", "title", "text", "kind", "item", "minutes_kind", "where", "starts_at",
            "ends_at", "intervals", "places", "free", "status", "state", "risk", "is_dangerous",
            "insurance", "least_age", "most_age", "skill", "lon", "lat", "datum", "radius",
            "location_reason", "reason", "summary", "people_served", "my_sign_up",
            "available_actions",
        ]  # fmt: skip

    def get_free(self, row: Activity) -> int:
        # An activity that was just planned has no sign-ups.
        return max(row.places - (getattr(row, "placed", 0) or 0), 0)

    def get_available_actions(self, row: Activity) -> list[str]:
        user = self.context["request"].user
        return [action.value for action in WORKFLOW.available_actions(row, user)]


class SignUpSerializer(serializers.ModelSerializer):
    """One sign-up; `place` is its number, null on the waiting list; `warnings` lie close to it."""

    status = serializers.CharField(source="state")
    activity = serializers.IntegerField(source="activity_id")
    person = serializers.IntegerField(source="participant_id")
    name = serializers.CharField(source="participant.name")
    place = serializers.IntegerField(source="seat", allow_null=True)
    warnings = serializers.SerializerMethodField()

    class Meta:
        model = SignUp
        fields = ["id", "status", "state", "activity", "person", "name", "place", "at", "warnings"]

    def get_warnings(self, row: SignUp) -> list[str]:
        return [activity.title for activity in self.context.get("close_to", ())]


class ActivityFilter(FilterSet):
    unit = UnitFilter(field_name="unit")
    state = ChoiceFilter(choices=ActivityState.choices)
    since = IsoDateTimeFilter(field_name="ends_at", lookup_expr="gt")
    until = IsoDateTimeFilter(field_name="starts_at", lookup_expr="lt")


@extend_schema_view(get=extend_schema(operation_id="activities_list"))
class ActivityListView(CreateView, VisibleListView):
    """The activities in sight, newest first; POST plans one."""

    serializer_class = answer_class = ActivitySerializer
    body_class = ActivityBody
    pagination_class = KeyPagination
    filterset_class = ActivityFilter
    queryset = Activity.objects.all()

    def get_queryset(self) -> QuerySet[Activity]:
        return queries.whole(super().get_queryset(), self.user).prefetch_related("intervals")

    def call(self, **body: Any) -> Activity:
        return activities.create(**body)


def activity_in_sight(view: Any) -> Activity:
    """The activity that an address names, with what its row shows. Raises Http404 out of sight."""
    seen = Activity.objects.visible_to(view.user, one=True)
    row: Activity | None = queries.whole(seen, view.user).filter(pk=view.kwargs["pk"]).first()
    if row is None:
        raise Http404
    return row


class ActivityActionView(WorkflowActionView):
    """Takes one action with an activity."""

    workflow, specifications = WORKFLOW, SPECIFICATIONS
    answer_class = ActivitySerializer

    def find_row(self) -> Activity:
        return activity_in_sight(self)


class ActivityEditView(ActionView):
    """POST changes a draft as a whole."""

    model, related = Activity, ("unit",)
    body_class, answer_class = ActivityEditBody, ActivitySerializer

    def call(self, **body: Any) -> Activity:
        return activities.edit(activity=self.object, **body)


class SignUpView(CreateView):
    """POST signs oneself up, or with `person` somebody at the desk."""

    model, related = Activity, ("unit",)
    body_class, answer_class = SignUpBody, SignUpSerializer

    def call(self, person: int | None = None, **body: Any) -> sign_ups.SignedUp:
        who = None
        if person is not None:
            seen = Participant.objects.visible_to(self.user, one=True)
            who = get_object_or_404(seen, pk=person)
        return sign_ups.sign_up(activity=self.object, participant=who, **body)

    def represent(self, result: sign_ups.SignedUp) -> Any:
        context = {**self.get_serializer_context(), "close_to": result.close_to}
        return SignUpSerializer(result.sign_up, context=context).data


class WithdrawView(ActionView):
    """POST gives one's own place, or the wait, back."""

    model, related = Activity, ("unit",)
    answer_class = SignUpSerializer

    def call(self, **body: Any) -> SignUp:
        row = queries.own_sign_up(self.object, self.user)
        if row is None:
            raise Http404
        return sign_ups.withdraw(sign_up=row, **body)


@extend_schema_view(get=extend_schema(operation_id="activity_sign_ups_list"))
class SignUpListView(VisibleListView):
    """The sign-ups in sight of one activity."""

    serializer_class = SignUpSerializer
    pagination_class = KeyPagination
    queryset = SignUp.objects.select_related("participant", "activity")

    def get_queryset(self) -> QuerySet[SignUp]:
        return super().get_queryset().filter(activity=self.kwargs["pk"])
