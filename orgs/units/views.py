"""Pages of the unit tree: districts and streets, one unit, and changing them."""

from functools import partial
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from orgs.accounts.sign_in import signed_in
from orgs.enums import UNIT_LEVELS, Permission, UnitKind, UnitTab
from orgs.models import CompoundProfile, District, Unit
from orgs.scoping import reach_of
from orgs.units import outlines, queries, units
from orgs.units.forms import MoveForm, NewUnitForm, OutlinesForm, ProfileForm, RenameForm
from orgs.units.grants import UNIT_KEEPERS
from orgs.values.text import listed
from orgs.values.unit_addresses import unit_address
from orgs.web.editing import Edited, columns
from orgs.web.pages import Trail, use_case_page
from orgs.web.panels import unit_panels

# The names that a radio field of picked units may have.
PICKER_FIELDS = frozenset({"unit", "parent", "home", "place", "into"})


@login_required
@require_GET
def unit_list(request: HttpRequest) -> HttpResponse:
    """All districts with their streets, or what a search finds."""
    words = request.GET.get("q", "").strip()[:100]
    context: dict[str, Any] = {"words": words}
    if words:
        units = queries.matching(words).select_related("district").order_by("tree_id", "lft")
        context["found"] = units[: queries.FOUND_AT_MOST]
    else:
        districts = list(queries.districts_with_streets())
        context["districts"] = districts
        context["growing"] = [
            district
            for district in districts
            if request.user.has_perm(Permission.ADD_UNIT, district)
        ]
    return render(request, "orgs/units/units.html", context)


@login_required
@require_GET
def unit_page(request: HttpRequest, code: str) -> HttpResponse:
    """One unit, by tabs: its place, what is below it, who works there; what the floors show of it."""
    unit = _unit(code)
    if unit.code != code:
        return redirect(unit_address(unit.code, request.GET.get("tab", "")))
    shown = unit_panels(unit, signed_in(request), timezone.now(), request.GET.get("tab", ""))
    context = {
        "unit": unit,
        "trail": _trail(unit),
        "child_kind": _kind_below(unit),
        "aliases": unit.aliases.order_by("code") if unit.has_aliases else (),
        "tabs": [(tab.label, unit_address(unit.code, tab), tab == shown.tab) for tab in shown.tabs],
        "panels": shown.panels,
        "may": {
            "add": request.user.has_perm(Permission.ADD_UNIT, unit),
            "change": request.user.has_perm(Permission.CHANGE_UNIT, unit),
            "move": unit.level > 0 and request.user.has_perm(Permission.MOVE_UNIT, unit),
        },
    }
    if shown.tab != UnitTab.OVERVIEW:
        return render(request, "orgs/units/unit.html", context)
    return render(request, "orgs/units/overview.html", context | _overview(request, unit))


def _overview(request: HttpRequest, unit: Any) -> dict[str, Any]:
    serving = queries.serving(unit)
    return {
        "children": queries.children_of(unit),
        "profile": getattr(unit, "profile", None),
        "grids": [one for one in serving if not one.kind],
        "party_organisations": [one for one in serving if one.kind],
        "departments": _departments(unit),
        "staff": queries.staff_of(unit, timezone.localdate()),
        "may_describe": unit.kind == UnitKind.COMPOUND
        and request.user.has_perm(Permission.CHANGE_COMPOUNDPROFILE, unit),
    }


@login_required
@require_GET
def unit_pick(request: HttpRequest) -> HttpResponse:
    """Units that match some words, as radio inputs to put into a form."""
    field = request.GET.get("name", "unit")
    kind = request.GET.get("kind", "")
    words = request.GET.get("q", "").strip()[:100]
    units = queries.matching(words) if words else Unit.objects.none()
    if kind in UnitKind.values:
        units = units.filter(kind=kind)
    context = {
        "field": field if field in PICKER_FIELDS else "unit",
        "words": words,
        "picked": "",
        "found": units.order_by("tree_id", "lft")[: queries.PICKED_AT_MOST],
    }
    return render(request, "orgs/units/pick.html", context)


