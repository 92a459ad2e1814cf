"""The bodies of the API of activities; each asks what the form of the same use-case asks."""

from typing import Any

from rest_framework import serializers

from orgs.api.fields import EnumField, KeyField, MomentField, RowsField, UnitField
from orgs.attachments.attachments import MAX_ATTACHMENTS
from orgs.models import Attachment
from volunteers.service.enums import ActivityKind, Datum, MinutesKind, Skill
from volunteers.service.items.items import in_force
from volunteers.service.models import ServiceItem


class ItemField(serializers.SlugRelatedField):
    """An item by its code, in the version in force."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="code", queryset=ServiceItem.objects.all(), **kwargs)

    def get_queryset(self) -> Any:
        return in_force()


class IntervalBody(serializers.Serializer):
    starts_at = MomentField()
    ends_at = MomentField()


class TimeBody(serializers.Serializer):
    """`intervals` where there are several; else one from `starts_at` to `ends_at`."""

    starts_at = MomentField()
    ends_at = MomentField()
    intervals = IntervalBody(many=True, required=False)

    def validate_intervals(self, spans: list[dict[str, Any]]) -> list[tuple[Any, Any]]:
        return [(span["starts_at"], span["ends_at"]) for span in spans]


class ActivityEditBody(TimeBody):
    """What is planned; `lon`, `lat` and `radius` only with a safety reason, else `risk` is it."""

    title = serializers.CharField(max_length=80)
    places = serializers.IntegerField(min_value=1, max_value=10000)
    kind = EnumField(ActivityKind, required=False)
    item = ItemField(required=False, allow_null=True)
    minutes_kind = EnumField(MinutesKind, required=False)
    text = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    where = serializers.CharField(max_length=120, required=False, allow_blank=True)
    risk = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    is_dangerous = serializers.BooleanField(required=False)
    insurance = serializers.CharField(max_length=200, required=False, allow_blank=True)
    least_age = serializers.IntegerField(min_value=0, max_value=100, required=False)
    most_age = serializers.IntegerField(min_value=0, max_value=120, required=False, allow_null=True)
    skill = EnumField(Skill, required=False, allow_blank=True)
    lon = serializers.FloatField(required=False, allow_null=True)
    lat = serializers.FloatField(required=False, allow_null=True)
    datum = EnumField(Datum, required=False)
    radius = serializers.IntegerField(
        min_value=20, max_value=20000, required=False, allow_null=True
    )
    location_reason = serializers.CharField(max_length=200, required=False, allow_blank=True)


class ActivityBody(ActivityEditBody):
    """A new draft."""

    unit = UnitField()


class MoveBody(TimeBody):
    reason = serializers.CharField(max_length=300)


class ReasonBody(serializers.Serializer):
    reason = serializers.CharField(max_length=300)


class SummaryBody(serializers.Serializer):
    summary = serializers.CharField(max_length=5000)
    people_served = serializers.IntegerField(
        min_value=0, max_value=100000, required=False, allow_null=True
    )
    attachments = RowsField(
        Attachment.objects.all(),
        required=False,
        max_length=MAX_ATTACHMENTS,
    )


class SignUpBody(serializers.Serializer):
    """`person` only at the desk; `born_year` where the activity is not for every age."""

    person = KeyField(required=False)
    born_year = serializers.IntegerField(min_value=1900, max_value=2100, required=False)
