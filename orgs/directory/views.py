"""The pages of the directory: whom to call, for everybody; one form for those who keep it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from orgs.directory.directory import COLUMNS, ServicePointFilter
from orgs.models import ServicePoint
from orgs.registers.pages import entry_page, register_page


@require_safe
def service_points(request: HttpRequest) -> HttpResponse:
    """Whom to call at a place, the most needed kinds first."""
    row, add = "orgs/directory/service_point.html", "orgs:service_point_add"
    return register_page(request, ServicePointFilter, row, add=add, by="kind")


@login_required
def entry(request: HttpRequest, **address: Any) -> HttpResponse:
    """Enters something at a unit; changes or ends an entry."""
    return entry_page(request, ServicePoint, COLUMNS, back="orgs:service_points", **address)