@login_required
def unit_add(request: HttpRequest, code: str) -> HttpResponse:
    """Adds a unit below another."""
    parent = _unit(code)
    kind = _kind_below(parent)
    if kind is None:
        raise Http404
    return _add(request, parent, kind, _trail(parent), _address(parent))


@login_required
def street_add(request: HttpRequest, code: str) -> HttpResponse:
    """Adds a street to a district."""
    district = get_object_or_404(District, code=code)
    trail = [(_("Units"), reverse("orgs:units")), (district.name, "")]
    return _add(request, district, UnitKind.STREET, trail, reverse("orgs:units"))


def _add(
    request: HttpRequest, parent: Unit | District, kind: UnitKind, trail: Trail, back: str
) -> HttpResponse:
    _require(request, Permission.ADD_UNIT, parent)

    def create(last: int | None = None, **body: Any) -> list[Unit]:
        if last is None:
            return [units.create(parent=parent, kind=kind, **body)]
        first = body.pop("name")
        return units.create_buildings(compound=cast(Unit, parent), first=first, last=last, **body)

    def done_sentence(new: list[Unit]) -> str:
        single, many = _("%(unit)s was added."), _("%(count)d buildings were added.")
        return (single if len(new) == 1 else many) % {"unit": new[0], "count": len(new)}

    return use_case_page(
        request,
        partial(NewUnitForm, kind=kind),
        create,
        heading=_("Add a %(kind)s to %(place)s") % {"kind": kind.label, "place": parent},
        submit=_("Add"),
        done=done_sentence,
        back=back,
        then=lambda new: _address(new[0]) if len(new) == 1 else back,
        trail=[*trail, (_("Add"), "")],
    )


@login_required
def unit_rename(request: HttpRequest, code: str) -> HttpResponse:
    """Gives a unit another name."""
    unit = queries.unit_for(signed_in(request), code, Permission.CHANGE_UNIT)
    before = unit.name
    return use_case_page(
        request,
        partial(RenameForm, initial={"name": before}),
        partial(units.rename, unit=unit),
        heading=_("Rename %(unit)s") % {"unit": before},
        submit=_("Rename"),
        done=lambda unit: (
            _("%(before)s is now called %(after)s.") % {"before": before, "after": unit.name}
        ),
        back=_address(unit),
        edits=_edited(unit, unit, "name"),
        trail=[*_trail(unit), (_("Rename"), "")],
    )


@login_required
def unit_move(request: HttpRequest, code: str) -> HttpResponse:
    """Moves a unit in three steps: search, see what will change, confirm."""
    unit = queries.unit_for(signed_in(request), code, Permission.MOVE_UNIT)
    if unit.level == 0:
        raise Http404
    chosen = request.POST.get("parent") or request.GET.get("parent", "")
    parent = queries.unit_by_code(chosen) if chosen else None
    words = request.GET.get("q", "").strip()[:100]
    kind = UNIT_LEVELS[unit.level - 1]
    matches = _own(request).filter(kind=kind) if words else Unit.objects.none()
    picked = parent.code if parent else ""
    return use_case_page(
        request,
        partial(MoveForm, unit=unit, initial={"parent": picked}),
        partial(units.move, unit=unit),
        done=lambda unit: (
            _("%(unit)s was moved; its code is now %(code)s, the former one still finds it.")
            % {"unit": unit, "code": unit.code}
        ),
        back=_address(unit),
        then=_address,
        template="orgs/units/move.html",
        unit=unit,
        trail=[*_trail(unit), (_("Move"), "")],
        parent=parent,
        kind=kind,
        words=words,
        field="parent",
        picked=picked,
        found=queries.matching(words, matches).order_by("tree_id", "lft")[: queries.PICKED_AT_MOST],
        below=unit.get_descendant_count(),
    )


