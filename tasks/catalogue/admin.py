"""Kinds of problem, duty lists and limits in the admin."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import ForeignKey, QuerySet
from django.forms.models import model_to_dict
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.accounts.sign_in import signed_in
from orgs.admin.base import ReadOnlyInline, ScopedAdmin, VersionsAdmin
from orgs.errors import Refused
from orgs.models import Department
from orgs.scoping import reach_of
from tasks.catalogue import catalogue, stage_rules
from tasks.catalogue.grants import DUTY_KEEPERS
from tasks.enums import (
    DISPATCH_LIMITS,
    STAGE_LIMITS,
    DeclineReason,
    StageUrgency,
    WhistleKind,
)
from tasks.models import Category, Duty, RateRule, StageRule, Synonym, WhistleRule
from tasks.rates import rates

STARS = "12345"


class DutiesOfCategory(ReadOnlyInline):
    """Who leads and assists on a kind."""

    model = Duty
    fields = ("department", "role", "basis")
    readonly_fields = fields
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Duty]:
        return super().get_queryset(request).select_related("department")


class SynonymsOfCategory(admin.TabularInline):
    """The everyday words by which residents find a kind."""

    model = Synonym
    extra = 0


@admin.register(Category)
class CategoryAdmin(ScopedAdmin):
    """Kinds in their order. A kind is taken out of use, never deleted: tasks refer to it."""

    list_display = ("name", "code", "parent", "position", "is_urgent", "is_selectable")
    list_editable = ("position", "is_urgent", "is_selectable")
    list_filter = ("is_urgent", "is_selectable", "parent")
    list_select_related = ("parent",)
    search_fields = ("name", "code", "keywords")
    ordering = ("parent__position", "position", "code")
    inlines = (DutiesOfCategory, SynonymsOfCategory)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Only headings have kinds below them: the tree has two levels."""
        if db_field.name == "parent":
            kwargs["queryset"] = Category.objects.filter(parent=None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Duty)
class DutyAdmin(ScopedAdmin):
    """The lines of the departments' duty lists; a district keeps those of its own departments."""

    list_display = ("department", "category", "role", "basis")
    list_filter = ("role", "department")
    list_select_related = ("department", "category")
    search_fields = ("department__name", "department__short_name", "category__name", "basis")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Duty]:
        rows = super().get_queryset(request)
        reach = reach_of(request.user)
        if reach.everywhere:
            return rows
        return rows.filter(department__district__in=reach.district_ids(DUTY_KEEPERS))

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Only departments of the own district can be chosen."""
        if db_field.name == "department":
            reach = reach_of(request.user)
            own = Department.objects.all()
            if not reach.everywhere:
                own = own.filter(district__in=reach.district_ids(DUTY_KEEPERS))
            kwargs["queryset"] = own
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class WhistleRuleForm(forms.ModelForm):
    """Limits that dispatch can reckon with."""

    def clean(self) -> dict[str, Any]:
        """What the database would refuse by the name of a constraint is said beside its box."""
        given = super().clean() or {}
        if not self.errors:
            _refuse(self, lambda: catalogue.refuse_bad_limits(WhistleRule(**given)))
        return given


def _refuse(form: forms.ModelForm, check: Callable[[], None]) -> None:
    """Puts what a check refuses into a form."""
    try:
        check()
    except Refused as refusal:
        if not refusal.fields:
            form.add_error(None, refusal.message)
        for name, sentences in refusal.fields.items():
            form.add_error(name, list(sentences))


@admin.register(WhistleRule)
class WhistleRuleAdmin(VersionsAdmin):
    """Limits. What is in force is never changed: a new version is added, tasks keep theirs."""

    list_display = ("kind", "version", "limits", "needs_signature", "source")
    list_filter = ("kind",)
    form = WhistleRuleForm
    fields = (
        "kind",
        ("report_in", "report_in_unit"),
        ("contact", "contact_unit"),
        ("resolve", "resolve_unit"),
        ("street_after", "district_after"),
        "needs_signature",
        "source",
    )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What is in force for the kind of `?kind=`, to be changed."""
        given = super().get_changeform_initial_data(request)
        rule = catalogue.rules_in_force().get(str(given.get("kind", WhistleKind.PUBLIC)))
        return (model_to_dict(rule, exclude=["id", "version"]) if rule else {}) | given

    @admin.display(description=gettext_lazy("limits"))
    def limits(self, rule: WhistleRule) -> str:
        return " · ".join(f"{limit.label} {rule.span(limit).words()}" for limit in DISPATCH_LIMITS)

    def save_model(self, request: HttpRequest, obj: WhistleRule, form: Any, change: bool) -> None:
        """Gives the rule the next version of its kind."""
        catalogue.new_rule(rule=obj, by=signed_in(request), now=timezone.now())


