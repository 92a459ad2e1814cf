"""Staff: the list of positions, appointing, ending, standing in, handing over, and the import."""

import base64
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orgs.accounts.sign_in import signed_in
from orgs.enums import Permission, PositionTarget
from orgs.errors import Refused
from orgs.imports import views as imports_views
from orgs.imports.imports import visible_import
from orgs.models import Position
from orgs.positions import positions, staff_roster
from orgs.positions.appointments import appointable_positions, visible_positions
from orgs.positions.forms import (
    AppointForm,
    EndForm,
    HandOverForm,
    LeaveForm,
    StaffFilterForm,
)
from orgs.positions.staff_roster import STAFF
from orgs.values import phones
from orgs.values.days import in_force
from orgs.values.names import shown
from orgs.web.pages import use_case_page
from orgs.web.paging import page_by_key
from orgs.web.refusals import SaidOnNextPage

may_appoint = permission_required(Permission.APPOINT_STAFF, raise_exception=True)
WITH_PLACES = ("user", "acting_for__user", *PositionTarget.values)


@require_safe
@login_required
@may_appoint
def staff(request: HttpRequest) -> HttpResponse:
    """The positions in reach, filtered, newest first."""
    form = StaffFilterForm(request.GET)
    rows = appointable_positions(signed_in(request)).select_related(*WITH_PLACES)
    given = form.cleaned_data if form.is_valid() else {}
    page = page_by_key(request, _filtered(rows, given, timezone.localdate()))
    return render(request, "orgs/positions/staff.html", {"form": form, "page": page})


def _filtered(rows: QuerySet[Position], given: dict[str, Any], today: date) -> QuerySet[Position]:
    when = given.get("when")
    if when == "coming":
        rows = rows.filter(starts__gt=today)
    elif when == "ended":
        rows = rows.filter(ends__lt=today)
    else:
        rows = rows.filter(in_force(today))
    if given.get("role"):
        rows = rows.filter(role=given["role"])
    if given.get("q"):
        rows = rows.filter(_named(given["q"].strip()))
    return rows


def _named(text: str) -> Q:
    """People by a part of their name, or by the whole mobile number."""
    try:
        return Q(user__phone_index=phones.index(phones.normalise(text)))
    except Refused:
        return Q(user__name__icontains=shown(text)) | Q(user__username__icontains=text)


@login_required
@may_appoint
def appoint(request: HttpRequest) -> HttpResponse:
    """Somebody's new position."""
    form = partial(AppointForm, by=signed_in(request))
    sentence, heading = _("%(name)s is appointed: %(position)s."), _("Appoint somebody")
    return _page(request, form, positions.appoint, sentence, heading, _("Appoint"))


@require_safe
@login_required
def position(request: HttpRequest, pk: int) -> HttpResponse:
    """One position: its days, its stand-ins, and what may be done with it."""
    position = _find(request, pk)
    today = timezone.localdate()
    return render(
        request,
        "orgs/positions/position.html",
        {
            "position": position,
            "stand_ins": position.stand_ins.select_related("user").order_by("starts"),
            "over": bool(position.ends and position.ends < today),
            "may_change": request.user.has_perm(Permission.APPOINT_STAFF, position),
        },
    )


@login_required
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """The last day of a position."""
    position = _find(request, pk)
    call = partial(positions.end, position=position)
    sentence, heading = _("%(name)s: %(position)s ends."), _("End the position")
    return _page(request, EndForm, call, sentence, heading, _("End it"), position)


@login_required
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Who stands in for some days; for one's own positions, or where one appoints."""
    position = _find(request, pk)
    call = partial(positions.arrange_leave, position=position)
    sentence, heading = _("%(name)s stands in: %(position)s."), _("Arrange leave")
    return _page(request, LeaveForm, call, sentence, heading, _("Arrange"), position, stays=True)


@login_required
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """The successor, and from when."""
    position = _find(request, pk)
    call = partial(positions.hand_over, position=position)
    sentence, heading = _("%(name)s takes over: %(position)s."), _("Hand over")
    return _page(request, HandOverForm, call, sentence, heading, heading, position)


@never_cache
@login_required
@may_appoint
def import_page(request: HttpRequest) -> HttpResponse:
    """Sending a list of staff; what it would do is shown next."""
    trail = [(_("Staff"), reverse("orgs:staff")), (_("Import staff"), "")]
    address = reverse("orgs:staff_template")
    return imports_views.send(request, STAFF, None, template_address=address, trail=trail)


@require_safe
@login_required
@may_appoint
def import_template(request: HttpRequest) -> HttpResponseBase:
    """The sheet to fill in."""
    return imports_views.template(request, STAFF, None)


@never_cache
@login_required
@may_appoint
@require_POST
def import_enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Applies an import; the answer shows the initial passwords this once and keeps them nowhere."""
    imported, roster = visible_import(signed_in(request), pk)
    if roster != STAFF:
        raise Http404
    with SaidOnNextPage(request):
        done = staff_roster.enter(imported=imported, by=signed_in(request), now=timezone.now())
        sheet = staff_roster.passwords_sheet(done.accounts) if done.accounts else b""
        context = {"done": done, "imported": imported, "sheet": base64.b64encode(sheet).decode()}
        return render(request, "orgs/positions/staff_passwords.html", context)
    return redirect("orgs:import", pk)


def _find(request: HttpRequest, pk: int) -> Position:
    seen = visible_positions(signed_in(request)).select_related(*WITH_PLACES)
    return get_object_or_404(seen, pk=pk)


def _page(
    request: HttpRequest,
    form: Callable[..., forms.Form],
    call: Callable[..., Position],
    sentence: str,
    heading: str,
    submit: str,
    about: Position | None = None,
    *,
    stays: bool = False,
) -> HttpResponse:
    """A form's page; it leads to the position that came of it, or stays at the one it is about."""
    return use_case_page(
        request,
        form,
        call,
        heading=heading,
        submit=submit,
        done=lambda position: sentence % {"name": position.user, "position": position},
        back=_address(about.pk) if about else reverse("orgs:staff"),
        then=lambda position: _address(about.pk if about and stays else position.pk),
        template="orgs/positions/staff_form.html",
        position=about,
    )


def _address(pk: int) -> str:
    return reverse("orgs:position", args=[pk])
