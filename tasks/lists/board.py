"""The street's dispatch board, a department's inbox, members' orders."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from orgs.accounts.sign_in import signed_in
from orgs.enums import Role
from orgs.models import User
from orgs.scoping import reach_of
from tasks.enums import (
    HELPER_ROLES,
    STREET_ROLES,
    WITH_DEPARTMENTS,
    AssignmentStatus,
    Status,
)
from tasks.lists.desk import with_rule
from tasks.lists.rows import as_rows
from tasks.models import Assignment, Task

# So many rows a column; the rest is in the list.
COLUMN = 30
LAST_DONE = 10
BOARD_ROLES = STREET_ROLES | {Role.DISTRICT_OFFICE}
ORDER_ROLES = HELPER_ROLES | {Role.BRANCH_SECRETARY}


@login_required
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Everything between whistle and confirmation in a street, the most urgent first, with counts."""
    user, now = signed_in(request), timezone.now()
    reach = reach_of(user)
    if not user.is_superuser and not reach.roles & BOARD_ROLES:
        raise PermissionDenied
    area = Q() if user.is_superuser else reach.q("unit", BOARD_ROLES)
    tasks = Task.objects.filter(area)
    done = tasks.filter(status=Status.RESOLVED, worked_from__in=WITH_DEPARTMENTS)
    context = {
        "now": now,
        "columns": [
            _column(name, found, order, user, now, most=COLUMN)
            for name, found, order in (
                ("whistled", tasks.filter(status=Status.WHISTLED), "moved_at"),
                ("dispatched", tasks.filter(status=Status.DISPATCHED), "limit_at"),
                ("reported_in", tasks.filter(status=Status.REPORTED_IN), "limit_at"),
                ("resolved", done, "moved_at"),
            )
        ],
    }
    return render(request, "tasks/lists/board.html", context)


@login_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """What a department was called for: to report in, in work, to be confirmed, done."""
    user, now = signed_in(request), timezone.now()
    own = reach_of(user).department_ids
    if not own:
        raise PermissionDenied
    sections = (
        (
            "to_report_in",
            _assigned(own, AssignmentStatus.DISPATCHED, WITH_DEPARTMENTS),
            "limit_at",
        ),
        ("working", _assigned(own, AssignmentStatus.REPORTED_IN, WITH_DEPARTMENTS), "limit_at"),
        (
            "to_confirm",
            _assigned(own, AssignmentStatus.FINISHED, {Status.RESOLVED, *WITH_DEPARTMENTS}),
            "moved_at",
        ),
        (
            "done",
            _assigned(own, AssignmentStatus.FINISHED, {Status.RATING, Status.CLOSED}),
            "-moved_at",
        ),
    )
    columns = [
        _column(name, found, order, user, now, most=LAST_DONE if name == "done" else COLUMN)
        for name, found, order in sections
    ]
    return render(request, "tasks/lists/inbox.html", {"now": now, "columns": columns})


def _assigned(
    departments: frozenset[int], status: AssignmentStatus, states: "set[Status] | frozenset[Status]"
) -> QuerySet[Task]:
    """Tasks in some states in which one of the departments stands so, in the present dispatch."""
    own = Assignment.objects.filter(
        task=OuterRef("pk"),
        department__in=departments,
        status=status,
        round=OuterRef("dispatch_round"),
    )
    return Task.objects.filter(Exists(own), status__in=states)


@login_required
@require_GET
def orders(request: HttpRequest) -> HttpResponse:
    """What members and volunteers can take, and what they took."""
    user, now = signed_in(request), timezone.now()
    reach = reach_of(user)
    if not reach.roles & ORDER_ROLES and not user.is_superuser:
        raise PermissionDenied
    offered = Task.objects.filter(reach.q("unit", ORDER_ROLES), status=Status.OFFERED)
    mine = Task.objects.filter(taker=user, status=Status.TAKEN)
    done = Task.objects.filter(taker=user).exclude(status=Status.TAKEN)
    context = {
        "now": now,
        "mine": _column("mine", mine, "moved_at", user, now),
        "offered": _column("offered", offered, "-moved_at", user, now),
        "done": _column("done", done, "-moved_at", user, now),
    }
    return render(request, "tasks/lists/orders.html", context)


def _column(
    name: str, found: QuerySet[Task], order: str, user: User, now: datetime, *, most: int = COLUMN
) -> dict[str, Any]:
    """One list with its count; four statements, however many rows."""
    tasks = list(with_rule(found).order_by(order, "pk")[:most])
    return {"name": name, "count": found.count(), "rows": as_rows(tasks, user, now)}
