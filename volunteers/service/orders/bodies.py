"""The bodies of the API of service orders; each asks what the form of the same use-case asks."""

from rest_framework import serializers

from orgs.api.fields import EnumField, MomentField, RowsField, UnitField
from orgs.attachments.attachments import MAX_ATTACHMENTS, unused
from volunteers.members.api import SeenPersonField
from volunteers.service.activities.bodies import ItemField
from volunteers.service.enums import ConsentWay
from volunteers.service.models import Participant
from volunteers.service.orders.work import MOST_MINUTES


class ServiceOrderBody(serializers.Serializer):
    """For oneself, or for a `person` of the roll who agreed (`way`, and `witness` where spoken)."""

    unit = UnitField()
    item = ItemField()
    text = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    wished_at = MomentField(required=False, allow_null=True)
    person = SeenPersonField(required=False)
    way = EnumField(ConsentWay, required=False)
    witness = serializers.CharField(max_length=40, required=False, allow_blank=True)


class OrderOfferBody(serializers.Serializer):
    """Nobody named: released to all who serve in the area."""

    to = RowsField(Participant.objects.all(), required=False, max_length=50)


class OrderReasonBody(serializers.Serializer):
    reason = serializers.CharField(max_length=300)


class OrderWordsBody(serializers.Serializer):
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class OrderResolveBody(serializers.Serializer):
    """`minutes` until `ended_at` (now where it is left out)."""

    minutes = serializers.IntegerField(min_value=1, max_value=MOST_MINUTES)
    ended_at = MomentField(required=False, allow_null=True)
    text = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    attachments = RowsField(unused(), required=False, max_length=MAX_ATTACHMENTS)


class OrderRateBody(serializers.Serializer):
    """`resolved` false: nothing was done, nothing is booked."""

    stars = serializers.IntegerField(min_value=1, max_value=5)
    resolved = serializers.BooleanField(required=False, default=True)
    text = serializers.CharField(max_length=500, required=False, allow_blank=True)


class PurposeBody(serializers.Serializer):
    purpose = serializers.CharField(max_length=200)
