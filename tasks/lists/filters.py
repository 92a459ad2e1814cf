"""The filters of a list of tasks: one set for the page and the API, all of them in the address."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import django_filters
from django import forms
from django.db import models
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters.fields import IsoDateTimeField
from django_filters.rest_framework import FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from orgs.api.filters import LONGEST_SEARCH, FlagFilter, FlagInput, UnitFilter, WordsFilter
from orgs.errors import Refused
from orgs.models import Department, District, Unit
from orgs.scoping import in_district, reach_of
from orgs.units.queries import departments, unit_by_code
from orgs.values.days import DAY_VALIDATORS, MOMENT_VALIDATORS
from orgs.web.form_fields import DayInput
from tasks.enums import (
    ACTIVE_ASSIGNMENT,
    AT_WORK,
    FINAL,
    OPEN,
    WITH_DEPARTMENTS,
    Channel,
    Figure,
    Light,
    Status,
    WhistleKind,
)
from tasks.lists.desk import in_charge, own_late, with_own_limit
from tasks.models import Assignment, Category, Task
from tasks.rates.periods import Period
from tasks.rates.rates import tasks_behind
from tasks.workflow.contacts import caller, of_caller
from tasks.workflow.limits.limits import late, with_light, with_reply_light
from tasks.workflow.queries import handed_to, waiting_for

if TYPE_CHECKING:
    from orgs.models import User

DATE_LENGTH = len("2026-01-31")
# Servers refuse longer addresses in words of their own; a Chinese character is nine of its letters.
LONGEST_ADDRESS = 3000
SEARCHED = ("number", "outside_number", "title", "text", "spot", "unit__path_key")

TABS = {
    "open": _("Open"),
    "mine": _("Waiting for me"),
    "handed": _("Handed to me"),
    "urgent": _("Emergencies"),
    "late": _("Overdue"),
    "whistled": _("Whistled"),
    "departments": _("With departments"),
    "rating": _("Waiting for a rating"),
    "done": _("Finished"),
}


# Tasks without a limit come last.
_NEVER = datetime(9000, 1, 1, tzinfo=UTC)
# How a list can be sorted beside newest first: each never null (see `to_sort`).
SORTS: dict[str, tuple[Any, Any]] = {
    "limit": (_("Limit, the nearest first"), Coalesce("limit_at", Value(_NEVER))),
    "reply_by": (_("answer still owed, the next first"), F("reply_by")),
    "age": (_("Age, the oldest first"), F("pk")),
    "place": (_("Where"), F("unit__path_name")),
    "kind": (_("Kind"), F("category__name")),
}


SORTED = ("sort_key",)


class LastMomentField(IsoDateTimeField):
    """A moment; a day alone means its end."""

    default_validators = [*MOMENT_VALIDATORS]

    def clean(self, value: Any) -> datetime | None:
        moment = super().clean(value)
        day_alone = isinstance(value, str) and len(value.strip()) == DATE_LENGTH
        return moment + timedelta(days=1) if moment and day_alone else moment


class LastMomentFilter(django_filters.IsoDateTimeFilter):
    field_class = LastMomentField


class TaskFilter(FilterSet):
    """Filters of the list over the API; the page's are the same, as boxes to choose from."""

    all_unless_asked = True

    q = WordsFilter(*SEARCHED)
    caller = django_filters.CharFilter(method="of_telephone")
    tab = django_filters.ChoiceFilter(choices=list(TABS.items()), method="on_tab")
    status = django_filters.MultipleChoiceFilter(choices=Status.choices)
    light = django_filters.ChoiceFilter(choices=Light.choices, method="lit")
    reply = django_filters.ChoiceFilter(choices=Light.choices, method="reply_lit")
    sort = django_filters.ChoiceFilter(
        choices=[(name, label) for name, (label, _key) in SORTS.items()], method="to_sort"
    )
    channel = django_filters.ChoiceFilter(choices=Channel.choices)
    category = django_filters.ModelChoiceFilter(
        queryset=Category.objects.all(), to_field_name="code"
    )
    unit = UnitFilter()
    district = django_filters.ModelChoiceFilter(
        queryset=District.objects.all(), to_field_name="code", method="in_a_district"
    )
    at_work = django_filters.ModelChoiceFilter(
        queryset=Department.objects.all(), to_field_name="code", method="worked_on"
    )
    department = django_filters.ModelChoiceFilter(
        queryset=Department.objects.all(), to_field_name="code", method="with_department"
    )
    whistle = django_filters.ChoiceFilter(field_name="whistle_kind", choices=WhistleKind.choices)
    unsigned = FlagFilter(method="waiting_for_signature", widget=FlagInput)
    charge = FlagFilter(method="answered_for", widget=FlagInput)
    departmental = FlagFilter(method="done_by_departments", widget=FlagInput)
    counted = django_filters.ChoiceFilter(choices=Figure.choices, method="behind_figure")
    first = django_filters.DateFilter(method="with_figure", validators=DAY_VALIDATORS)
    last = django_filters.DateFilter(method="with_figure", validators=DAY_VALIDATORS)
    lead = django_filters.ModelChoiceFilter(
        queryset=Department.objects.all(), to_field_name="code", method="with_figure"
    )
    since = django_filters.IsoDateTimeFilter(
        field_name="created_at", lookup_expr="gte", validators=MOMENT_VALIDATORS
    )
    until = LastMomentFilter(field_name="created_at", lookup_expr="lt")

    class Meta:
        model = Task
        fields: list[str] = []

    def set_values(self) -> dict[str, str]:
        """The filters that are set, as text."""
        return {name: str(self.data[name]) for name in self.filters if self.data.get(name)}

    def of_telephone(self, tasks: QuerySet[Task], name: str, index: str) -> QuerySet[Task]:
        """The tasks of one telephone, which no address names: `kept` writes what stands for it."""
        return of_caller(tasks, self.request.user, index)

    @extend_schema_field(OpenApiTypes.STR)
    def in_a_district(self, tasks: QuerySet[Task], name: str, district: District) -> QuerySet[Task]:
        return tasks.filter(in_district(district, "unit"))

    @extend_schema_field(OpenApiTypes.STR)
    def worked_on(self, tasks: QuerySet[Task], name: str, department: Department) -> QuerySet[Task]:
        """Those with a department that has not ended its part."""
        works = Assignment.objects.filter(department=department, status__in=ACTIVE_ASSIGNMENT)
        return tasks.filter(pk__in=works.values("task"))

    def on_tab(self, tasks: QuerySet[Task], name: str, tab: str) -> QuerySet[Task]:
        match tab:
            case "open":
                return tasks.filter(status__in=OPEN)
            case "mine":
                return tasks.filter(pk__in=waiting_for(self.request.user).values("pk"))
            case "handed":
                return tasks.filter(pk__in=handed_to(self.request.user).values("pk"))
            case "urgent":
                return tasks.filter(is_urgent=True, status__in=AT_WORK)
            case "late" if self.form.cleaned_data.get("charge"):
                # As the desk counts it, which links here: an assisting department by its own limit.
                return with_own_limit(tasks, self.request.user).filter(own_late(timezone.now()))
            case "late":
                return tasks.filter(late(timezone.now()))
            case "departments":
                return tasks.filter(status__in=WITH_DEPARTMENTS)
            case "done":
                return tasks.filter(status__in=FINAL)
            case _:
                return tasks.filter(status=tab)

    def lit(self, tasks: QuerySet[Task], name: str, light: str) -> QuerySet[Task]:
        return with_light(tasks, Light(light), timezone.now())

    def reply_lit(self, tasks: QuerySet[Task], name: str, light: str) -> QuerySet[Task]:
        return with_reply_light(tasks, Light(light), timezone.now())

    def to_sort(self, tasks: QuerySet[Task], name: str, sort: str) -> QuerySet[Task]:
        """With `sort_key`; by the limit of an answer, only the tickets that wait for theirs."""
        tasks = tasks.annotate(sort_key=SORTS[sort][1])
        if sort != "reply_by":
            return tasks
        return tasks.filter(resolved_at=None, closed_at=None).exclude(reply_by=None)

    def answered_for(self, tasks: QuerySet[Task], name: str, only: bool) -> QuerySet[Task]:
        """Only what the person answers for, as the lights above the desk count it."""
        return tasks.filter(pk__in=in_charge(self.request.user).values("pk")) if only else tasks

    def waiting_for_signature(self, tasks: QuerySet[Task], name: str, only: bool) -> QuerySet[Task]:
        """Only whistles that the street's leadership has to sign first."""
        unsigned = Q(
            status=Status.WHISTLED, whistle_rule__needs_signature=True, signed_at__isnull=True
        )
        return tasks.filter(unsigned) if only else tasks

    def done_by_departments(self, tasks: QuerySet[Task], name: str, only: bool) -> QuerySet[Task]:
        """Only what departments reported as done, as the last column of the board counts it."""
        return tasks.filter(worked_from__in=WITH_DEPARTMENTS) if only else tasks

    def behind_figure(self, tasks: QuerySet[Task], name: str, figure: str) -> QuerySet[Any]:
        """The tasks that a figure of the rates was counted from; `first`, `last`, `lead` belong to it."""
        return tasks_behind(
            tasks,
            Figure(figure),
            self.period,
            timezone.now(),
            reader=self.request.user,
            lead=self.form.cleaned_data.get("lead"),
        )

    @property
    def period(self) -> Period:
        """The days of a figure; today where the address names none."""
        given, today = self.form.cleaned_data, timezone.localdate()
        return Period(given.get("first") or today, given.get("last") or today)

    def with_figure(self, tasks: QuerySet[Task], name: str, value: Any) -> QuerySet[Task]:
        """Read together with `counted`."""
        return tasks

    @extend_schema_field(OpenApiTypes.STR)
    def with_department(
        self, tasks: QuerySet[Task], name: str, department: Department
    ) -> QuerySet[Task]:
        assigned = Assignment.objects.filter(department=department)
        return tasks.filter(pk__in=assigned.values("task"))


