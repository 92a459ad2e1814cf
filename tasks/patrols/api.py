"""The API of patrols: what a phone sends once it has a network again."""

from typing import Any

from rest_framework import serializers

from orgs.api.base import ActionView, CreateView, VisibleListView
from orgs.api.fields import DayField, MomentField, UnitField
from tasks.enums import PatrolItem
from tasks.models import MAX_TEXT, Category, Patrol
from tasks.patrols import patrols
from tasks.workflow.api.bodies import AttachedBody


class PatrolSerializer(serializers.ModelSerializer):
    """One round; `task` is the number of what was passed on."""

    unit = serializers.CharField(source="unit.code")
    unit_path = serializers.CharField(source="unit.path_name")
    by = serializers.CharField(source="by.name")
    task = serializers.CharField(source="task.number", default=None, allow_null=True)

    class Meta:
        model = Patrol
        fields = [
            "id", "unit", "unit_path", "by", "at", "items", "finding", "advice", "due_on", "task",
            "event_id", "result", "rechecked_at",
        ]  # fmt: skip


class PatrolBody(AttachedBody):
    unit = UnitField()
    items = serializers.ListField(
        child=serializers.ChoiceField(PatrolItem.choices), min_length=1, max_length=20
    )
    event_id = serializers.UUIDField()
    at = MomentField(required=False)
    finding = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True)
    category = serializers.SlugRelatedField(
        slug_field="code", queryset=Category.objects.filter(is_selectable=True), required=False
    )
    advice = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True)
    due_on = DayField(required=False)
    lon = serializers.FloatField(min_value=-180, max_value=180, required=False)
    lat = serializers.FloatField(min_value=-90, max_value=90, required=False)


class RecheckBody(serializers.Serializer):
    result = serializers.CharField(max_length=MAX_TEXT)


class PatrolListView(CreateView, VisibleListView):
    """The rounds in sight, newest first; POST writes one down, once for each `event_id`."""

    serializer_class = answer_class = PatrolSerializer
    body_class = PatrolBody
    queryset = Patrol.objects.select_related("unit", "by", "task")

    def call(self, **body: Any) -> Patrol:
        return patrols.record(**body)


class PatrolRecheckView(ActionView):
    """POST notes what became of a finding."""

    model = Patrol
    body_class, answer_class = RecheckBody, PatrolSerializer

    def call(self, **body: Any) -> Patrol:
        return patrols.recheck(patrol=self.object, **body)
