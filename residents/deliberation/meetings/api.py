"""The API of joint meetings."""

from typing import Any

from django.db.models import QuerySet
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from orgs.api.base import ActionView, CreateView
from orgs.api.fields import MomentField, RowsField, UnitField
from orgs.api.filters import UnitFilter
from residents.deliberation.enums import SideKind
from residents.deliberation.meetings import meetings
from residents.deliberation.models import Attendance, JointMeeting, Topic


class AttendanceRow(serializers.ModelSerializer):
    class Meta:
        model = Attendance
        fields = ("side", "names")


class MeetingRow(serializers.ModelSerializer):
    """A meeting with agenda, attendance and minutes."""

    unit = serializers.CharField(source="unit.code")
    topics = serializers.SerializerMethodField()
    attendance = AttendanceRow(many=True)

    class Meta:
        model = JointMeeting
        fields = (
            *("id", "unit", "title", "starts_at", "where", "agenda", "topics"),
            *("attendance", "minutes", "minutes_at"),
        )

    def get_topics(self, row: JointMeeting) -> list[int]:
        return [one.pk for one in row.topics.all()]


class MeetingBody(serializers.Serializer):
    unit = UnitField()
    title = serializers.CharField(max_length=80)
    starts_at = MomentField()
    where = serializers.CharField(max_length=80)
    agenda = serializers.CharField(max_length=5000)
    topics = RowsField(Topic.objects.all(), required=False, max_length=20)


class MinutesBody(serializers.Serializer):
    minutes = serializers.CharField(max_length=20000)
    attendance = serializers.DictField(child=serializers.CharField(max_length=200))

    def validate_attendance(self, value: dict[str, str]) -> dict[str, str]:
        for side in value:
            if side not in SideKind.values:
                raise serializers.ValidationError(side)
        return value


class MeetingFilter(FilterSet):
    unit = UnitFilter()


@extend_schema_view(get=extend_schema(operation_id="joint_meetings_list"))
class MeetingListView(CreateView, ListAPIView):
    """The joint meetings in sight; POST calls one."""

    serializer_class = answer_class = MeetingRow
    body_class = MeetingBody
    filterset_class = MeetingFilter
    queryset = JointMeeting.objects.none()

    def get_queryset(self) -> QuerySet[JointMeeting]:
        seen: QuerySet[JointMeeting] = JointMeeting.objects.visible_to(self.request.user)
        return seen.select_related("unit").prefetch_related("topics", "attendance")

    def call(self, **body: Any) -> JointMeeting:
        return meetings.call(**body)


class MinutesView(ActionView):
    """POST writes the minutes down, with who came for which side."""

    model, related = JointMeeting, ("unit",)
    body_class, answer_class = MinutesBody, MeetingRow

    def call(self, **body: Any) -> JointMeeting:
        return meetings.write_minutes(meeting=self.object, **body)
