"""The three rates: figures that open their lists, the trend, the hot spots; what is left out of them."""

# Counts are kept by community and department: grids and branches have none of their own.
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.enums import Role
from orgs.models import Unit, User
from orgs.scoping import reach_of
from orgs.web.pages import use_case_page
from orgs.web.paging import page_by_key
from tasks.enums import COMMUNITY_ROLES, STREET_ROLES, WATCHING_ROLES, Figure, RateGrouping
from tasks.models import Exclusion, Task
from tasks.rates import exclusions as rates_exclusions
from tasks.rates import rates, trends
from tasks.rates.forms import DecideExclusionForm, ExclusionForm, PeriodForm
from tasks.rates.rates import Period, Rate, Rates
from tasks.rates.trends import Line

READERS = STREET_ROLES | COMMUNITY_ROLES | {Role.DISTRICT_OFFICE, Role.DEPARTMENT_OFFICER}
# So many categories have a colour of their own in the picture; the table has all.
DRAWN = 5
# The parameter of the list of tasks that narrows it to one group.
_LIST_PARAMETER = {
    RateGrouping.DEPARTMENT: "lead",
    RateGrouping.STREET: "unit",
    RateGrouping.COMMUNITY: "unit",
    RateGrouping.CATEGORY: "category",
}


def may_read(user: User) -> bool:
    """Whoever works for the authorities; everybody sees the figures of the own area."""
    return user.is_superuser or bool(reach_of(user).roles & READERS)


@require_safe
@login_required
def rates_page(request: HttpRequest) -> HttpResponse:
    """The rates of a period, against the one before, by whatever they are compared by."""
    user, now = signed_in(request), timezone.now()
    if not may_read(user):
        raise PermissionDenied
    form = PeriodForm(request.GET, today=timezone.localdate(now))
    period, grouping = form.chosen()
    overview = trends.overview(user, grouping, period)
    spots = [(unit, count, _reports(period, unit)) for unit, count in overview.spots]
    # Nobody reports for a department: it has no such figure, nor has who reads departments' only.
    places = user.is_superuser or bool(reach_of(user).roles & WATCHING_ROLES)
    among = places and grouping != RateGrouping.DEPARTMENT
    groups = [
        (group, _figures(group, period, {_LIST_PARAMETER[grouping]: group.key}, reported=among))
        for group in overview.groups
    ]
    context = {
        "now": now,
        "form": form,
        "period": period,
        "whole": _figures(overview.whole, period, reported=places),
        "cards": _cards(period, overview.whole, overview.before),
        "groups": groups,
        "columns": [label for label, _count, _url in groups[0][1]] if groups else [],
        "grouping": grouping,
        "tabs": [(grouping, form.address(grouping=grouping)) for grouping in RateGrouping],
        "parts": [_span(part) for part in period.parts],
        "lines": [(line, _line_links(line, period)) for line in overview.lines],
        "charts": _charts(overview.lines, period),
        "spots": spots,
        "points": _points(spots),
        "tiles": settings.MAP_TILES,
        "datum": settings.MAP_DATUM,
    }
    return render(request, "tasks/rates/rates.html", context)


def _list(period: Period, figure: Figure, more: dict[str, str] | None = None) -> str:
    """The address of the list that a figure was counted from."""
    query = {"counted": figure.value, "first": period.first, "last": period.last, **(more or {})}
    return f"{reverse('tasks:list')}?{urlencode(query)}"


def _reports(period: Period, unit: Unit) -> str:
    """The address of what was reported in a place: all that the reader sees, counted or not."""
    query = {"unit": unit.code, "since": period.first, "until": period.last}
    return f"{reverse('tasks:list')}?{urlencode(query)}"


def _figures(
    rates: Rates, period: Period, more: dict[str, str] | None = None, *, reported: bool
) -> list[tuple[str, int, str]]:
    """Each count with its list."""
    return [
        (str(figure.label), getattr(rates, figure.value), _list(period, figure, more))
        for figure in Figure
        if reported or figure != Figure.REPORTED
    ]


