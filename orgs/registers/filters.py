"""What registers are narrowed by, on their pages and over the API: at least the place."""

from django import forms
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import FilterSet

from orgs.api.filters import UnitFilter
from orgs.models import Unit
from orgs.models.registers import UnitRow
from orgs.units.queries import own_unit


class UnitRowFilter(FilterSet):
    """Entries at a place, below it, and at what covers it; subclasses name the model in `Meta`."""

    class Meta:
        model: type[UnitRow]
        fields: tuple[str, ...] = ()

    unit = UnitFilter(label=_("Where"), above=True, widget=forms.Select)

    @property
    def place(self) -> Unit | None:
        """The place that was chosen."""
        place: Unit | None = (self.form.is_valid() and self.form.cleaned_data["unit"]) or None
        return place


def at_own_place(request: HttpRequest, filter_class: type[UnitRowFilter]) -> UnitRowFilter:
    """The entries in force at one's own place unless the address names another; streets and
    communities that have entries are offered. Three queries."""
    model: type[UnitRow] = filter_class.Meta.model
    own = own_unit(request.user, timezone.localdate())
    given = {"unit": own.code if own else ""} | request.GET.dict()
    rows = model._default_manager.filter(ends=None).select_related("unit")
    chosen = filter_class(given, rows, request=request)
    with_rows = model._default_manager.filter(ends=None, unit__level__lt=2).values("unit")
    named = [one.pk for one in (own, chosen.place) if one]
    places = Unit.objects.filter(Q(pk__in=with_rows) | Q(pk__in=named))
    choices = [("", _("any place")), *((place.code, place.short_name) for place in places)]
    chosen.form.fields["unit"].widget.choices = choices
    return chosen
