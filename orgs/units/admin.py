"""Districts, units, grids, party organisations and departments in the admin."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from mptt.admin import DraggableMPTTAdmin

from orgs.accounts.sign_in import signed_in
from orgs.admin.base import ScopedAdmin, ScopedForm, ScopedReadOnlyAdmin, UnitCodesField
from orgs.enums import UNIT_LEVELS, Permission, UnitKind
from orgs.errors import DomainError, Refused
from orgs.models import (
    CompoundProfile,
    Department,
    District,
    Grid,
    PartyOrganisation,
    Unit,
    UnitAlias,
)
from orgs.scoping import reach_of
from orgs.units import units
from orgs.units.grants import DISTRICT_KEEPERS, UNIT_KEEPERS
from orgs.web.paging import key_of

STREET_PARAMETER = "street"
SIDES = ("left", "right")


class StreetFilter(admin.SimpleListFilter):
    """One street a page; without a street or a search there is nothing to show."""

    title = gettext_lazy("street")
    parameter_name = STREET_PARAMETER

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        streets = Unit.objects.filter(
            level=0, tree_id__in=model_admin.get_queryset(request).order_by().values("tree_id")
        )
        return [(street.code, street.name) for street in streets.order_by("code")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value():
            street = Unit.objects.filter(level=0, code=self.value()).values("tree_id")
            return queryset.filter(tree_id__in=street)
        return queryset if request.GET.get("q") else queryset.none()

    def choices(self, changelist: Any) -> Iterator[Any]:
        _everything, *streets = super().choices(changelist)
        yield from streets


class UnitForm(ScopedForm):
    """A new unit below a parent or (a street) a district, or the name of one that is there."""

    code = forms.CharField(
        label=gettext_lazy("code"),
        max_length=24,
        required=False,
        help_text=gettext_lazy("Leave it empty to give the next one; streets need theirs."),
    )

    class Meta:
        model = Unit
        fields = ("parent", "district", "name", "official_type", "code")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk:
            return cleaned
        place = cleaned.get("parent") or cleaned.get("district")
        if place is None or (cleaned.get("parent") and cleaned.get("district")):
            raise forms.ValidationError(_("Choose a parent, or (for a street) a district."))
        if isinstance(place, Unit) and place.level + 1 >= len(UNIT_LEVELS):
            raise forms.ValidationError(_("A unit of this kind does not belong there."))
        if not self.acting.has_perm(Permission.ADD_UNIT, place):
            raise forms.ValidationError(_("You may not add anything there."))
        try:
            units.code_for_new(parent=place, code=cleaned.get("code"))
        except Refused as error:
            self.add_error("code", error.message)
        return cleaned


class ProfileInline(admin.StackedInline):
    """What is known of a compound."""

    model = CompoundProfile
    fields = (*units.PROFILE_FIELDS, *units.FOLLOWING_FIELDS)
    readonly_fields = units.FOLLOWING_FIELDS
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and request.user.has_perm(Permission.ADD_COMPOUNDPROFILE, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and request.user.has_perm(Permission.CHANGE_COMPOUNDPROFILE, obj)


@admin.register(Unit)
class UnitAdmin(ScopedAdmin, DraggableMPTTAdmin):
    """One street's tree a page. Dragging puts siblings in order; moving has its page."""

    area_paths = ("",)
    form = UnitForm
    list_display = ("tree_actions", "indented_title", "code", "kind", "official_type")
    list_display_links = ("indented_title",)
    list_filter = (StreetFilter, "kind")
    search_fields = ("name", "code", "path_name")
    raw_id_fields = ("parent",)
    list_per_page = 8000
    # Depth is shown by classes: the Content-Security-Policy forbids styles in the page.
    mptt_level_indent = 0
    expand_tree_by_default = True
    actions = None

    class Media:
        css = {"all": ("css/admin-tree.css",)}

    @admin.display(description=gettext_lazy("unit"))
    def indented_title(self, item: Unit) -> str:
        return format_html('<div class="tree-level-{}">{}</div>', item.level, item.name)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: tasks and people point at units."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("parent", "district", "code", "kind", "path_name") if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Any) -> list:
        return [ProfileInline] if obj is not None and obj.kind == UnitKind.COMPOUND else []

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        fields = ["parent", "district", "name", "official_type", "code"]
        return [*fields, "kind", "path_name"] if obj else fields

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        asked = request.GET.get(STREET_PARAMETER) or request.GET.get("q")
        hint = "" if asked else _("Choose a street, or search.")
        return super().changelist_view(request, {"subtitle": hint, **(extra_context or {})})

    def _tree_context(self, request: HttpRequest) -> dict[str, Any]:
        """mptt's script is told of the street on the page, not of all trees."""
        return super()._tree_context(request) | {"treeStructure": self._shown_tree(request)}

    def _build_tree_structure(self, queryset: QuerySet) -> dict:
        return {}

    def _shown_tree(self, request: HttpRequest) -> dict:
        street = Unit.objects.filter(level=0, code=request.GET.get(STREET_PARAMETER, ""))
        rows = self.get_queryset(request).filter(tree_id__in=street.values("tree_id"))
        return super()._build_tree_structure(rows)

    def _move_node(self, request: HttpRequest) -> HttpResponse:
        """Dragging: only to another place among its siblings."""
        rows = self.get_queryset(request)
        cut = rows.filter(pk=key_of(request.POST.get("cut_item"))).first()
        beside = rows.filter(pk=key_of(request.POST.get("pasted_on"))).first()
        side = request.POST.get("position")
        try:
            if cut is None or beside is None or side not in SIDES:
                raise Refused(_("Only units of the same parent can be put in order."))
            units.place(unit=cut, beside=beside, side=side, by=request.user)  # type: ignore[arg-type]  # one of SIDES, a signed-in person
        except DomainError as error:
            self.message_user(request, error.message, messages.ERROR)
            return HttpResponse("FAIL", status=error.status)
        self.message_user(request, _("%(unit)s was put in order.") % {"unit": cut.name})
        return HttpResponse("OK")

    def save_model(self, request: HttpRequest, obj: Unit, form: ModelForm, change: bool) -> None:
        given = form.cleaned_data
        by = signed_in(request)
        if change:
            names = {name: given[name] for name in ("name", "official_type")}
            units.rename(unit=obj, by=by, **names)
            return
        parent = given.get("parent") or given["district"]
        level = parent.level + 1 if isinstance(parent, Unit) else 0
        unit = units.create(
            parent=parent,
            kind=UNIT_LEVELS[level],
            name=given["name"],
            official_type=given["official_type"],
            code=given["code"] or None,
            by=by,
        )
        obj.pk = unit.pk
        obj.refresh_from_db()

    def save_formset(
        self, request: HttpRequest, form: ModelForm, formset: Any, change: bool
    ) -> None:
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        for inline in formset.forms:
            if inline.has_changed():
                values = {name: inline.cleaned_data[name] for name in units.PROFILE_FIELDS}
                units.set_profile(unit=form.instance, by=signed_in(request), **values)


