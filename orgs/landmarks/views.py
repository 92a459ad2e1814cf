"""Pages of roads and landmarks: the list, and one form for those who keep it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from orgs.landmarks.landmarks import COLUMNS, LandmarkFilter
from orgs.models import Landmark
from orgs.registers.pages import entry_page, register_page


@require_safe
@login_required
def landmark_list(request: HttpRequest) -> HttpResponse:
    """What is found by its name at a place, by kind."""
    row, add = "orgs/landmarks/landmark.html", "orgs:landmark_add"
    return register_page(request, LandmarkFilter, row, add=add, by="kind")


@login_required
def entry(request: HttpRequest, **address: Any) -> HttpResponse:
    """Enters something at a unit; changes or ends an entry."""
    return entry_page(request, Landmark, COLUMNS, back="orgs:landmarks", **address)
