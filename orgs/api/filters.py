"""Filters that lists of the API share; a value that nothing has is refused with the filter's name (400)."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from orgs.models import Unit
from orgs.scoping import lies_in
from orgs.units.queries import unit_by_code

# As addresses write yes and no.
YES, NO = ("1", "true", "on"), ("0", "false", "off")


class UnitCodeField(forms.CharField):
    """A unit by its code, or by one that it had before it was moved."""

    def clean(self, value: Any) -> Unit | None:
        code = super().clean(value)
        unit = unit_by_code(code, Unit.objects.all()) if code else None
        if code and unit is None:
            raise forms.ValidationError(_("There is no unit “%(code)s”.") % {"code": code})
        return unit


class UnitFilter(django_filters.Filter):
    """What lies in a unit of any kind; `field_name` is the way to the unit of a row."""

    field_class = UnitCodeField

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("label", "Code of a unit: what lies in it.")
        super().__init__(*args, **options)

    def filter(self, rows: QuerySet, unit: Unit | None) -> QuerySet:
        return rows.filter(lies_in(unit, self.field_name)) if unit else rows


class FlagField(forms.TypedChoiceField):
    """Yes, no, or (None) not asked."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            choices=[(text, text) for text in (*YES, *NO)],
            coerce=lambda text: text in YES,
            empty_value=None,
            **options,
        )

    def to_python(self, value: Any) -> Any:
        return super().to_python(value).lower()


class FlagInput(forms.CheckboxInput):
    """A box to tick; what else an address says is left for the field to judge."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs, check_test=lambda value: str(value).lower() in YES)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(name, "")


@extend_schema_field(OpenApiTypes.BOOL)
class FlagFilter(django_filters.Filter):
    """Yes or no; anything else is refused."""

    field_class = FlagField


@extend_schema_field(OpenApiTypes.BOOL)
class EndedFilter(django_filters.Filter):
    """Rows that have ended; otherwise those that have not."""

    field_class = FlagField

    def filter(self, rows: QuerySet, ended: bool | None) -> QuerySet:
        return rows.filter(ends__isnull=not ended)


@extend_schema_field(OpenApiTypes.BOOL)
class EmptyFilter(django_filters.Filter):
    """Rows where `field_name` holds nothing; all rows where that is not asked."""

    field_class = FlagField

    def filter(self, rows: QuerySet, empty: bool | None) -> QuerySet:
        return rows.filter(**{f"{self.field_name}__isnull": True}) if empty else rows