def _of(words: type[models.TextChoices]) -> Callable[[], list[tuple[str, Any]]]:
    """The choices of a box, asked for when it is drawn: django-filter copies lists of words for each page."""
    return lambda: words.choices


def _categories() -> list[tuple[str, str]]:
    """The kinds that tasks are of, group by group; of a group itself none is."""
    kinds = Category.objects.filter(children=None)
    by_group = kinds.order_by(
        F("parent__position").asc(nulls_last=True), "parent__code", "position", "code"
    )
    return list(by_group.values_list("code", "name"))


def units_to_choose(user: "User") -> list[tuple[str, str]]:
    """The areas that a person works in and what lies directly below them, with codes."""
    holdings = reach_of(user).holdings
    levels = [held.area.level for held in holdings if held.area]
    depth = 1 if levels and min(levels) == 0 else 2
    streets = {held.area.tree_id for held in holdings if held.area and held.area.level == 0}
    if len(streets) > 1:
        depth = 0
    units = Unit.objects.filter(reach_of(user).q(""), level__lte=depth)
    return list(units.order_by("tree_id", "lft").values_list("code", "path_name"))


def departments_to_choose(user: "User") -> list[tuple[str, str]]:
    """The departments of the districts and streets that a person works in; all for superusers."""
    choices = departments()
    if not user.is_superuser:
        trees = {held.area.tree_id for held in reach_of(user).holdings if held.area}
        choices = choices.filter(district__streets__tree_id__in=trees).distinct()
    return list(choices.order_by("code").values_list("code", "short_name"))