@login_required
def unit_profile(request: HttpRequest, code: str) -> HttpResponse:
    """Describes a compound."""
    unit = _unit(code)
    if unit.kind != UnitKind.COMPOUND:
        raise Http404
    _require(request, Permission.CHANGE_COMPOUNDPROFILE, unit)
    profile = CompoundProfile.objects.filter(unit=unit).first() or CompoundProfile(unit=unit)
    return use_case_page(
        request,
        partial(ProfileForm, instance=profile),
        partial(units.set_profile, unit=unit),
        heading=_("Profile of %(unit)s") % {"unit": unit.name},
        done=_("The profile of %(unit)s was saved.") % {"unit": unit.name},
        back=_address(unit),
        edits=_edited(unit, profile, *units.PROFILE_FIELDS) if profile.pk else None,
        trail=[*_trail(unit), (_("Save"), "")],
    )


@login_required
def unit_outlines(request: HttpRequest, code: str) -> HttpResponse:
    """The map of a place; whoever describes it sends the outlines of its compounds and grids."""
    unit = _unit(code)
    if unit.kind == UnitKind.BUILDING:
        raise Http404
    if request.method == "POST":
        _require(request, Permission.CHANGE_COMPOUNDPROFILE, unit)
    drawn = outlines.of_place(unit)
    return use_case_page(
        request,
        OutlinesForm,
        partial(outlines.take, unit=unit),
        heading=_("Map of %(unit)s") % {"unit": unit.short_name},
        submit=_("Take these outlines"),
        done=_outlines_done,
        back=reverse("orgs:unit_outlines", args=[unit.code]),
        template="orgs/units/outlines.html",
        outlines=drawn,
        keeps=request.user.has_perm(Permission.CHANGE_COMPOUNDPROFILE, unit),
        trail=[*_trail(unit), (_("Map"), "")],
    )


def _outlines_done(taken: outlines.Taken) -> str:
    sentence = ngettext(
        "%(count)d outline is on the map.", "%(count)d outlines are on the map.", taken.written
    ) % {"count": taken.written}
    if not taken.left_out:
        return sentence
    names = listed(taken.left_out[: outlines.MOST_NAMED])
    return sentence + " " + _("Left out: %(names)s.") % {"names": names}


def _edited(unit: Unit, row: Unit | CompoundProfile, *names: str) -> Edited:
    """A row that the form shows; changes of units lock the street first."""
    return Edited(row, columns(*names), hold=partial(units.lock_roots, [unit.tree_id]))


def _unit(code: str) -> Any:
    """The unit of a page, as `units_to_show` reads it. Raises Http404."""
    unit = queries.unit_to_show(code)
    if unit is None:
        raise Http404
    return unit


def _require(request: HttpRequest, perm: str, obj: Unit | District) -> None:
    if not request.user.has_perm(perm, obj):
        raise PermissionDenied


def _own(request: HttpRequest) -> QuerySet[Unit]:
    """The units below which the person may add."""
    reach = reach_of(request.user)
    return (
        Unit.objects.all() if reach.everywhere else Unit.objects.filter(reach.q("", UNIT_KEEPERS))
    )


def _kind_below(unit: Unit) -> UnitKind | None:
    return UNIT_LEVELS[unit.level + 1] if unit.level + 1 < len(UNIT_LEVELS) else None


def _link(unit: Unit) -> tuple[str, str]:
    return unit.short_name, _address(unit)


def _address(unit: Unit) -> str:
    return reverse("orgs:unit", args=[unit.code])


def _trail(unit: Unit) -> Trail:
    """From all units down to this one."""
    line = [unit]
    while line[0].parent:
        line.insert(0, line[0].parent)
    everything = reverse("orgs:units")
    return [
        (_("Units"), everything),
        (unit.district_name, f"{everything}#district-{unit.district_code}"),
        *map(_link, line),
    ]


def _departments(unit: Unit) -> Any:
    """A street can call its district's departments and its own offices."""
    if unit.level:
        return []
    choices = queries.departments().filter(district_id=unit.district_id)
    return [office for office in choices if office.street_id in (None, unit.pk)]
