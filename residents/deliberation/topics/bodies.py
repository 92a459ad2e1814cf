"""What the API takes for topics and every action with one."""

from typing import Any

from rest_framework import serializers

from orgs.api.fields import DayField, EnumField, RowsField, UnitField
from orgs.models import Attachment
from residents.deliberation.enums import Decider
from residents.deliberation.models.topics import MATTERS, MAX_TEXT, MAX_TITLE


class Text(serializers.CharField):
    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": MAX_TEXT} | options)


class ProposeBody(serializers.Serializer):
    unit = UnitField()
    title = serializers.CharField(max_length=MAX_TITLE)
    text = Text()
    decider = EnumField(Decider)
    matter = serializers.IntegerField(
        required=False, allow_null=True, min_value=MATTERS[0], max_value=MATTERS[1]
    )
    sides = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, max_length=12
    )
    is_micro = serializers.BooleanField(required=False)
    attachments = RowsField(Attachment.objects.all(), required=False, max_length=9)
    household = serializers.CharField(max_length=50, required=False)
    name = serializers.CharField(max_length=40, required=False)


class PaperBody(serializers.Serializer):
    """Nothing for oneself; the desk names household and person of what was written on paper."""

    household = serializers.CharField(max_length=50, required=False)
    name = serializers.CharField(max_length=40, required=False)


class SignBody(PaperBody):
    paper = serializers.PrimaryKeyRelatedField(queryset=Attachment.objects.all(), required=False)


class ReviseBody(serializers.Serializer):
    title = serializers.CharField(max_length=MAX_TITLE)
    text = Text()
    reason = serializers.CharField(max_length=300)


class TopicReasonBody(serializers.Serializer):
    reason = Text()


class TopicRemarkBody(serializers.Serializer):
    text = Text(required=False, allow_blank=True)


class TopicOrderBody(serializers.Serializer):
    text = Text()


class WithPhotos(serializers.Serializer):
    attachments = RowsField(Attachment.objects.all(), required=False, max_length=9)


class TopicTextBody(WithPhotos):
    text = Text()


class StateBody(TopicTextBody):
    side = serializers.CharField(max_length=40, required=False)


class StudyBody(TopicTextBody):
    on = DayField()


class DecisionBody(TopicTextBody):
    on = DayField()
    members = serializers.IntegerField(min_value=1, max_value=99)
    present = serializers.IntegerField(min_value=0, max_value=99)
    in_favour = serializers.IntegerField(min_value=0, max_value=99)


class RateBody(SignBody):
    stars = serializers.IntegerField(min_value=1, max_value=5)
    text = serializers.CharField(max_length=500, required=False, allow_blank=True)