@admin.register(UnitAlias)
class UnitAliasAdmin(ScopedReadOnlyAdmin):
    """Former codes; they come from moves."""

    area_paths = ("unit",)
    list_display = ("code", "unit")
    search_fields = ("code", "unit__code", "unit__name")
    list_select_related = ("unit",)


@admin.register(District)
class DistrictAdmin(ScopedAdmin):
    """Districts, mostly imported."""

    area_paths = ("streets",)
    list_display = ("code", "name", "parent")
    search_fields = ("code", "name")
    list_select_related = ("parent",)


class GridForm(ScopedForm):
    """A grid covers compounds and buildings of its own community."""

    units = UnitCodesField(label=gettext_lazy("compounds and buildings"))

    class Meta:
        model = Grid
        fields = ("code", "name", "community", "units")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        community, covered = cleaned.get("community"), cleaned.get("units")
        if community is None or covered is None:
            return cleaned
        if community.kind != UnitKind.COMMUNITY:
            self.add_error("community", _("A grid belongs to a community."))
        elif self.out_of_reach([community], UNIT_KEEPERS):
            self.add_error("community", _("This place is not yours to arrange."))
        foreign = [unit.code for unit in covered if not unit.is_descendant_of(community)]
        if foreign:
            text = _("Not in this community: %s") % ", ".join(sorted(foreign))
            self.add_error("units", text)
        return cleaned


@admin.register(Grid)
class GridAdmin(ScopedAdmin):
    """Patrol areas."""

    form = GridForm
    area_paths = ("community",)
    list_display = ("code", "name", "community")
    search_fields = ("code", "name", "community__name", "community__code")
    list_select_related = ("community",)
    raw_id_fields = ("community",)


class PartyOrganisationForm(ScopedForm):
    """A party organisation; what it covers gives its secretary a reach, so it is checked."""

    covers = UnitCodesField(label=gettext_lazy("covers"), required=False)

    class Meta:
        model = PartyOrganisation
        fields = ("code", "name", "kind", "parent", "covers", "founding_mode", "founded_on")

    def clean_covers(self) -> list[Unit]:
        covered = self.cleaned_data["covers"]
        foreign = self.out_of_reach(covered, UNIT_KEEPERS)
        if foreign:
            codes = ", ".join(sorted(unit.code for unit in foreign))
            raise forms.ValidationError(_("Not yours to arrange: %s") % codes)
        if not covered and not (
            self.acting.is_superuser or reach_of(self.acting).roles & DISTRICT_KEEPERS
        ):
            raise forms.ValidationError(_("Say which places it covers."))
        return covered


@admin.register(PartyOrganisation)
class PartyOrganisationAdmin(ScopedAdmin):
    """Committees, branches and building groups."""

    form = PartyOrganisationForm
    area_paths = ("covers",)
    list_display = ("code", "name", "kind", "founding_mode", "parent")
    list_filter = ("kind", "founding_mode")
    search_fields = ("code", "name", "covers__name", "covers__code")
    list_select_related = ("parent",)
    raw_id_fields = ("parent",)

    def _may(self, request: HttpRequest, verb: str, obj: Any) -> bool:
        """What a new one covers is checked by its form; until saved it covers nothing."""
        unsaved = verb == "add" and obj is not None
        return super()._may(request, verb, None if unsaved else obj)


class DepartmentForm(ScopedForm):
    """A department's own offices belong to a street of its district."""

    class Meta:
        model = Department
        fields = ("code", "name", "short_name", "district", "street", "is_active")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        street, district = cleaned.get("street"), cleaned.get("district")
        if street and district and street.district_id != district.pk:
            self.add_error("street", _("Choose a street of this district."))
        return cleaned


@admin.register(Department)
class DepartmentAdmin(ScopedAdmin):
    """Departments that streets can call."""

    form = DepartmentForm
    area_paths = ("district__streets",)
    list_display = ("code", "short_name", "name", "district", "street", "is_active")
    list_filter = ("is_active", "district")
    search_fields = ("code", "name", "short_name")
    list_select_related = ("district", "street")
    raw_id_fields = ("street",)
