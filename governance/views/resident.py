"""The home page of people without a staff role."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from orgs.scoping import reach_of
from orgs.signing_in import signed_in
from residents import privacy
from tasks.enums import HELPER_ROLES, OPEN, Status
from tasks.models import Task
from tasks.queries import rows
from tasks.views.mine import cards

SHOWN = 5


def resident_home(request: HttpRequest) -> HttpResponse:
    """A way to report, the own open reports, what one took on, and what one could take."""
    user = signed_in(request)
    own = rows(Task.objects.filter(reporter=user, status__in=OPEN))[:SHOWN]
    context = {
        "notice_due": privacy.is_due(user),
        "cards": cards(list(own)),
        "taken": rows(Task.objects.filter(taker=user, status=Status.TAKEN))[:SHOWN],
        "offered": rows(
            Task.objects.filter(reach_of(user).q("unit", HELPER_ROLES), status=Status.OFFERED)
        )[:SHOWN],
    }
    return render(request, "governance/home_resident.html", context)
