"""Fields that bodies of the API share."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Choices, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from orgs.accounts import users
from orgs.models import Unit, User
from orgs.units.queries import unit_row
from orgs.values.days import DAY_VALIDATORS, MOMENT_VALIDATORS

LARGEST_KEY = 2**63 - 1


class UnitField(serializers.SlugRelatedField):
    """A unit named by its code, or by one that it had before it was moved."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="code", queryset=Unit.objects.all(), **kwargs)

    def to_internal_value(self, data: Any) -> Unit:
        unit = unit_row(str(data))
        if unit is None:
            self.fail("does_not_exist", slug_name="code", value=str(data)[:40])
        return unit


@extend_schema_field(OpenApiTypes.STR)
class AccountField(serializers.Field):
    """An account, by its user name or the whole mobile number, as forms take it."""

    default_error_messages = {
        "unknown": _("No account has this name or number. New people come by the staff import.")
    }

    def to_internal_value(self, data: Any) -> User:
        account = users.by_login(str(data)[:150])
        if account is None:
            self.fail("unknown")
        return account


class EnumField(serializers.ChoiceField):
    """One of an enumeration; its value is the member."""

    def __init__(self, enum: type[Choices], **kwargs: Any) -> None:
        super().__init__([(member, member.label) for member in enum], **kwargs)


class KeyField(serializers.IntegerField):
    """The key of a row; what no key can be is refused."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": LARGEST_KEY} | kwargs)


class RowsField(serializers.ListField):
    """Rows named by their keys (as their model has them), all of them or none; one query, however many."""

    default_error_messages = {
        "does_not_exist": serializers.PrimaryKeyRelatedField.default_error_messages[
            "does_not_exist"
        ]
    }

    def __init__(self, queryset: QuerySet, **kwargs: Any) -> None:
        is_uuid = isinstance(queryset.model._meta.pk, models.UUIDField)
        super().__init__(child=serializers.UUIDField() if is_uuid else KeyField(), **kwargs)
        self.queryset = queryset

    def to_internal_value(self, data: Any) -> list[Any]:
        keys = super().to_internal_value(data)
        rows = self.queryset.in_bulk(keys)
        for key in keys:
            if key not in rows:
                self.fail("does_not_exist", pk_value=key)
        return [rows[key] for key in keys]


class DayField(serializers.DateField):
    """A day that the portal can count with."""

    default_validators = [*DAY_VALIDATORS]


class MomentField(serializers.DateTimeField):
    """A moment that the portal can count with."""

    default_validators = [*MOMENT_VALIDATORS]

    def to_internal_value(self, value: Any) -> datetime:
        try:
            return super().to_internal_value(value)
        except OverflowError:
            # The first hours of the year 1 have no UTC, which the framework does not expect.
            self.fail("overflow")


class RowSerializer(serializers.ModelSerializer):
    """A body whose fields the model declares. It only validates: a use-case writes the row."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateField: DayField,
        models.DateTimeField: MomentField,
    }

    def get_validators(self) -> list[Any]:
        return []  # what is unique the database says

    def save(self, **kwargs: Any) -> Any:
        raise NotImplementedError("A use-case writes the row.")
