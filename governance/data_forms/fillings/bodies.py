"""What the API takes about whom a form lists or counts."""

from typing import Any

from rest_framework import serializers

from governance.data_forms.enums import TaskState
from governance.data_forms.fillings.filters import OLDEST, Filter
from orgs.api.fields import UnitField
from residents.enums import CareKind, HouseholdState, Relation, Sex
from tasks.enums import PeriodName
from volunteers.enums import MemberClass


def _one_of(enum: Any) -> serializers.ChoiceField:
    return serializers.ChoiceField(enum.choices, required=False, allow_blank=True)


class ListedBody(serializers.Serializer):
    """By what the rows of a form are chosen, within its place."""

    min_age = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=OLDEST
    )
    max_age = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=OLDEST
    )
    sex = _one_of(Sex)
    relation = _one_of(Relation)
    care = _one_of(CareKind)
    also_care = _one_of(CareKind)
    members_only = serializers.BooleanField(required=False)
    member_class = _one_of(MemberClass)
    state = _one_of(HouseholdState)
    task_state = _one_of(TaskState)
    period = _one_of(PeriodName)


class FilterBody(ListedBody):
    """Who is listed: a place by its code, and what else they are chosen by."""

    unit = UnitField()


def filter_of(sent: dict[str, Any]) -> Filter:
    """The filter that a body names."""
    unit = sent.get("unit")
    return Filter.of(sent | {"unit": unit.code if unit else ""})
