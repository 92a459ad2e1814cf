"""The desk of a member of staff."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from orgs import registry
from orgs.accounts.sign_in import signed_in
from orgs.enums import STAFF_ROLES, Role
from orgs.models import User
from orgs.scoping import reach_of
from orgs.web.panels import called_panels
from tasks.lists.desk import desk_of
from tasks.lists.rows import as_rows
from tasks.rates import periods, rates, scopes, trends
from tasks.workflow import bulk

# Who starts at a desk; everybody else starts at the phone's home.
DESK_ROLES = STAFF_ROLES | {Role.BRANCH_SECRETARY}


def has_desk(user: User) -> bool:
    """Whether a signed-in person's home is the desk."""
    return user.is_superuser or bool(reach_of(user).roles & DESK_ROLES)


def desk(request: HttpRequest) -> HttpResponse:
    """What needs this person, by urgency. The home page of staff calls it."""
    user, now = signed_in(request), timezone.now()
    rows = desk_of(user, now)
    week = periods.last_week(timezone.localdate(now))
    context = {
        "now": now,
        "week": week,
        "desk": rows,
        "bulk_actions": bulk.open_to(user),
        "here": request.get_full_path(),
        "urgent": as_rows(rows.urgent, user, now),
        "late": as_rows(rows.late, user, now),
        "today": as_rows(rows.today, user, now),
        "rest": as_rows(rows.rest, user, now),
        "rates": _rates(user, week, now),
        "panels": called_panels(registry.Name.DESK_PANELS, user=user, now=now),
    }
    return render(request, "tasks/lists/desk.html", context)


def _rates(user: User, week: periods.Period, now: datetime) -> list[rates.Rate]:
    """The three rates of what somebody reads, if anything."""
    if not scopes.may_read(user):
        return []
    return rates.against(*trends.with_before(user, week, now, scopes.first_shown(user)))
