"""The roll-call: on screen, or keyed in from a printed sheet."""

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from orgs.accounts.sign_in import signed_in
from orgs.web.pages import trail, use_case_page
from orgs.web.refusals import SaidOnNextPage
from volunteers.service.attendance import (
    queries,
    roll_calls,
)
from volunteers.service.attendance.forms import WalkInForm
from volunteers.service.attendance.views.reach import run
from volunteers.service.enums import (
    AttendanceState,
    RollCallKind,
)
from volunteers.service.models import Activity


@login_required
def roll_call(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody with one choice each; what is left alone is not written."""
    row, now = run(request, pk), timezone.now()
    people = queries.people_of(row)
    if request.method == "POST":
        return _roll_call(request, row, people, now)
    context = {
        "row": row,
        "now": now,
        "people": people,
        "states": [
            (AttendanceState.AS_PLANNED, _("was there")),
            (AttendanceState.PARTIAL, _("partly")),
            (AttendanceState.NO_SHOW, _("was not there")),
        ],
        "has_begun": now >= row.starts_at,
        "is_late": now > row.ends_at + roll_calls.IN_TIME,
        "trail": trail(row.unit, row.title),
    }
    return render(request, "service/attendance/roll_call.html", context)


def _roll_call(
    request: HttpRequest, row: Activity, people: list[Any], now: datetime
) -> HttpResponse:
    lines = []
    for person in people:
        key = person.participant.pk
        state = request.POST.get(f"state-{key}", "")
        number = request.POST.get(f"minutes-{key}", "").strip()
        if state in AttendanceState.values:
            minutes = int(number) if number.isdecimal() and len(number) < 5 else None
            if state == AttendanceState.NO_SHOW:
                minutes = None
            lines.append(roll_calls.Line(key, AttendanceState(state), minutes))
    kind = RollCallKind.SHEET if request.POST.get("kind") == "sheet" else RollCallKind.SCREEN
    with SaidOnNextPage(request):
        results = roll_calls.roll_call(
            activity=row, people=lines, kind=kind, by=signed_in(request), now=now
        )
        _say(request, people, results)
        return redirect("service:attendance", row.pk)
    return redirect("service:roll_call", row.pk)


@login_required
def walk_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Adds to the roll-call somebody who came without a sign-up."""
    row = run(request, pk)
    heading = _("Somebody without a sign-up")
    return use_case_page(
        request,
        WalkInForm,
        partial(roll_calls.walk_in, activity=row),
        heading=heading,
        submit=_("Add to the roll-call"),
        done=_("Written; another person looks at it before it counts."),
        back=reverse("service:roll_call", args=[row.pk]),
        trail=trail(row.unit, heading),
    )


def _say(request: HttpRequest, people: list[Any], results: list[roll_calls.Result]) -> None:
    """How many lines were written, and whose were not."""
    taken = sum(result.ok for result in results)
    messages.success(
        request, ngettext("%(n)d line written.", "%(n)d lines written.", taken) % {"n": taken}
    )
    names = {person.participant.pk: person.participant.name for person in people}
    wrong = [names[result.person] for result in results if not result.ok]
    if wrong:
        said = _("Not written, give the minutes first: %(names)s.")
        messages.warning(request, said % {"names": "、".join(wrong)})


@require_safe
@login_required
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The list to print: ticked by hand, keyed in later on the roll-call."""
    row = run(request, pk)
    context = {"row": row, "people": queries.people_of(row), "blank": range(8)}
    return render(request, "service/attendance/sheet.html", context)
