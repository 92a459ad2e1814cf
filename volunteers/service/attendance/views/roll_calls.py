"""The roll-call: on screen, or keyed in from a printed sheet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

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
    if request.method == "POST":
        return _roll_call(request, row, now)
    return _page(request, row, now)


@dataclass(frozen=True)
class _Row:
    """A line of the page: as it is written, or as it was typed with why it was not taken."""

    person: queries.Person
    state: str
    minutes: str
    refusal: str = ""


def _written(person: queries.Person) -> _Row:
    found = person.attendance
    if found is None:
        return _Row(person, "", "")
    # Else sending the page once more would ask for them again, or write as many as planned.
    differs = found.minutes not in (0, found.planned_minutes)
    is_offered = found.state in (AttendanceState.AS_PLANNED, AttendanceState.PARTIAL)
    return _Row(person, found.state, str(found.minutes) if differs and is_offered else "")


def _typed(request: HttpRequest, person: queries.Person) -> _Row:
    key = person.participant.pk
    minutes = request.POST.get(f"minutes-{key}", "").strip()
    return _Row(person, request.POST.get(f"state-{key}", ""), minutes)


def _page(
    request: HttpRequest, row: Activity, now: datetime, refused: Mapping[int, _Row] | None = None
) -> HttpResponse:
    """The list; what was `refused`, by participant, stands in it as it was typed (400)."""
    typed = refused or {}
    people = queries.people_of(row)
    context = {
        "row": row,
        "now": now,
        "rows": [typed.get(one.participant.pk) or _written(one) for one in people],
        "states": [
            (AttendanceState.AS_PLANNED, _("was there")),
            (AttendanceState.PARTIAL, _("partly")),
            (AttendanceState.NO_SHOW, _("was not there")),
        ],
        "has_begun": now >= row.starts_at,
        "is_late": now > row.ends_at + roll_calls.IN_TIME,
        "is_sheet": request.POST.get("kind") == "sheet",
        "trail": trail(row.unit, row.title),
    }
    status = 200 if refused is None else 400
    return render(request, "service/attendance/roll_call.html", context, status=status)


def _roll_call(request: HttpRequest, row: Activity, now: datetime) -> HttpResponse:
    rows = [_typed(request, person) for person in queries.people_of(row)]
    said = {one.person.participant.pk: one for one in rows if one.state or one.minutes}
    kind = RollCallKind.SHEET if request.POST.get("kind") == "sheet" else RollCallKind.SCREEN
    with SaidOnNextPage(request):
        results = roll_calls.roll_call(
            activity=row,
            people=[roll_calls.read(key, one.state, one.minutes) for key, one in said.items()],
            kind=kind,
            by=signed_in(request),
            now=now,
        )
        wrong = {one.person: one.detail for one in results if not one.ok}
        _say(request, len(said) - len(wrong), len(wrong))
        if not wrong:
            return redirect("service:attendance", row.pk)
        said = {key: replace(said[key], refusal=why) for key, why in wrong.items()}
    return _page(request, row, now, refused=said)


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


def _say(request: HttpRequest, taken: int, wrong: int) -> None:
    """How many lines were written, and how many were not."""
    if taken:
        said = ngettext("%(n)d line written.", "%(n)d lines written.", taken)
        messages.success(request, said % {"n": taken})
    if wrong:
        said = ngettext(
            "%(n)d line was not written; why stands beside it.",
            "%(n)d lines were not written; why stands beside each.",
            wrong,
        )
        messages.warning(request, said % {"n": wrong})


@require_safe
@login_required
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The list to print: ticked by hand, keyed in later on the roll-call."""
    row = run(request, pk)
    context = {"row": row, "people": queries.people_of(row), "blank": range(8)}
    return render(request, "service/attendance/sheet.html", context)
