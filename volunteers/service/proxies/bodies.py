"""The bodies of the API of rings; each asks what the form of the same use-case asks."""

from rest_framework import serializers

from orgs.api.fields import AccountField, DayField, EnumField, UnitField
from volunteers.members.api import SeenPersonField
from volunteers.service.enums import ConsentWay
from volunteers.service.models import CloudPair


class RingBody(serializers.Serializer):
    """For oneself, or for a `person` of the roll who agreed (`way`, and `witness` where spoken)."""

    unit = UnitField()
    matter = serializers.CharField(max_length=200)
    person = SeenPersonField(required=False)
    way = EnumField(ConsentWay, required=False)
    witness = serializers.CharField(max_length=40, required=False, allow_blank=True)


class RingTakeBody(serializers.Serializer):
    """With `pair` a government helper helps along."""

    pair = serializers.PrimaryKeyRelatedField(
        queryset=CloudPair.objects.all(), required=False, allow_null=True
    )


class RingWordsBody(serializers.Serializer):
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class RingFinishBody(serializers.Serializer):
    """Whether the resident had to go anywhere, and whether it was settled at once."""

    zero_trips = serializers.BooleanField()
    at_once = serializers.BooleanField()
    text = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class PairBody(serializers.Serializer):
    """`volunteer` and `helper` by user name or the whole mobile number."""

    unit = UnitField()
    volunteer = AccountField()
    helper = AccountField()
    matters = serializers.CharField(max_length=200)


class ConsentBody(serializers.Serializer):
    """A `person` of the roll lets `helper` (user name or mobile number) act; `witness` where it was spoken."""

    person = SeenPersonField()
    helper = AccountField()
    matter = serializers.CharField(max_length=120)
    way = EnumField(ConsentWay)
    witness = serializers.CharField(max_length=40, required=False, allow_blank=True)
    ends = DayField()
