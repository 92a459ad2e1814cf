"""The API of joint visits: reading appointments; they are made by actions of their task."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.generics import RetrieveAPIView

from orgs.api.base import VisibleListView
from tasks.models import JointVisit, VisitGuest
from tasks.visits.queries import reads_task, with_guests


class GuestRow(serializers.ModelSerializer):
    name = serializers.CharField(source="__str__")

    class Meta:
        model = VisitGuest
        fields = ["id", "kind", "name", "came"]


class VisitRow(serializers.ModelSerializer):
    """One appointment, as whoever is invited reads it."""

    guests = GuestRow(many=True)

    class Meta:
        model = JointVisit
        fields = ["id", "starts_at", "place", "subject", "recorded_at", "cancelled_at", "guests"]


class VisitDetail(VisitRow):
    """The same; the task and the minutes only for the authorities that see the task."""

    task = serializers.SerializerMethodField()
    minutes = serializers.SerializerMethodField()

    class Meta(VisitRow.Meta):
        fields = [*VisitRow.Meta.fields, "task", "minutes"]

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_task(self, visit: JointVisit) -> str | None:
        return visit.task.number if self._may_read(visit) else None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_minutes(self, visit: JointVisit) -> str | None:
        return visit.minutes if self._may_read(visit) else None

    def _may_read(self, visit: JointVisit) -> bool:
        return reads_task(visit, self.context["request"].user)


class VisitListView(VisibleListView):
    """The appointments in sight, the newest first."""

    serializer_class = VisitRow
    queryset = with_guests(JointVisit.objects.all())


class VisitView(RetrieveAPIView):
    """One appointment."""

    serializer_class = VisitDetail
    queryset = JointVisit.objects.none()

    def get_queryset(self) -> Any:
        return with_guests(JointVisit.objects.visible_to(self.request.user, one=True))
