"""The bodies of the API of attendance."""

from rest_framework import serializers

from orgs.api.fields import EnumField, MomentField
from volunteers.service.enums import Datum, RollCallKind, SampleAnswer


class ScanBody(serializers.Serializer):
    """The scanned token, or the six digits under the code."""

    token = serializers.CharField(max_length=80, required=False, allow_blank=True)
    digits = serializers.RegexField(r"^\s*\d{6}\s*$", required=False)

    def validate(self, body: dict[str, str]) -> dict[str, str]:
        if not body.get("token") and not body.get("digits"):
            raise serializers.ValidationError(
                {"token": [self.fields["token"].error_messages["required"]]}
            )
        return body


class CheckBody(serializers.Serializer):
    """`pass` from a scan; without a network the scanned `token` with `at`, the time of the phone.

    `account` is whose queue sends it; the place only where the activity asks for it.
    """

    token = serializers.CharField(max_length=80, required=False, allow_blank=True)
    event_id = serializers.UUIDField()
    at = MomentField(required=False, allow_null=True)
    lon = serializers.FloatField(required=False, allow_null=True)
    lat = serializers.FloatField(required=False, allow_null=True)
    accuracy = serializers.FloatField(required=False, allow_null=True, min_value=0)
    datum = EnumField(Datum, required=False)
    account = serializers.IntegerField(required=False, allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        # `pass` is no name for an attribute.
        field = serializers.CharField(
            max_length=80, required=False, allow_blank=True, source="scan_pass"
        )
        return super().get_fields() | {"pass": field}


class RollCallBody(serializers.Serializer):
    """`people[]`: {person, state, minutes?}; a row that cannot be read is answered, never the rest refused."""

    people = serializers.ListField(child=serializers.JSONField(), min_length=1, max_length=2000)
    kind = EnumField(RollCallKind, required=False)


class WalkInBody(serializers.Serializer):
    """Without `phone` a name means the one person of that name around; no `minutes`: as planned."""

    name = serializers.CharField(max_length=40)
    phone = serializers.CharField(max_length=30, required=False, allow_blank=True)
    minutes = serializers.IntegerField(min_value=1, max_value=2000, required=False, allow_null=True)


class ApproveBody(serializers.Serializer):
    minutes = serializers.IntegerField(min_value=0, required=False, allow_null=True)


class RejectBody(serializers.Serializer):
    reason = serializers.CharField(max_length=300)


class FlagBody(serializers.Serializer):
    upheld = serializers.BooleanField()
    reason = serializers.CharField(max_length=300)


class AnswerBody(serializers.Serializer):
    answer = EnumField(SampleAnswer)
    text = serializers.CharField(max_length=300, required=False, allow_blank=True)
