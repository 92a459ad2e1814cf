"""The five full coverages of a place: table, map, trend; the lists behind the figures; reminders."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from orgs.accounts.sign_in import signed_in
from orgs.enums import UnitKind, UnitTab
from orgs.models import Unit
from orgs.scoping import in_district, lies_in
from orgs.units import outlines
from orgs.units.queries import unit_by_code
from orgs.values.unit_addresses import unit_address
from orgs.web.pages import dated, workbook
from orgs.web.paging import page_by_key
from residents.enums import Coverage, Permission
from residents.organisations import coverage, expiry_reminders
from residents.organisations import coverage_export as exports
from residents.organisations.coverage import Counted, Lights, Month
from residents.organisations.forms import CompoundFilter

ALL_FIVE = "all_five"


@require_safe
@login_required
def coverage_page(request: HttpRequest) -> HttpResponse:
    """What the compounds of a place have: figures that open their lists, the map and the year."""
    user, now = signed_in(request), timezone.now()
    unit, today = _place(request) or coverage.own_unit(user), timezone.localdate(now)
    picture = coverage.picture(unit, user, today)
    months = coverage.trend(unit, user, today)
    grouped = unit is None or unit.kind == UnitKind.STREET
    points = _points(picture.compounds)
    context = {
        "unit": unit,
        "now": now,
        "kinds": list(Coverage),
        "cards": _figures(picture.whole, unit.code if unit else ""),
        "compounds_url": _list_url(unit.code if unit else "", "", ""),
        "picture": picture,
        "groups": [(group, _figures(group, group.code)) for group in picture.groups]
        if grouped
        else [],
        "compounds": [] if grouped else picture.compounds,
        "points": points,
        "months": months,
        "chart": _chart(months),
        "expiring": expiry_reminders.expiring(user, today, _units_in(unit)),
        "outlines": outlines.of_compounds(compound.pk for compound in picture.compounds)
        if points
        else [],
        "trail": _trail(unit),
    }
    return render(request, "residents/organisations/coverage.html", context)


@require_safe
@login_required
def coverage_compounds(request: HttpRequest) -> HttpResponse:
    """The compounds behind a figure."""
    user, unit = signed_in(request), _place(request)
    form = CompoundFilter(request.GET)
    form.is_valid()
    compounds = coverage.with_lights(coverage.compounds_in(unit, user), timezone.localdate())
    if district := form.cleaned_data.get("district"):
        compounds = compounds.filter(in_district(district))
    what, has = form.cleaned_data.get("what"), form.cleaned_data.get("has") != "0"
    if what == ALL_FIVE:
        every = dict.fromkeys(Coverage.values, True)
        compounds = compounds.filter(**every) if has else compounds.exclude(**every)
    elif what:
        compounds = compounds.filter(**{what: has})
    page = page_by_key(request, compounds)
    rows = [(row, [(kind, getattr(row, kind.value)) for kind in Coverage]) for row in page.rows]
    context = {"form": form, "unit": unit, "page": page, "rows": rows, "trail": _trail(unit, True)}
    return render(request, "residents/organisations/coverage_compounds.html", context)


@require_safe
@login_required
@never_cache
def coverage_export(request: HttpRequest) -> HttpResponseBase:
    """The table as a workbook; audited."""
    content = exports.export(unit=_place(request), by=signed_in(request), now=timezone.now())
    return workbook(content, dated(_("Five full coverages")))


def _place(request: HttpRequest) -> Unit | None:
    """The unit asked for; None for all that one may count. 404, 403 as everywhere."""
    code = request.GET.get("unit", "")[:24]
    unit = unit_by_code(code) if code else None
    if code and unit is None:
        raise Http404
    if not request.user.has_perm(Permission.VIEW_COVERAGE, unit):
        raise PermissionDenied
    return unit


def _units_in(unit: Unit | None) -> Any:
    if unit is None:
        return None
    return Unit.objects.filter(lies_in(unit))


def _list_url(code: str, what: str, has: str) -> str:
    query = {name: value for name, value in (("unit", code), ("what", what), ("has", has)) if value}
    return f"{reverse('residents:coverage_compounds')}?{urlencode(query)}"


def _figures(counted: Counted, code: str) -> list[dict[str, Any]]:
    """Each coverage and all five: the share, and both lists that it was counted from."""
    figures = [*counted.figures, (None, counted.all_five, counted.all_share)]
    return [
        {
            "label": kind.label if kind else _("all five"),
            "count": count,
            "lacking": counted.compounds - count,
            "share": share,
            "has_url": _list_url(code, kind.value if kind else ALL_FIVE, "1"),
            "lacks_url": _list_url(code, kind.value if kind else ALL_FIVE, "0"),
        }
        for kind, count, share in figures
    ]


def _points(compounds: list[Lights]) -> list[dict[str, Any]]:
    return [
        {
            "name": compound.name,
            "count": compound.count,
            "lon": compound.lon,
            "lat": compound.lat,
            "url": unit_address(compound.code, UnitTab.ORGANISATIONS),
        }
        for compound in compounds
        if compound.lon is not None
    ]


def _chart(months: list[Month]) -> dict[str, Any]:
    """What the picture draws: per cent by month; the same numbers stand in the table."""
    series = [
        {
            "name": str(kind.label),
            "values": [(month.counted.figures[number][2] or 0) / 10 for month in months],
        }
        for number, kind in enumerate(Coverage)
    ]
    return {"days": [f"{month.day:%Y-%m-%d}" for month in months], "series": series}


def _trail(unit: Unit | None, below: bool = False) -> list[tuple[str, str]]:
    own = f"{reverse('residents:coverage')}{f'?unit={unit.code}' if unit else ''}"
    above = unit.get_ancestors(include_self=True) if unit else []
    trail = [
        (ancestor.short_name, reverse("orgs:unit", args=[ancestor.code])) for ancestor in above
    ]
    trail.append((_("Five full coverages"), own if below else ""))
    return [*trail, (_("Compounds"), "")] if below else trail
