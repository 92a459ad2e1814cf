"""The home page of people without a staff role."""

from django.db.models import Case, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from orgs.accounts.sign_in import signed_in
from orgs.enums import Role
from orgs.scoping import reach_of
from residents.deliberation.polls import queries as polls
from residents.deliberation.topics import panels as topic_panels
from residents.enums import ClaimState
from residents.privacy import consents
from tasks.enums import HELPER_ROLES, OPEN, Status
from tasks.models import Task
from tasks.reports.views.my_reports import cards
from tasks.workflow.queries import rows

SHOWN = 5


def resident_home(request: HttpRequest) -> HttpResponse:
    """A way to report, the own open reports, what one took on, and what one could take."""
    user, now = signed_in(request), timezone.now()
    own = rows(Task.objects.filter(reporter=user, status__in=OPEN))
    # What waits for the reporter's own word comes first.
    waits = Case(When(status=Status.RATING, then=0), default=1)
    own = own.order_by(waits, "-pk")[:SHOWN]
    in_committee = Role.OWNERS_COMMITTEE in reach_of(user).roles
    context = {
        # Whose claim waits has nothing to claim again.
        "may_claim": not user.home_id and not user.claims.filter(state=ClaimState.WAITING).exists(),
        "notice_due": consents.is_due(user),
        "cards": cards(list(own)),
        "now": now,
        "polls": polls.for_home(user, now),
        "committee_polls": polls.waiting_for_committee(user, now) if in_committee else [],
        "petitions": topic_panels.to_convene(user) if in_committee else [],
        "topics": topic_panels.for_home(user),
        "taken": rows(Task.objects.filter(taker=user, status=Status.TAKEN))[:SHOWN],
        "offered": rows(
            Task.objects.filter(reach_of(user).q("unit", HELPER_ROLES), status=Status.OFFERED)
        )[:SHOWN],
    }
    return render(request, "governance/home_resident.html", context)