def _cards(period: Period, whole: Rates, earlier: Rates) -> list[dict[str, Any]]:
    """Each rate with the period before; the counts of both open their lists."""
    return [
        {
            "rate": rate,
            "now": _counted(rate, whole, period),
            "before": _counted(rate, earlier, period.before),
        }
        for rate in rates.against(whole, earlier)
    ]


def _counted(rate: Rate, rates: Rates, period: Period) -> list[tuple[int, str]]:
    """What a rate was counted from, part before whole."""
    return [
        (getattr(rates, figure.value), _list(period, figure))
        for figure in (rate.part, rate.whole)
        if figure
    ]


def _span(part: Period) -> str:
    """How a part of the period is written under the picture."""
    first = format_date(part.first, _("j M"))
    return first if part.days == 1 else f"{first}–{format_date(part.last, _('j M'))}"


def _line_links(line: Line, period: Period) -> list[tuple[int, str]]:
    """The numbers of a category, each with its list."""
    return [
        (count, _list(part, Figure.REPORTED, {"category": line.code}))
        for count, part in zip(line.counts, period.parts, strict=True)
    ]


def _charts(lines: list[Line], period: Period) -> dict[str, Any]:
    """What the picture draws; the same numbers stand in the table, the small ones one by one."""
    series = [{"name": line.name, "values": line.counts} for line in lines[:DRAWN]]
    if rest := [line.counts for line in lines[DRAWN:]]:
        series.append(
            {"name": _("others"), "values": [sum(part) for part in zip(*rest, strict=True)]}
        )
    return {"days": [_span(part) for part in period.parts], "series": series}


def _points(spots: list[tuple[Any, int, str]]) -> list[dict[str, Any]]:
    return [
        {"name": unit.name, "count": count, "lon": where.lon, "lat": where.lat, "url": url}
        for unit, count, url in spots
        if (where := getattr(unit, "profile", None)) and where.lon is not None
    ]


# --- What is left out ------------------------------------------------------------------------------


@require_safe
@login_required
def exclusions(request: HttpRequest) -> HttpResponse:
    """What was asked to be left out, in sight; the district decides here."""
    user = signed_in(request)
    if not may_read(user):
        raise PermissionDenied
    seen = Task.objects.visible_to(user)
    excluded = Exclusion.objects.filter(task__in=seen).select_related(
        "task__unit", "asked_by", "decided_by"
    )
    if request.GET.get("open"):
        excluded = excluded.filter(decided_at=None)
    page = page_by_key(request, excluded)
    rows = [(row, rates_exclusions.may_decide(user, row.task)) for row in page.rows]
    return render(
        request,
        "tasks/rates/exclusions.html",
        {"page": page, "rows": rows, "form": DecideExclusionForm()},
    )


@login_required
def ask_exclusion(request: HttpRequest, number: str) -> HttpResponse:
    """Asks to leave one task out of the rates."""
    user = signed_in(request)
    task = get_object_or_404(Task.objects.visible_to(user, one=True), number=number)
    if not rates_exclusions.may_ask(user, task):
        raise PermissionDenied
    if Exclusion.objects.filter(task=task).exists():
        messages.info(request, _("This was asked for already."))
        return redirect("tasks:task", task.number)
    return use_case_page(
        request,
        partial(ExclusionForm, reasons=rates.rule_in_force().exclusions),
        partial(rates_exclusions.ask, task=task),
        done=_("Asked; the district decides."),
        back=reverse("tasks:task", args=[task.number]),
        template="tasks/rates/exclusion.html",
        task=task,
    )


@login_required
@require_POST
def decide_exclusion(request: HttpRequest, pk: int) -> HttpResponse:
    """The district's decision on one request."""
    user = signed_in(request)
    rows = Exclusion.objects.select_related("task__unit")
    exclusion = get_object_or_404(
        rows.filter(task__in=Task.objects.visible_to(user, one=True)), pk=pk
    )
    form = DecideExclusionForm(request.POST)
    if form.is_valid():
        rates_exclusions.decide(
            exclusion=exclusion, by=user, now=timezone.now(), **form.cleaned_data
        )
        messages.success(request, _("Decided; the rates are counted anew."))
    else:
        messages.error(request, str(next(iter(form.errors.values()))[0]))
    return redirect("tasks:exclusions")
