"""Pages on which a street names who reads the care rosters."""

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orgs.accounts.sign_in import signed_in
from orgs.models import Position, Unit
from orgs.scoping import lies_in, reach_of
from orgs.values.days import in_force
from orgs.web.pages import use_case_page
from orgs.web.paging import page_by_key
from residents.care import readers
from residents.care.forms import DismissForm, PositionForm, ReaderForm
from residents.enums import CARE_APPOINTERS, CARE_READERS, Permission
from residents.models import CareReader

_names_readers = permission_required(Permission.APPOINT_CAREREADER, raise_exception=True)


@require_safe
@login_required
@_names_readers
def reader_list(request: HttpRequest) -> HttpResponse:
    """Who is and was named in one's street."""
    mine = CareReader.objects.filter(reach_of(signed_in(request)).q("unit", CARE_APPOINTERS))
    rows = mine.select_related("position__user", "unit", "appointed_by", "dismissed_by")
    context = {"page": page_by_key(request, rows), "today": timezone.localdate()}
    return render(request, "residents/care/readers.html", context)


@login_required
@_names_readers
def reader_add(request: HttpRequest) -> HttpResponse:
    """Names somebody: first whose position, then for what."""
    chosen = PositionForm(request.GET or None, positions=_positions(request))
    if not chosen.is_valid():
        return render(request, "residents/care/reader_choose.html", {"form": chosen})
    position: Position = chosen.cleaned_data["position"]
    return use_case_page(
        request,
        partial(ReaderForm, units=_units(position)),
        partial(readers.appoint, position=position),
        heading=_("What %(name)s may read") % {"name": position.user},
        submit=_("Name this person"),
        done=_("%(name)s is named.") % {"name": position.user},
        back=reverse("residents:care_readers"),
    )


@login_required
def reader_dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a naming back."""
    user = signed_in(request)
    reader = get_object_or_404(
        CareReader.objects.filter(reach_of(user).q("unit", CARE_APPOINTERS)).select_related(
            "position__user", "unit"
        ),
        pk=pk,
    )
    return use_case_page(
        request,
        DismissForm,
        partial(readers.dismiss, reader=reader),
        heading=_("Take back: %(reader)s") % {"reader": reader},
        submit=_("Take back"),
        done=_("The naming was taken back."),
        back=reverse("residents:care_readers"),
    )


def _positions(request: HttpRequest) -> QuerySet[Position]:
    """The positions in one's street that read a roll, without one's own."""
    user = signed_in(request)
    reach = reach_of(user)
    units = Unit.objects.filter(reach.q("", CARE_APPOINTERS)).order_by().values("pk")
    positions = Position.objects.filter(in_force(timezone.localdate()), role__in=CARE_READERS)
    at_unit, at_grid = positions.filter(unit__in=units), positions.filter(grid__community__in=units)
    return (
        (at_unit | at_grid)
        .exclude(user=user)
        .select_related("user", "unit", "grid")
        .order_by("role", "user__name", "pk")
    )


def _units(position: Position) -> QuerySet[Unit]:
    """What a position can be named for: its unit and what lies in it, no buildings."""
    if position.grid_id:
        return Unit.objects.filter(covering_grids=position.grid_id).order_by("lft")
    unit: Any = position.unit
    return Unit.objects.filter(lies_in(unit), level__lt=3).order_by("lft")