class TaskPageFilter(TaskFilter):
    """The same filters with labels, and boxes that hold what can be chosen."""

    tab = django_filters.ChoiceFilter(
        choices=lambda: list(TABS.items()), method="on_tab", widget=forms.HiddenInput
    )
    q = WordsFilter(
        *SEARCHED,
        label=_("Search"),
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("Number, words, place or full phone")}
        ),
    )
    caller = django_filters.CharFilter(method="of_telephone", widget=forms.HiddenInput)
    status = django_filters.ChoiceFilter(
        label=_("State"), choices=_of(Status), empty_label=_("any state")
    )
    light = django_filters.ChoiceFilter(
        label=_("Time"), choices=_of(Light), method="lit", empty_label=_("any time")
    )
    reply = django_filters.ChoiceFilter(
        label=_("Answer to the hotline"),
        choices=_of(Light),
        method="reply_lit",
        empty_label=_("any"),
    )
    sort = django_filters.ChoiceFilter(
        label=_("Sorted by"),
        choices=[(name, label) for name, (label, _key) in SORTS.items()],
        method="to_sort",
        empty_label=_("newest first"),
    )
    category = django_filters.ChoiceFilter(
        label=_("Kind"), field_name="category__code", empty_label=_("any kind"), choices=_categories
    )
    unit = UnitFilter(label=_("Where"), widget=forms.Select)
    district = django_filters.ModelChoiceFilter(
        queryset=District.objects.all(),
        to_field_name="code",
        method="in_a_district",
        widget=forms.HiddenInput,
    )
    at_work = django_filters.ModelChoiceFilter(
        queryset=Department.objects.all(),
        to_field_name="code",
        method="worked_on",
        widget=forms.HiddenInput,
    )
    department = django_filters.ModelChoiceFilter(
        label=_("Department"),
        queryset=Department.objects.all(),
        to_field_name="code",
        method="with_department",
        widget=forms.Select,
    )
    channel = django_filters.ChoiceFilter(
        label=_("Channel"), choices=_of(Channel), empty_label=_("any channel")
    )
    whistle = django_filters.ChoiceFilter(
        label=_("Kind of whistle"),
        field_name="whistle_kind",
        choices=_of(WhistleKind),
        empty_label=_("any whistle"),
    )
    unsigned = FlagFilter(
        label=_("Only what is to be signed"), method="waiting_for_signature", widget=FlagInput
    )
    charge = FlagFilter(label=_("Only what I answer for"), method="answered_for", widget=FlagInput)
    departmental = FlagFilter(method="done_by_departments", widget=forms.HiddenInput)
    counted = django_filters.ChoiceFilter(
        choices=_of(Figure), method="behind_figure", widget=forms.HiddenInput
    )
    first = django_filters.DateFilter(
        method="with_figure", validators=DAY_VALIDATORS, widget=forms.HiddenInput
    )
    last = django_filters.DateFilter(
        method="with_figure", validators=DAY_VALIDATORS, widget=forms.HiddenInput
    )
    lead = django_filters.ModelChoiceFilter(
        queryset=Department.objects.all(),
        to_field_name="code",
        method="with_figure",
        widget=forms.HiddenInput,
    )
    since = django_filters.IsoDateTimeFilter(
        label=_("Reported from"),
        field_name="created_at",
        lookup_expr="gte",
        validators=MOMENT_VALIDATORS,
        widget=DayInput,
    )
    until = LastMomentFilter(
        label=_("Until"), field_name="created_at", lookup_expr="lt", widget=DayInput
    )

    def __init__(self, *args: Any, departments: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = self.form.fields
        chosen = self.data.get("unit") if self.data else ""
        units = units_to_choose(self.request.user)
        if chosen and chosen not in dict(units):
            named = unit_by_code(chosen, Unit.objects.all())
            units.append((chosen, str(named) if named else chosen))
        fields["unit"].widget.choices = [("", _("any place")), *units]
        fields["department"].widget.choices = [("", _("any department")), *departments]

    @property
    def is_narrowed(self) -> bool:
        """Whether anything beside the tab narrows the list."""
        return any(self.data.get(name) for name in self.filters if name not in ("tab", "sort"))

    @property
    def order(self) -> tuple[str, ...]:
        """By what the list is sorted; nothing for newest first."""
        return SORTED if self.is_valid() and self.form.cleaned_data.get("sort") else ()

    @property
    def behind(self) -> tuple[Figure, Period, Department | None] | None:
        """Behind which figure of the rates the list stands, if any; of a valid form."""
        given = self.form.cleaned_data
        if not given.get("counted"):
            return None
        return Figure(given["counted"]), self.period, given.get("lead")


class BoardFilter(TaskPageFilter):
    """What narrows the dispatch board: the same filters, as far as they tell its cards apart."""

    @classmethod
    def get_filters(cls) -> dict[str, Any]:
        # Asked for once; for each page they are copied one by one.
        every = super().get_filters()
        return {
            name: every[name] for name in ("whistle", "category", "unit", "department", "unsigned")
        }


def address_of(query: str) -> str:
    """The same for a page to lead to. Raises Refused where no address can hold it."""
    address = kept(query)
    if len(address) > LONGEST_ADDRESS:
        message = gettext("Look for at most %(most)d characters.") % {"most": LONGEST_SEARCH}
        raise Refused(message, code="too_long", field="q")
    return address


def kept(query: str) -> str:
    """The address of a list as it is saved and compared: known filters that are set, in one order.

    Addresses stay in histories and logs: a telephone number that was typed is written as its index.
    """
    given = QueryDict(query, mutable=True)
    if index := caller(given.get("q", "")):
        del given["q"]
        given["caller"] = index
    return urlencode(
        sorted(
            (name, value)
            for name, values in given.lists()
            if name in TaskPageFilter.base_filters
            for value in values
            if value and "\0" not in value
        )
    )
