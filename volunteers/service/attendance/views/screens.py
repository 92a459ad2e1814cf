"""The organiser's screen of rotating codes."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from orgs.accounts.sign_in import signed_in
from orgs.values import qr
from orgs.web.refusals import SaidOnNextPage
from volunteers.service.activities.queries import CHECK_BEFORE
from volunteers.service.attendance import (
    codes,
)
from volunteers.service.attendance.api import (
    running,
)
from volunteers.service.attendance.views.reach import direction_of, run
from volunteers.service.enums import (
    Direction,
)


@require_safe
@login_required
def screen(request: HttpRequest, pk: int) -> HttpResponse:
    """The rotating code; without scripts the page loads itself anew."""
    row, now, direction = run(request, pk), timezone.now(), direction_of(request)
    with SaidOnNextPage(request):
        running(row, signed_in(request))
        code = codes.code_of(row, direction, codes.slot_of(now))
        context = {
            "row": row,
            "now": now,
            "opens": row.starts_at - CHECK_BEFORE,
            "code": code,
            "svg": qr.svg(code.url),
            "direction": direction,
            "directions": Direction.choices,
        }
        return render(request, "service/attendance/codes.html", context)
    return redirect("service:activity", row.pk)


@require_safe
@login_required
def codes_ahead(request: HttpRequest, pk: int) -> HttpResponse:
    """Two minutes of codes, so that the screen goes on through a gap in the network."""
    row, now = running(run(request, pk), signed_in(request)), timezone.now()
    ahead = [
        {
            "starts": int(codes.start_of(code.slot).timestamp() * 1000),
            "image": f"data:image/svg+xml;base64,{qr.svg(code.url)}",
            "digits": code.digits,
        }
        for code in codes.codes_ahead(row, direction_of(request), now)
    ]
    response = JsonResponse({"now": int(now.timestamp() * 1000), "codes": ahead})
    response["Cache-Control"] = "no-store"
    return response
