"""Filters that lists of the API share; a value that nothing has is refused with the filter's name (400)."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.request import Request

from orgs.models import Unit
from orgs.scoping import around, lies_in
from orgs.units.queries import unit_by_code
from orgs.values.names import compared, contains_word


class FilterBackend(DjangoFilterBackend):
    """Builds no form of twenty fields where nothing is asked, for filters that then leave all rows in.

    Such a filter set says so with `all_unless_asked`. Measured: a tenth of the list of tasks.
    """

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        filters = self.get_filterset_class(view, queryset)
        if getattr(filters, "all_unless_asked", False) and not (
            request.query_params.keys() & filters.base_filters.keys()
        ):
            return queryset
        return super().filter_queryset(request, queryset, view)


# As addresses write yes and no.
YES, NO = ("1", "true", "on"), ("0", "false", "off")
MAX_WORDS, LONGEST_SEARCH = 6, 100


class UnitCodeField(forms.CharField):
    """A unit by its code, or by one that it had before it was moved."""

    def clean(self, value: Any) -> Unit | None:
        code = super().clean(value)
        unit = unit_by_code(code, Unit.objects.all()) if code else None
        if code and unit is None:
            raise forms.ValidationError(_("There is no unit “%(code)s”."), params={"code": code})
        return unit


class UnitFilter(django_filters.Filter):
    """What lies in a unit of any kind (`above`: and what covers it); `field_name` is the way to the
    unit of a row."""

    field_class = UnitCodeField

    def __init__(self, *args: Any, above: bool = False, **options: Any) -> None:
        options.setdefault("label", "Code of a unit: what lies in it.")
        super().__init__(*args, **options)
        self.within = around if above else lies_in

    def filter(self, rows: QuerySet, unit: Unit | None) -> QuerySet:
        return rows.filter(self.within(unit, self.field_name)) if unit else rows


class WordsFilter(django_filters.CharFilter):
    """Rows of which each word is part of one of some columns; further words than six are left out.

    A column of a comparing form (`…_key`) is asked for that of the word.
    """

    def __init__(self, *columns: str, **options: Any) -> None:
        options.setdefault("max_length", LONGEST_SEARCH)
        options.setdefault("widget", forms.TextInput(attrs={"type": "search"}))
        super().__init__(**options)
        self.columns = columns

    def filter(self, rows: QuerySet, words: str) -> QuerySet:
        for word in (words or "").split()[:MAX_WORDS]:
            parts = [
                contains_word(column, compared(word))
                if column.endswith("_key")
                else contains_word(column, word, "icontains")
                for column in self.columns
            ]
            rows = rows.filter(Q(*parts, _connector=Q.OR))
        return rows


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
