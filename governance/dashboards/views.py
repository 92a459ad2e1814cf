"""Dashboards: one's own, one of them, its wall screen, and the list behind the monthly duty."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance.dashboards import pictures, queries
from governance.dashboards.enums import READERS, BoardKind, Permission
from governance.dashboards.models import Board
from orgs.accounts.sign_in import signed_in
from orgs.models import User
from orgs.scoping import in_district, lies_in, reach_of
from orgs.web.pages import Trail
from orgs.web.paging import page_by_key
from tasks.enums import PeriodName
from tasks.rates import links
from tasks.rates.periods import Period
from volunteers.service.enums import Permission as ServicePermission
from volunteers.service.models import MonthResult

# So many units are compared on a page, and stand on a wall.
COMPARED, ON_WALL = 15, 6
SPOTS_ON_WALL = 5
REFRESHED_SECONDS = 60


@require_safe
@login_required
def boards(request: HttpRequest) -> HttpResponse:
    """The dashboards of what one works for; a single one is shown at once."""
    user = signed_in(request)
    if not user.has_perm(Permission.VIEW_BOARD):
        raise PermissionDenied
    found = list(queries.own(user)[:50])
    if len(found) == 1:
        return redirect(pictures.board_url(found[0]))
    rows = [(board, pictures.board_url(board), pictures.open_now(board)) for board in found]
    return render(request, "dashboards/boards.html", {"rows": rows})


@require_safe
@login_required
def board(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """One dashboard: what is open and red, rates, trend, hot spots, what lies below."""
    user, now = signed_in(request), timezone.now()
    row = _find(user, kind, code)
    name, period = queries.period_of(request.GET.get("period", ""), now)
    figures = queries.figures(row, period)
    picture = pictures.picture(row, period, figures, now, covers=queries.covers(user, row))
    bare = links.bare(name, period, picture.whole)
    page = page_by_key(request, queries.below(row), COMPARED, order=("unit__code",))
    context = {
        "now": now,
        "board": row,
        "trail": _trail(user, row),
        "picture": picture,
        "names": [(one.label, f"?period={one.value}", one == name) for one in PeriodName],
        "period_name": name.value,
        "bare": bare,
        "instead": bare and f"?period={bare.instead.value}",
        "parts": [part.dates for part in period.parts],
        "points": links.points(picture.spots),
        "page": page,
        "compared": pictures.compared(row, page.rows, period),
        "bars_width": len(period.parts) * pictures.BAR,
        "of_department": row.kind == BoardKind.DEPARTMENT,
    }
    return render(request, "dashboards/board.html", context)


@require_safe
@login_required
def wall(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """The same for a screen on a wall: large, without navigation, fetched anew by itself."""
    user, now = signed_in(request), timezone.now()
    row = _find(user, kind, code)
    period = Period.named(PeriodName.MONTH, timezone.localdate(now))
    figures = queries.figures(row, period)
    bare = links.bare(PeriodName.MONTH, period, figures[0])
    if bare and bare.is_young:
        # A month that has just begun says nothing yet.
        period = period.before
        figures = queries.figures(row, period)
    picture = pictures.picture(row, period, figures, now, covers=queries.covers(user, row))
    below = queries.below(row).order_by("unit__code")
    # Nobody turns pages on a wall: each minute shows the next units.
    turns = -(-below.count() // ON_WALL)
    turn = timezone.localtime(now).minute % turns if turns else 0
    shown = list(below[turn * ON_WALL : (turn + 1) * ON_WALL])
    context = {
        "now": now,
        "board": row,
        "picture": picture,
        "spots": picture.spots[:SPOTS_ON_WALL],
        "compared": pictures.compared(row, shown, period),
        "turn": turn + 1,
        "turns": turns,
        "of_department": row.kind == BoardKind.DEPARTMENT,
        "seconds": REFRESHED_SECONDS,
        "back": pictures.board_url(row),
    }
    return render(request, "dashboards/wall.html", context)


@require_safe
@login_required
def duty(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Whose duty a number counts: by name for who runs the service of the place, else by branch."""
    user = signed_in(request)
    row = _find(user, kind, code)
    month, met = _month(request), request.GET.get("met", "")
    results = MonthResult.objects.filter(month__month=month)
    if row.unit:
        results = results.filter(lies_in(row.unit, "participant__place"))
    elif row.district:
        results = results.filter(in_district(row.district, "participant__place"))
    else:
        raise Http404
    if met in ("0", "1"):
        results = results.filter(met=met == "1")
    context: dict[str, Any] = {
        "board": row,
        "month": month,
        "met": met,
        "choices": [("", _("all")), ("1", _("did their duty")), ("0", _("missed it"))],
        "trail": [
            *_trail(user, row)[:-1],
            (row.name, pictures.board_url(row)),
            (_("Monthly duty"), ""),
        ],
    }
    if row.unit and user.has_perm(ServicePermission.VIEW_SERVICE, row.unit):
        minutes = F("duty_minutes") + F("voluntary_minutes")
        seen = results.select_related("participant", "month__branch").annotate(done_minutes=minutes)
        context["page"] = page_by_key(request, seen, order=("participant__name_key",))
    else:
        branches = results.order_by("month__branch__code").values("month__branch__name")
        context["branches"] = branches.annotate(
            members=Count("pk"), met_ones=Count("pk", filter=Q(met=True))
        )
    return render(request, "dashboards/duty.html", context)


def _find(user: User, kind: str, code: str) -> Board:
    """The dashboard of an address. Raises Http404 out of sight, PermissionDenied for who has none."""
    if not user.has_perm(Permission.VIEW_BOARD):
        raise PermissionDenied
    found: Board = get_object_or_404(queries.named(user, kind, code))
    return found


def _month(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(f"{request.GET.get('month', '')[:7]}-01")
    except ValueError:
        raise Http404 from None


def _trail(user: User, row: Board) -> Trail:
    """The way down to a dashboard, with the dashboards above that are in sight."""
    above: Trail = []
    unit = row.unit.parent if row.unit else None
    while unit:
        seen = user.is_superuser or reach_of(user).roles_at(unit) & READERS
        address = reverse("dashboards:board", args=[unit.kind, unit.code]) if seen else ""
        above.insert(0, (unit.short_name, address))
        unit = unit.parent
    return [*above, (row.name, "")]
