"""What every admin page shares: positions decide, and what is saved is audited."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.audit import audit
from orgs.models import Unit, User
from orgs.scoping import reach_of


class PortalAdmin(admin.ModelAdmin):
    """What all of them share: a list is narrowed by what its page offers, and by nothing else."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Django would take any column of the row, and so let passwords be guessed letter by letter."""
        offered = [_parameter(list_filter) for list_filter in self.get_list_filter(request)]
        if self.date_hierarchy:
            offered.append(self.date_hierarchy)
        return any(
            lookup == parameter or lookup.startswith(f"{parameter}__") for parameter in offered
        )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What an address says of an empty form, where it is a choice.

        Django would hand words to every field, and those of dates and relations fail by them.
        """
        choices = {field.name for field in self.opts.fields if field.choices}
        given = super().get_changeform_initial_data(request)
        return {name: value for name, value in given.items() if name in choices}


def _parameter(filter_: Any) -> str:
    """What a filter of a list is called in an address: a field, a field with its class, or a class."""
    if isinstance(filter_, str):
        return filter_
    return str(filter_[0] if isinstance(filter_, tuple) else filter_.parameter_name)


class ScopedAdmin(PortalAdmin):
    """An admin page that asks positions about each row.

    Rows are those `visible_to` the person where the model is scoped, and (with `area_paths`, the
    ways from a row to units) those in the person's own areas. Superusers see all.
    """

    area_paths: ClassVar[tuple[str, ...]] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        if hasattr(rows, "visible_to"):
            rows = rows.visible_to(request.user)
        if not self.area_paths or reach_of(request.user).everywhere:
            return rows
        # As a subquery: a row reached over several units is still one row.
        visible = self.model._default_manager.filter(self.in_areas(request)).order_by()
        return rows.filter(pk__in=visible.values("pk"))

    def in_areas(self, request: HttpRequest) -> Q:
        """The rows in the person's own areas."""
        reach = reach_of(request.user)
        return Q(*[reach.q(path) for path in self.area_paths], _connector=Q.OR)

    def _may(self, request: HttpRequest, verb: str, obj: Model | None) -> bool:
        label = f"{self.opts.app_label}.{verb}_{self.opts.model_name}"
        return request.user.has_perm(label, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view", obj) or self._may(request, "change", obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request, "add", None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "delete", obj)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.acting = request.user
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Saves what no use-case stands for, if the person may keep the row as it has become."""
        verb = "change" if change else "add"
        if not self._may(request, verb, obj):
            raise PermissionDenied
        super().save_model(request, obj, form, change)
        self.record(request, verb, obj, changed=form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.record(request, "delete", obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for obj in queryset:
            self.delete_model(request, obj)

    def record(self, request: HttpRequest, verb: str, obj: Model, **detail: Any) -> None:
        action = f"{self.opts.app_label}.{verb}_{self.opts.model_name}"
        audit.record(action, by=request.user, obj=obj, detail={"admin": True, **detail})


class ReadOnlyAdmin(PortalAdmin):
    """Rows that only use-cases and jobs write."""

    show_full_result_count = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Viewing alone decides: Django would let in whoever may change, and a superuser may always."""
        return request.user.has_perm(f"{self.opts.app_label}.view_{self.opts.model_name}", obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class VersionsAdmin(ReadOnlyAdmin):
    """Rows that administrators add and nobody changes: the newest counts."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser


class ScopedReadOnlyAdmin(ReadOnlyAdmin, ScopedAdmin):
    """The same, within one's areas."""


class UnitRowAdmin(ScopedReadOnlyAdmin):
    """The entries of a register (`orgs/registers`)."""

    list_display = ("__str__", "unit", "ends")
    list_filter = (("ends", admin.EmptyFieldListFilter),)
    list_select_related = ("unit",)
    search_fields = ("^unit__code", "unit__path_name")


class ScopedForm(forms.ModelForm):
    """A form that knows for whom it checks; ScopedAdmin sets `acting`."""

    acting: ClassVar[User]

    def out_of_reach(self, units: list[Unit], perm_roles: frozenset) -> list[Unit]:
        """The units over which the person holds none of the roles."""
        reach = reach_of(self.acting)
        if reach.everywhere:
            return []
        return [unit for unit in units if not reach.roles_at(unit) & perm_roles]


class UnitCodesField(forms.CharField):
    """Units, entered as their codes, separated by blanks or lines."""

    widget = forms.Textarea(attrs={"rows": 4})
    default_help = gettext_lazy("Codes, separated by blanks or lines.")

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"help_text": self.default_help} | options)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(unit.code for unit in value)
        return value

    def clean(self, value: Any) -> list[Unit]:
        codes = set(super().clean(value).split())
        units = list(Unit.objects.filter(code__in=codes))
        unknown = codes - {unit.code for unit in units}
        if unknown:
            raise forms.ValidationError(_("Unknown codes: %s") % ", ".join(sorted(unknown)))
        return units

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = (self.prepare_value(initial) or "").split()
        return sorted(before) != sorted((data or "").split())


class ReadOnlyInline(admin.TabularInline):
    """Rows of a page that its reader may see anyway."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
