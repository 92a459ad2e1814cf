"""Scanning a code, and checking oneself in or out."""

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orgs.accounts.sign_in import signed_in
from orgs.errors import DomainError
from orgs.models import User
from orgs.web.refusals import SaidOnNextPage
from volunteers.service.activities import queries as activity_queries
from volunteers.service.attendance import (
    checks,
    passes,
    queries,
)
from volunteers.service.attendance.api import (
    BROWSER,
    SALT,
    activity_to_check,
    browser_of,
    how_to_check_out,
    state_of,
)
from volunteers.service.enums import (
    Datum,
    Direction,
    EvidenceState,
)
from volunteers.service.models import Activity, CheckEvent, ScanPass

BROWSER_LASTS = 400 * 24 * 3600


@require_safe
def scan(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the code leads, without login: a pass, then the page that uses it by a POST."""
    row = get_object_or_404(Activity, pk=pk)
    browser = browser_of(request) or secrets.token_urlsafe(16)
    who = f"browser:{passes.digest(browser)[:50]}"
    try:
        given = passes.scan(
            activity=row, token=request.GET.get("t", "-") or "-", browser=browser, who=who,
            now=timezone.now(),
        )  # fmt: skip
    except DomainError as refusal:
        context = {"sentence": refusal.message, "pk": pk}
        return render(request, "service/attendance/refused.html", context, status=refusal.status)
    response = redirect(f"{reverse('service:check', args=[pk])}?pass={given.token}")
    response.set_signed_cookie(
        BROWSER, browser, salt=SALT, max_age=BROWSER_LASTS, httponly=True,
        secure=settings.SESSION_COOKIE_SECURE, samesite="Lax",
    )  # fmt: skip
    return response


@login_required
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Checks oneself in or out: with a pass by one tap, else by camera, photo of the code or digits."""
    user, now = signed_in(request), timezone.now()
    scan_pass = request.POST.get("pass", request.GET.get("pass", ""))[:80]
    row = activity_to_check(user, pk, passes.of_token(scan_pass, pk))
    if request.method == "POST":
        return _check(request, row, scan_pass, user, now)
    bound = passes.bind(activity=row, token=scan_pass, by=user, now=now) if scan_pass else None
    last = queries.last_check(row, user)
    context = {
        "row": row,
        "now": now,
        "scan_pass": scan_pass if bound else "",
        "is_open": activity_queries.is_open_for_check(row, now),
        "opens": row.starts_at - activity_queries.CHECK_BEFORE,
        "is_over": bool(scan_pass) and bound is None,
        "direction": bound.direction if bound else "",
        "event_id": uuid4(),
        "last": last,
        "state": state_of(last) if last else "",
        "leaves": _leaves(bound, last),
    }
    return render(request, "service/attendance/check.html", context)


def _leaves(scan_pass: ScanPass | None, last: CheckEvent | None) -> bool:
    """Whether the page is about checking out: the code says so, else whoever came goes next."""
    if scan_pass is not None:
        return scan_pass.direction == Direction.OUT
    return last is not None and last.state != EvidenceState.REFUSED


def _check(
    request: HttpRequest, row: Activity, scan_pass: str, user: User, now: datetime
) -> HttpResponse:
    with SaidOnNextPage(request):
        given = None
        if digits := request.POST.get("digits", "").strip():
            given = passes.scan(
                activity=row, digits=digits, browser=browser_of(request), who=f"user:{user.pk}",
                now=now,
            ).scan_pass  # fmt: skip
        else:
            passes.bind(activity=row, token=scan_pass, by=user, now=now)
            given = passes.of_token(scan_pass, row.pk)
        event = checks.check(
            activity=row,
            direction=Direction(given.direction) if given else Direction.IN,
            scan_pass=given,
            event_id=_uuid(request.POST.get("event_id", "")),
            browser=browser_of(request),
            by=user,
            now=now,
            **_place(request),
        )
        event.activity = row
        messages.success(request, _said(event))
    return redirect("service:check", row.pk)


def _said(event: Any) -> str:
    words = {
        "checked_in": _("You are checked in."),
        "checked_out": _("You are checked out. Minutes are credited after the activity."),
        "to_confirm": _("Received; the organiser confirms it."),
        "refused": _("This was not taken."),
    }
    return f"{words[state_of(event)]} {how_to_check_out(event)}".strip()


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


def _place(request: HttpRequest) -> dict[str, Any]:
    """What the telephone says where it is, if it was asked and agreed."""
    try:
        lon, lat = float(request.POST["lon"]), float(request.POST["lat"])
        accuracy = float(request.POST.get("accuracy") or 0)
    except (KeyError, ValueError):
        return {}
    return {"lon": lon, "lat": lat, "accuracy": accuracy, "datum": Datum.WGS84}
