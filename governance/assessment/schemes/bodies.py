"""What the API is sent about schemes."""

from typing import Any

from rest_framework import serializers

from governance.assessment.enums import (
    CompoundClassKind,
    IndicatorRole,
    PeriodKind,
    SubjectKind,
)
from governance.assessment.schemes.definitions import Band, Definition, Item
from orgs.api.fields import EnumField


class ItemBody(serializers.Serializer):
    """One indicator; `formula` makes points of `value` (its share), `n` and `d`."""

    code = serializers.CharField(max_length=40)
    role = EnumField(IndicatorRole, default=IndicatorRole.WEIGHTED)
    weight = serializers.IntegerField(min_value=0, max_value=1000, default=0)
    formula = serializers.CharField(max_length=20_000, default="value * 100")
    floor = serializers.CharField(max_length=12, default="", allow_blank=True)
    cap = serializers.CharField(max_length=12, default="", allow_blank=True)
    least = serializers.IntegerField(min_value=1, max_value=10_000, default=1)


class BandBody(serializers.Serializer):
    """One class of results, with the condition on which it is given."""

    code = serializers.CharField(max_length=20)
    name = serializers.CharField(max_length=40)
    condition = serializers.CharField(max_length=20_000)


class SchemeBody(serializers.Serializer):
    """The next version of a scheme, as a draft."""

    code = serializers.SlugField(max_length=40)
    name = serializers.CharField(max_length=60)
    subject_kind = EnumField(SubjectKind)
    period_kind = EnumField(PeriodKind)
    begins = serializers.DateField(required=False)
    publisher = serializers.SlugField(max_length=40, required=False, allow_blank=True)
    compound_class = EnumField(CompoundClassKind, required=False)
    delay_days = serializers.IntegerField(min_value=0, max_value=90, required=False)
    appeal_days = serializers.IntegerField(min_value=1, max_value=60, required=False)
    is_public = serializers.BooleanField(required=False)
    has_black_list = serializers.BooleanField(required=False)
    indicators = ItemBody(many=True)
    formula = serializers.CharField(max_length=20_000, default="base + bonus - deduction")
    digits = serializers.IntegerField(min_value=0, max_value=4, default=2)
    least_raters = serializers.IntegerField(min_value=0, max_value=10_000, default=0)
    residents_percent = serializers.IntegerField(min_value=0, max_value=100, default=0)
    bands = BandBody(many=True, default=list)

    def get_fields(self) -> dict[str, Any]:
        # `source` is no name for an attribute of a serializer.
        return super().get_fields() | {"source": serializers.CharField(max_length=400)}


class CheckBody(serializers.Serializer):
    """A formula; however long it is, the answer says what is wrong with it."""

    formula = serializers.CharField(max_length=100_000, allow_blank=True, trim_whitespace=False)


def definition_of(body: dict[str, Any]) -> Definition:
    """The definition that a body describes; takes its parts out of the body."""
    return Definition(
        items=tuple(Item(**item) for item in body.pop("indicators")),
        bands=tuple(Band(**band) for band in body.pop("bands")),
        formula=body.pop("formula"),
        digits=body.pop("digits"),
        least_raters=body.pop("least_raters"),
        residents_percent=body.pop("residents_percent"),
    )
