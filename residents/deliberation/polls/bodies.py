"""The bodies of the API of polls; each asks what the form of the same use-case asks."""

from rest_framework import serializers

from orgs.api.fields import EnumField, MomentField, RowsField, UnitField
from orgs.attachments.attachments import unused
from orgs.models import Attachment
from residents.deliberation.enums import (
    BallotKind,
    DeliveryWay,
    Electorate,
    Matter,
    PollMode,
    PollObjectionKind,
    PollObjectionState,
    Rule,
)
from residents.deliberation.models import Topic
from residents.deliberation.polls.roll.rolls import LONGEST_REASON

LARGEST_KEY = 2**62


def key_field() -> serializers.IntegerField:
    """The key of a row, within what every database can hold."""
    return serializers.IntegerField(min_value=0, max_value=LARGEST_KEY)


class PollBody(serializers.Serializer):
    """What a poll is set up with; `settings` fixes what may differ, `questions` what is voted on."""

    unit = UnitField()
    topic = serializers.PrimaryKeyRelatedField(
        queryset=Topic.objects.all(), required=False, allow_null=True
    )
    title = serializers.CharField(max_length=80, required=False, allow_blank=True)
    buildings = serializers.ListField(child=UnitField(), required=False, max_length=300)
    entrance = serializers.CharField(max_length=10, required=False, allow_blank=True)
    electorate = EnumField(Electorate)
    mode = EnumField(PollMode)
    ballot = EnumField(BallotKind, required=False)
    rule = EnumField(Rule)
    matter = EnumField(Matter, required=False, allow_null=True)
    questions = serializers.ListField(child=serializers.DictField(), allow_empty=False)
    opens_at = MomentField()
    closes_at = MomentField()
    rehearsal = serializers.BooleanField(required=False)
    settings = serializers.DictField(required=False)


class PollEditBody(PollBody):
    """Only what is to change."""

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        del fields["unit"], fields["topic"]
        for field in fields.values():
            field.required = False
        return fields


class PollAnnounceBody(serializers.Serializer):
    """Photos of the compound's own clause, where silence is to count."""

    clause = RowsField(Attachment.objects.all(), required=False, max_length=9)

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        fields["clause"].queryset = unused()  # type: ignore[attr-defined]
        return fields


class PollReasonBody(serializers.Serializer):
    reason = serializers.CharField(max_length=LONGEST_REASON)


class PollResultBody(serializers.Serializer):
    """What was counted elsewhere: a row a question, `[people, area]` a side; `votes` of
    candidates; of a lift `agreed`, the entries whose own part is taken and who agreed.
    """

    official = serializers.ListField(child=serializers.DictField(), allow_empty=False)


class ResultFileBody(serializers.Serializer):
    # What is empty is refused when it is kept.
    file = serializers.FileField(allow_empty_file=True)


class DecideEntryBody(serializers.Serializer):
    text = serializers.CharField(max_length=300)


class PollVoterBody(serializers.Serializer):
    """Whom the co-owners of a flat chose."""

    household = serializers.CharField(max_length=50)
    person = key_field()
    separate = serializers.BooleanField(required=False)


class PollDeliveryBody(serializers.Serializer):
    entry = key_field()
    how = EnumField(DeliveryWay)
    at = MomentField(required=False)


class PollProxyBody(serializers.Serializer):
    """`holder`: the id of another entry of the roll, or a name."""

    entry = key_field()
    holder = serializers.CharField(max_length=40)


class TurnoutBody(serializers.Serializer):
    entry = key_field()
    by_proxy = serializers.BooleanField(required=False)


class BallotBody(serializers.Serializer):
    """`choices`: for, against or abstain by question, or the chosen options."""

    entry = key_field()
    choices = serializers.DictField()


class PollPaperBody(BallotBody):
    by_proxy = serializers.BooleanField(required=False)


class SettlePaperBody(serializers.Serializer):
    choices = serializers.DictField()
    by_proxy = serializers.BooleanField(required=False)
    reason = serializers.CharField(max_length=300)


class PollObjectionBody(serializers.Serializer):
    kind = serializers.ChoiceField(
        [(kind, kind.label) for kind in (PollObjectionKind.RESULT, PollObjectionKind.LIFT)]
    )
    reason = serializers.CharField(max_length=LONGEST_REASON)

    def validate_kind(self, value: str) -> PollObjectionKind:
        return PollObjectionKind(value)


class PollAnswerBody(serializers.Serializer):
    state = serializers.ChoiceField(
        [
            (state, state.label)
            for state in (PollObjectionState.SETTLED, PollObjectionState.ON_RECORD)
        ]
    )
    text = serializers.CharField(max_length=LONGEST_REASON)

    def validate_state(self, value: str) -> PollObjectionState:
        return PollObjectionState(value)


class DecideDisputeBody(serializers.Serializer):
    counts = serializers.BooleanField()
    text = serializers.CharField(max_length=LONGEST_REASON)
