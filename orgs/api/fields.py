"""Fields that bodies of the API share."""

from typing import Any

from rest_framework import serializers

from orgs.models import Unit, UnitAlias


class UnitField(serializers.SlugRelatedField):
    """A unit named by its code, or by one that it had before it was moved."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="code", queryset=Unit.objects.all(), **kwargs)

    def to_internal_value(self, data: Any) -> Unit:
        try:
            return super().to_internal_value(data)
        except serializers.ValidationError:
            alias = UnitAlias.objects.filter(code=str(data)).select_related("unit").first()
            if alias is None:
                raise
            return alias.unit
