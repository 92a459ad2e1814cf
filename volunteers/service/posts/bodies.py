"""The bodies of the API of service posts; each asks what the form of the same use-case asks."""

from rest_framework import serializers

from orgs.api.fields import DayField, EnumField, UnitField
from volunteers.service.enums import PostGrade, PostKind


class ServicePostBody(serializers.Serializer):
    """`from` and `until` are the first and the last day of the term."""

    unit = UnitField()
    title = serializers.CharField(max_length=60)
    duty = serializers.CharField(max_length=2000)
    number = serializers.IntegerField(min_value=1, max_value=500)
    kind = EnumField(PostKind, required=False)

    def get_fields(self) -> dict[str, serializers.Field]:
        # `from` is no name for an attribute.
        return super().get_fields() | {
            "from": DayField(source="starts"),
            "until": DayField(source="ends"),
        }


class ClaimReasonBody(serializers.Serializer):
    reason = serializers.CharField(max_length=300)


class ClaimEndBody(serializers.Serializer):
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class ClaimRateBody(serializers.Serializer):
    rating = EnumField(PostGrade)
    text = serializers.CharField(max_length=500, required=False, allow_blank=True)
