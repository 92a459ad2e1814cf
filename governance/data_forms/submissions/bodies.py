"""What the API is sent about submissions."""

from rest_framework import serializers

from governance.data_forms.collections.bodies import LONGEST
from governance.data_forms.submissions.submissions import LONGEST_REASON, MOST_MINUTES
from orgs.api.fields import DayField

MOST_ROWS = 1_000


class SignBody(serializers.Serializer):
    """`minutes`: how long it took, honestly; the catalogue says what a form costs."""

    minutes = serializers.IntegerField(min_value=0, max_value=MOST_MINUTES)
    text = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True)


class SendBackBody(serializers.Serializer):
    """Rows by their numbers, and what is wrong with them."""

    rows = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=100_000),
        allow_empty=False, max_length=MOST_ROWS,
    )  # fmt: skip
    reason = serializers.CharField(max_length=LONGEST_REASON)


class ConsentRowsBody(serializers.Serializer):
    """Rows, by their numbers, of those who agreed or take it back."""

    rows = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=100_000),
        allow_empty=False, max_length=MOST_ROWS,
    )  # fmt: skip


class ConsentBody(ConsentRowsBody):
    """And on which day they agreed."""

    given_on = DayField()
