"""Kinds of problem, duty lists and limits in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from orgs.admin.base import ScopedAdmin
from orgs.models import Department
from orgs.scoping import reach_of
from orgs.signing_in import signed_in
from tasks import catalogue
from tasks.admin.parts import ToRead
from tasks.catalogue_grants import DUTY_KEEPERS
from tasks.enums import LimitKind
from tasks.models import Category, Duty, RateRule, WhistleRule


class DutiesOfCategory(ToRead):
    """Who leads and assists on a kind."""

    model = Duty
    fields = ("department", "role", "basis")
    readonly_fields = fields
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Duty]:
        return super().get_queryset(request).select_related("department")


@admin.register(Category)
class CategoryAdmin(ScopedAdmin):
    """Kinds in their order. A kind is taken out of use, never deleted: tasks refer to it."""

    list_display = ("name", "code", "parent", "position", "is_selectable")
    list_editable = ("position", "is_selectable")
    list_filter = ("is_selectable", "parent")
    list_select_related = ("parent",)
    search_fields = ("name", "code", "keywords")
    ordering = ("parent__position", "position", "code")
    inlines = (DutiesOfCategory,)

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


@admin.register(WhistleRule)
class WhistleRuleAdmin(ScopedAdmin):
    """Limits. What is in force is never changed: a new version is added, tasks keep theirs."""

    list_display = ("kind", "version", "limits", "needs_signature", "source")
    list_filter = ("kind",)
    fields = (
        "kind",
        ("report_in", "report_in_unit"),
        ("contact", "contact_unit"),
        ("resolve", "resolve_unit"),
        ("street_after", "district_after"),
        "needs_signature",
        "source",
    )

    @admin.display(description=gettext_lazy("limits"))
    def limits(self, rule: WhistleRule) -> str:
        return " · ".join(f"{limit.label} {rule.span(limit).words()}" for limit in LimitKind)

    def save_model(self, request: HttpRequest, obj: WhistleRule, form: Any, change: bool) -> None:
        """Gives the rule the next version of its kind."""
        catalogue.new_rule(rule=obj, by=signed_in(request), now=timezone.now())

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(RateRule)
class RateRuleAdmin(ScopedAdmin):
    """How ratings are weighed. A new version is added; what was counted keeps its own."""

    list_display = ("version", "weights", "source")
    fields = ("weights", "exclusions", "source")

    def save_model(self, request: HttpRequest, obj: RateRule, form: Any, change: bool) -> None:
        catalogue.new_rate_rule(rule=obj, by=signed_in(request), now=timezone.now())

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