class StageRuleForm(forms.ModelForm):
    """Limits that the clock can reckon with."""

    def clean(self) -> dict[str, Any]:
        """What the database would refuse by the name of a constraint is said beside its box."""
        given = super().clean() or {}
        if not self.errors:
            _refuse(self, lambda: stage_rules.refuse_bad_limits(StageRule(**given)))
        return given


@admin.register(StageRule)
class StageRuleAdmin(VersionsAdmin):
    """Limits of accepting, handling and dispatching; stages under way keep their version."""

    list_display = ("kind", "version", "limits", "source")
    list_filter = ("kind",)
    form = StageRuleForm
    fields = (
        "kind",
        ("accept", "accept_unit"),
        ("handle", "handle_unit"),
        ("dispatch", "dispatch_unit"),
        ("street_after", "district_after"),
        "source",
    )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What is in force for the kind of `?kind=`, to be changed."""
        given = super().get_changeform_initial_data(request)
        rule = stage_rules.rules_in_force().get(str(given.get("kind", StageUrgency.ORDINARY)))
        return (model_to_dict(rule, exclude=["id", "version"]) if rule else {}) | given

    @admin.display(description=gettext_lazy("limits"))
    def limits(self, rule: StageRule) -> str:
        return " · ".join(f"{limit.label} {rule.span(limit).words()}" for limit in STAGE_LIMITS)

    def save_model(self, request: HttpRequest, obj: StageRule, form: Any, change: bool) -> None:
        """Gives the rule the next version of its kind."""
        stage_rules.new_rule(rule=obj, by=signed_in(request), now=timezone.now())


class RateRuleForm(forms.ModelForm):
    """A weight for each number of stars, and the reasons as boxes to tick."""

    exclusions = forms.MultipleChoiceField(
        label=gettext_lazy("reasons to leave out"),
        choices=DeclineReason.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = RateRule
        fields = ("exclusions", "source")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for stars in STARS:
            self.fields[f"stars_{stars}"] = forms.IntegerField(
                label=_("%(stars)s stars weigh (%%)") % {"stars": stars}, min_value=0, max_value=100
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self.instance.weights = {stars: given.get(f"stars_{stars}") for stars in STARS}
        self.instance.exclusions = given.get("exclusions", [])
        if not self.errors:
            _refuse(self, lambda: catalogue.refuse_bad_weights(self.instance))
        return given


@admin.register(RateRule)
class RateRuleAdmin(VersionsAdmin):
    """How ratings are weighed. A new version is added; what was counted keeps its own."""

    list_display = ("version", "weighs", "leaves_out", "source")
    fields = ("weighs", "leaves_out", "source")

    @admin.display(description=gettext_lazy("weights"))
    def weighs(self, rule: RateRule) -> str:
        return " · ".join(f"{stars}★ {weight}%" for stars, weight in sorted(rule.weights.items()))

    @admin.display(description=gettext_lazy("reasons to leave out"))
    def leaves_out(self, rule: RateRule) -> str:
        return " · ".join(str(DeclineReason(code).label) for code in rule.exclusions)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kw: Any
    ) -> Any:
        return super().get_form(request, obj, change, **kw) if obj else RateRuleForm

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        added = (*(f"stars_{stars}" for stars in reversed(STARS)), "exclusions", "source")
        return self.fields if obj else added

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What is in force, to be changed."""
        rule = rates.rule_in_force()
        weights = {f"stars_{stars}": weight for stars, weight in rule.weights.items()}
        return {"exclusions": rule.exclusions, "source": rule.source, **weights}

    def save_model(self, request: HttpRequest, obj: RateRule, form: Any, change: bool) -> None:
        catalogue.new_rate_rule(rule=obj, by=signed_in(request), now=timezone.now())
