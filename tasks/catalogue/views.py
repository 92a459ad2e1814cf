"""The duty lists of departments, for everybody."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from orgs.models import Unit
from orgs.units.queries import PICKED_AT_MOST, matching, unit_by_code
from tasks.catalogue.duty_lists import duty_list

MAX_WORDS = 60


@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """Finding one's compound: which department answers depends on the place."""
    words = request.GET.get("q", "").strip()[:MAX_WORDS]
    found = matching(words) if words else Unit.objects.none()
    context = {"words": words, "found": found.order_by("tree_id", "lft")[:PICKED_AT_MOST]}
    return render(request, "tasks/catalogue/choose.html", context)


@require_GET
def duties_page(request: HttpRequest, code: str) -> HttpResponse:
    """Which department answers for what in a place, on which ground, and how to reach it."""
    unit = unit_by_code(code)
    if unit is None:
        raise Http404
    if unit.code != code:
        return redirect("tasks:duties", unit.code)
    words = request.GET.get("q", "").strip()[:MAX_WORDS]
    context = {"list": duty_list(unit, words), "words": words}
    return render(request, "tasks/catalogue/duties.html", context)
