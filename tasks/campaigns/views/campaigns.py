"""Campaign lists: all of them, one as a wall map and as a table, Excel in and out."""

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.enums import Role
from orgs.imports import views as imports
from orgs.models import User
from orgs.scoping import reach_of
from orgs.web.pages import dated, use_case_page, workbook
from orgs.web.paging import key_of, page_by_key
from tasks.campaigns import export, queries
from tasks.campaigns.campaigns import create_campaign
from tasks.campaigns.filters import MeasurePageFilter
from tasks.campaigns.forms import CampaignForm
from tasks.campaigns.roster import MEASURES
from tasks.campaigns.workflow import KEEPER_ROLES
from tasks.enums import MeasureState, Permission
from tasks.models import Campaign, Measure

READERS = KEEPER_ROLES | {Role.DEPARTMENT_OFFICER}
VIEWS = ("wall", "table")


def _may_read(user: User) -> bool:
    return user.is_superuser or bool(reach_of(user).roles & READERS)


@require_safe
@login_required
def campaigns(request: HttpRequest) -> HttpResponse:
    """The lists in sight, newest first, each with how far it is."""
    user, now = signed_in(request), timezone.now()
    if not _may_read(user):
        raise PermissionDenied
    page = page_by_key(request, queries.campaigns(user))
    progress = queries.progress_of(page.rows, timezone.localdate(now))
    context = {
        "now": now,
        "page": page,
        "rows": [(row, progress[row.pk]) for row in page.rows],
        "may_open": user.has_perm(Permission.OPEN_CAMPAIGN),
    }
    return render(request, "tasks/campaigns/list.html", context)


@login_required
def campaign_new(request: HttpRequest) -> HttpResponse:
    """Opens a list."""
    user = signed_in(request)
    if not user.has_perm(Permission.OPEN_CAMPAIGN):
        raise PermissionDenied
    back = reverse("tasks:campaigns")
    return use_case_page(
        request,
        partial(CampaignForm, user=user),
        create_campaign,
        heading=_("Open a campaign list"),
        submit=_("Open the list"),
        done=_("The list is open. Put its measures on it, one by one or by Excel."),
        back=back,
        then=lambda campaign: reverse("tasks:campaign", args=[campaign.pk]),
        template="tasks/campaigns/form.html",
        trail=[(_("Campaign lists"), back), (_("Open a list"), "")],
    )


@require_safe
@login_required
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """One list: its big numbers, then the wall map or the table of its measures."""
    user, now = signed_in(request), timezone.now()
    row = _find(request, pk)
    today = timezone.localdate(now)
    wall = queries.wall(row, today)
    chosen = _filtered(request, row, wall)
    measures = list(queries.measures(chosen.qs).order_by("number")) if _good(chosen) else []
    shown = [(measure, measure.light(today)) for measure in measures]
    view = request.GET.get("view", "")
    context = {
        "now": now,
        "campaign": row,
        "trail": _trail(row),
        "wall": wall,
        "figures": _figures(row, wall),
        "map": _map(shown, wall),
        "shown": shown,
        "filter": chosen,
        "form": chosen.form,
        "view": view if view in VIEWS else VIEWS[0],
        "tabs": [(name, _address(request, name)) for name in VIEWS],
        "query": request.GET.urlencode(),
        "may_keep": user.has_perm(Permission.KEEP_CAMPAIGN, row),
    }
    return render(request, "tasks/campaigns/campaign.html", context)


def _good(chosen: MeasurePageFilter) -> bool:
    return bool(chosen.is_valid())


def _filtered(request: HttpRequest, row: Campaign, wall: queries.Wall) -> MeasurePageFilter:
    return MeasurePageFilter(
        request.GET,
        queryset=Measure.objects.filter(campaign=row),
        request=request,
        aspects=list(wall.aspects),
        leads=[(code, lead.name) for code, lead in wall.leads.items()],
    )


def _figures(row: Campaign, wall: queries.Wall) -> list[dict[str, Any]]:
    """The big numbers, each with its list."""
    whole, address = wall.whole, reverse("tasks:campaign", args=[row.pk])
    return [
        {"label": label, "count": count, "url": f"{address}?view=table{query}", "kind": kind}
        for label, count, query, kind in (
            (_("measures"), whole.total, "", "plain"),
            (_("struck off"), whole.closed, "&state=closed", "green"),
            (_("to be checked"), whole.submitted, "&state=submitted", "blue"),
            (_("under way"), whole.open, "&state=open", "plain"),
            (_("due soon"), whole.due_soon, "&light=yellow&state=open", "yellow"),
            (_("overdue, not struck off"), whole.overdue, "&light=red&state=unfinished", "red"),
        )
    ]


def _map(shown: list[tuple[Any, Any]], wall: queries.Wall) -> list[dict[str, Any]]:
    """The wall map: a row an aspect, a column a state, a tile a measure."""
    cells: dict[str, dict[MeasureState, list[Any]]] = {
        name: {state: [] for state in MeasureState} for name in wall.aspects
    }
    for measure, light in shown:
        if measure.aspect not in cells:  # added since the numbers were read
            continue
        cells[measure.aspect][MeasureState(measure.state)].append((measure, light))
    return [
        {"progress": wall.aspects[name], "cells": list(cell.items())}
        for name, cell in cells.items()
        if any(cell.values())
    ]


def _address(request: HttpRequest, view: str) -> str:
    query = request.GET.copy()
    query["view"] = view
    return f"?{query.urlencode()}"


# --- Excel ---------------------------------------------------------------------------------------


@require_safe
@login_required
def campaign_template(request: HttpRequest) -> HttpResponseBase:
    """The sheet to fill in; for one list with the departments that it may name."""
    key = key_of(request.GET.get("campaign"))
    row = _find(request, key) if key else None
    if not signed_in(request).has_perm(MEASURES.permission, row):
        raise PermissionDenied
    return imports.template(request, MEASURES, row)


@login_required
@require_http_methods(["GET", "POST"])
def campaign_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Sending measures by Excel; what the sheet would do is shown next."""
    row = _find(request, pk)
    return imports.send(
        request,
        MEASURES,
        row,
        template_address=f"{reverse('tasks:campaign_template')}?campaign={row.pk}",
        trail=_trail(row, _("Import from Excel")),
    )


@require_safe
@login_required
def campaign_export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The measures as filtered, for Excel; audited."""
    row, now = _find(request, pk), timezone.now()
    filtered = _filtered(request, row, queries.wall(row, timezone.localdate(now)))
    chosen = filtered.qs if _good(filtered) else Measure.objects.none()
    content = export.export(
        campaign=row,
        rows=queries.measures(chosen).order_by("number"),
        by=signed_in(request),
        now=now,
    )
    return workbook(content, dated(row.name))


def _find(request: HttpRequest, pk: int) -> Campaign:
    seen = Campaign.objects.visible_to(signed_in(request), one=True)
    return get_object_or_404(seen.select_related("district", "street"), pk=pk)


def _trail(row: Campaign, last: str = "") -> list[tuple[str, str]]:
    trail = [(_("Campaign lists"), reverse("tasks:campaigns"))]
    if not last:
        return [*trail, (row.name, "")]
    return [*trail, (row.name, reverse("tasks:campaign", args=[row.pk])), (last, "")]
