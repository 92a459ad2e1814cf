"""The three rates: figures that open their lists, the trend, the hot spots; what is left out of them."""

from functools import partial
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.models import User
from orgs.units import outlines
from orgs.web.pages import use_case_page, workbook
from orgs.web.paging import page_by_key
from tasks.enums import GAPS, Figure, PeriodName, RateGrouping
from tasks.models import Exclusion, Task
from tasks.rates import bulletin as bulletins
from tasks.rates import exclusions as rates_exclusions
from tasks.rates import export, links, rates, scopes, trends
from tasks.rates.bulletin_pdf import pdf
from tasks.rates.forms import DecideExclusionForm, ExclusionForm, PeriodForm, ScopeForm
from tasks.rates.scopes import Scope

# What stands below the rates, whose cards say what is missing; and what is compared.
COUNTED = tuple(figure for figure in Figure if figure not in GAPS)
COMPARED = (
    *(Figure.REPORTED, Figure.DUE, Figure.MISSED, Figure.RATED, Figure.UNRESOLVED),
    *(Figure.UNSATISFIED, Figure.UNRATED, Figure.REFUSED),
)
# The parameter of the list of tasks that narrows it to one group.
_LIST_PARAMETER = {
    RateGrouping.DEPARTMENT: "lead",
    RateGrouping.STREET: "unit",
    RateGrouping.COMMUNITY: "unit",
    RateGrouping.CATEGORY: "category",
}


@require_safe
@login_required
def rates_page(request: HttpRequest) -> HttpResponse:
    """The rates of a period, against the one before, by whatever they are compared by."""
    user, now = signed_in(request), timezone.now()
    scope = _scope(request, user)
    form = PeriodForm(request.GET, today=timezone.localdate(now))
    period, grouping = form.chosen()
    groupings = _groupings(scope)
    if grouping not in groupings:
        grouping = groupings[0]
    overview = trends.overview(user, grouping, period, now, scope)
    more, query = _narrowed(scope), form.query | scope.query
    spots = [(unit, count, links.reports_url(period, unit)) for unit, count in overview.spots]
    # Nobody reports for a department: it has no such figure, nor has who reads departments' only.
    places = scopes.reads_places(user) and not scope.department
    among = places and grouping != RateGrouping.DEPARTMENT
    groups = [
        (
            group,
            links.figures(
                COMPARED, group, period, more | {_LIST_PARAMETER[grouping]: group.key}, among
            ),
        )
        for group in overview.groups
    ]
    bare = links.bare(form.name, period, overview.whole)
    context = {
        "now": now,
        "form": form,
        "scope": scope,
        "scope_form": _scope_form(user, scope),
        "period": period,
        "names": _names(form, scope, grouping),
        "bare": bare,
        "instead": bare and _address(bare.instead, scope, grouping),
        "query": urlencode(query),
        "reads_counts": scopes.reads_counts(user),
        "of_period": (form.query | {"by": grouping.value}).items(),
        "of_scope": (scope.query | {"by": grouping.value}).items(),
        "whole": links.figures(COUNTED, overview.whole, period, more, places),
        "cards": links.cards(period, overview.whole, overview.before, more),
        "groups": groups,
        "columns": [label for label, _count, _url in groups[0][1]] if groups else [],
        "grouping": grouping,
        "tabs": [(one, f"?{urlencode(query | {'by': one.value})}") for one in groupings],
        "parts": [part.dates for part in period.parts],
        "lines": [(line, links.line_links(line, period, more)) for line in overview.lines],
        "charts": links.charts(overview.lines, period),
        "spots": spots,
        "points": links.points(spots),
        "outlines": outlines.of_compounds(unit.pk for unit, *_counts in spots),
    }
    return render(request, "tasks/rates/rates.html", context)


def _scope(request: HttpRequest, user: User) -> Scope:
    """What the address asks for; Http404 and PermissionDenied as `scopes.chosen` says."""
    return scopes.chosen(user, *(request.GET.get(name, "")[:40] for name in ("unit", "department")))


def _scope_form(user: User, scope: Scope) -> ScopeForm:
    return ScopeForm(
        initial=scope.query,
        units=scopes.units_of(user).values_list("code", "path_name"),
        departments=scopes.departments_of(user).order_by("code").values_list("code", "short_name"),
        all_places=scopes.reads_counts(user),
    )


def _narrowed(scope: Scope) -> dict[str, str]:
    """The same scope as the list of tasks calls it."""
    query = scope.query
    if lead := query.pop("department", ""):
        query["lead"] = lead
    return query


def _groupings(scope: Scope) -> list[RateGrouping]:
    """By what the figures of a scope can be compared."""
    left_out = set()
    if scope.unit:
        left_out.add(RateGrouping.STREET)
    if scope.unit and scope.unit.level:
        left_out.add(RateGrouping.COMMUNITY)
    if scope.department:
        left_out.add(RateGrouping.DEPARTMENT)
    return [grouping for grouping in RateGrouping if grouping not in left_out]


def _names(form: PeriodForm, scope: Scope, grouping: RateGrouping) -> list[tuple[str, str, bool]]:
    """The periods that have a name, each with its address and whether it is shown."""
    return [
        (str(name.label), _address(name, scope, grouping), name == form.name) for name in PeriodName
    ]


def _address(name: PeriodName, scope: Scope, grouping: RateGrouping) -> str:
    """The same page of another period."""
    query = {"period": name.value} | scope.query | {"by": grouping.value}
    return f"?{urlencode(query)}"


# --- The bulletin ----------------------------------------------------------------------------------


@require_safe
@login_required
def bulletin_pdf(request: HttpRequest) -> HttpResponse:
    """The bulletin of the same address to print; it stands in the audit."""
    shown = _bulletin(request, "print")
    name = content_disposition_header(False, f"{shown.file_name}.pdf")
    return HttpResponse(
        pdf(shown), content_type="application/pdf", headers={"Content-Disposition": name}
    )


@require_safe
@login_required
def bulletin_workbook(request: HttpRequest) -> HttpResponseBase:
    """The same as a workbook."""
    shown = _bulletin(request, "export")
    return workbook(export.workbook(shown), shown.file_name)


def _bulletin(request: HttpRequest, kind: str) -> bulletins.Bulletin:
    user, now = signed_in(request), timezone.now()
    scope = _scope(request, user)
    period, _grouping = PeriodForm(request.GET, today=timezone.localdate(now)).chosen()
    return bulletins.fetch(kind, scope=scope, period=period, by=user, now=now)


# --- What is left out ------------------------------------------------------------------------------


@require_safe
@login_required
def exclusions(request: HttpRequest) -> HttpResponse:
    """What was asked to be left out, in sight; the district decides here."""
    user = signed_in(request)
    if not scopes.reads_counts(user):
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
