"""The filters of measures: one set for the page of a list and the API, all of them in the address."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import FilterSet

from orgs.api.filters import WordsFilter
from orgs.models import Department
from tasks.campaigns.queries import due_soon, late
from tasks.enums import Light, MeasureState
from tasks.models import Campaign, Measure

UNFINISHED = "unfinished"
STATES = [*MeasureState.choices, (UNFINISHED, _("not struck off"))]


def _campaigns(request: Any) -> QuerySet[Campaign]:
    """The campaigns that a list may be narrowed to."""
    return Campaign.objects.visible_to(request.user) if request else Campaign.objects.none()


class MeasureFilter(FilterSet):
    """Filters of the list over the API."""

    campaign = django_filters.ModelChoiceFilter(queryset=_campaigns)
    state = django_filters.ChoiceFilter(choices=STATES, method="in_state")
    light = django_filters.ChoiceFilter(choices=Light.choices, method="lit")
    aspect = django_filters.CharFilter(field_name="aspect")
    lead = django_filters.ModelChoiceFilter(queryset=Department.objects.all(), to_field_name="code")
    q = WordsFilter("problem", "text")

    class Meta:
        model = Measure
        fields: list[str] = []

    def in_state(self, rows: QuerySet[Measure], name: str, state: str) -> QuerySet[Measure]:
        if state == UNFINISHED:
            return rows.exclude(state=MeasureState.CLOSED)
        return rows.filter(state=state)

    def lit(self, rows: QuerySet[Measure], name: str, light: str) -> QuerySet[Measure]:
        """What `Measure.light` says of one row, for many."""
        today = timezone.localdate()
        match light:
            case Light.RED:
                return rows.filter(late(today))
            case Light.YELLOW:
                return rows.filter(due_soon(today))
            case _:
                return rows.exclude(late(today) | due_soon(today))


class MeasurePageFilter(MeasureFilter):
    """The same filters with labels, and boxes that hold what can be chosen in one list."""

    q = WordsFilter("problem", "text", label=_("Search"))
    aspect = django_filters.ChoiceFilter(label=_("Aspect"), empty_label=_("any aspect"))
    lead = django_filters.ChoiceFilter(
        label=_("Lead department"), field_name="lead__code", empty_label=_("any department")
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=STATES, method="in_state", empty_label=_("any state")
    )
    light = django_filters.ChoiceFilter(
        label=_("Time"), choices=Light.choices, method="lit", empty_label=_("any time")
    )
    campaign = None

    def __init__(
        self, *args: Any, aspects: list[str], leads: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.filters["aspect"].extra["choices"] = [(aspect, aspect) for aspect in aspects]
        self.filters["lead"].extra["choices"] = leads

    @property
    def is_narrowed(self) -> bool:
        """Whether anything narrows the list."""
        return any(self.data.get(name) for name in self.filters)
