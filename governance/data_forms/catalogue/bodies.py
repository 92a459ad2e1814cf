"""What the API is sent about forms of the catalogue."""

from rest_framework import serializers

from governance.data_forms.collections.bodies import LONGEST
from governance.data_forms.collections.collections import MOST_COMMUNITIES
from orgs.api.fields import DayField, UnitField


class AskBody(serializers.Serializer):
    """A form of the catalogue is asked of communities."""

    communities = serializers.ListField(
        child=UnitField(), allow_empty=False, max_length=MOST_COMMUNITIES
    )
    due_on = DayField()


class EndBody(serializers.Serializer):
    reason = serializers.CharField(max_length=LONGEST)
