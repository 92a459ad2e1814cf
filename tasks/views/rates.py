"""The three rates: figures that open their lists, the trend, the hot spots; what is left out of them."""

from datetime import timedelta
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
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs.enums import Role
from orgs.models import User
from orgs.paging import page_by_key
from orgs.scoping import reach_of
from orgs.signing_in import signed_in
from tasks import excluding, rates
from tasks.enums import WATCHING_ROLES, Figure, RateGrouping
from tasks.forms.rates import DecideExclusionForm, ExclusionForm, PeriodForm
from tasks.models import Exclusion, Task
from tasks.rates import Period, Rates

READERS = WATCHING_ROLES | {Role.DEPARTMENT_OFFICER}
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
    whole = rates.rates_of(user, period)
    spots = [
        (unit, count, _list(period, Figure.REPORTED, {"unit": unit.code}))
        for unit, count in rates.hot_spots(user, period)
    ]
    groups = [
        (group, _figures(group, period, {_LIST_PARAMETER[grouping]: group.key}))
        for group in rates.rates_by(user, grouping, period)
    ]
    context = {
        "now": now,
        "form": form,
        "period": period,
        "whole": _figures(whole, period),
        "rates": _against(whole, rates.rates_of(user, period.before)),
        "groups": groups,
        "columns": [label for label, _count, _url in groups[0][1]] if groups else [],
        "grouping": grouping,
        "tabs": [(one, form.address(grouping=one)) for one in RateGrouping],
        "charts": _charts(user, period),
        "spots": spots,
        "points": _points(spots),
        "tiles": settings.MAP_TILES,
        "datum": settings.MAP_DATUM,
    }
    return render(request, "tasks/rates.html", context)


def _list(period: Period, figure: Figure, more: dict[str, str] | None = None) -> str:
    """The address of the list that a figure was counted from."""
    query = {"counted": figure.value, "first": period.first, "last": period.last, **(more or {})}
    return f"{reverse('tasks:list')}?{urlencode(query)}"


def _figures(
    found: Rates, period: Period, more: dict[str, str] | None = None
) -> list[tuple[str, int, str]]:
    """Each count with its list. Nobody reports for a department: it has no such figure."""
    return [
        (str(figure.label), getattr(found, figure.value), _list(period, figure, more))
        for figure in Figure
        if not (more and "lead" in more and figure == Figure.REPORTED)
    ]


def _against(now: Rates, before: Rates) -> list[dict[str, Any]]:
    """The three rates with how they changed, in tenths of a per cent."""
    return [
        {"name": name, "value": value, "before": earlier, "change": _change(value, earlier)}
        for name, value, earlier in (
            (_("Response rate"), now.response, before.response),
            (_("Resolution rate"), now.resolution, before.resolution),
            (_("Satisfaction rate"), now.satisfied, before.satisfied),
        )
    ]


def _change(value: int | None, earlier: int | None) -> int | None:
    return None if value is None or earlier is None else value - earlier


def _charts(user: User, period: Period) -> dict[str, Any]:
    """What the pictures draw; the same numbers stand in the tables."""
    days = [period.first + timedelta(days=n) for n in range((period.last - period.first).days + 1)]
    series = rates.trend(user, period)
    return {
        "days": [format_date(day, _("j M")) for day in days],
        "series": [{"name": name, "values": values} for name, values in series.items()],
    }


def _points(spots: list[tuple[Any, int, str]]) -> list[dict[str, Any]]:
    return [
        {"name": str(unit), "count": count, "lon": where.lon, "lat": where.lat, "url": url}
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
    found = Exclusion.objects.filter(task__in=seen).select_related("task__unit", "asked_by")
    if request.GET.get("open"):
        found = found.filter(decided_at=None)
    page = page_by_key(request, found)
    rows = [(one, excluding.may_decide(user, one.task)) for one in page.rows]
    return render(
        request,
        "tasks/exclusions.html",
        {"page": page, "rows": rows, "form": DecideExclusionForm()},
    )


@login_required
@require_http_methods(["GET", "POST"])
def ask_exclusion(request: HttpRequest, number: str) -> HttpResponse:
    """Asks to leave one task out of the rates."""
    user = signed_in(request)
    task = get_object_or_404(Task.objects.visible_to(user, one=True), number=number)
    if not excluding.may_ask(user, task):
        raise PermissionDenied
    form = ExclusionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        excluding.ask(task=task, by=user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Asked; the district decides."))
        return redirect("tasks:task", task.number)
    status = 400 if form.errors else 200
    return render(request, "tasks/exclusion.html", {"form": form, "task": task}, status=status)


@login_required
@require_POST
def decide_exclusion(request: HttpRequest, pk: int) -> HttpResponse:
    """The district's decision on one request."""
    user = signed_in(request)
    found = Exclusion.objects.select_related("task__unit")
    exclusion = get_object_or_404(
        found.filter(task__in=Task.objects.visible_to(user, one=True)), pk=pk
    )
    form = DecideExclusionForm(request.POST)
    if form.is_valid():
        excluding.decide(exclusion=exclusion, by=user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Decided; the rates are counted anew."))
    else:
        messages.error(request, str(next(iter(form.errors.values()))[0]))
    return redirect("tasks:exclusions")
