"""The street's dispatch board, a department's inbox, members' orders."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, When
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
    Action,
    AssignmentRole,
    AssignmentStatus,
    Status,
)
from tasks.lists.desk import first_of_each
from tasks.lists.filters import BoardFilter, departments_to_choose
from tasks.lists.rows import as_rows
from tasks.models import Assignment, Task
from tasks.workflow import bulk

_LEAD = AssignmentRole.LEAD
# So many rows a column; the rest is in the list.
COLUMN = 30
LAST_DONE = 10
BOARD_ROLES = STREET_ROLES | {Role.DISTRICT_OFFICE}
BOARD_STATES = {Status.WHISTLED, Status.RESOLVED, *WITH_DEPARTMENTS}
# What a street does with several of them at once.
BOARD_ACTIONS = {Action.SIGN, Action.DISPATCH, Action.CONFIRM}
ORDER_ROLES = HELPER_ROLES | {Role.BRANCH_SECRETARY}


class Column(NamedTuple):
    """A list of tasks in an order: all emergencies, then the first `most` (by default COLUMN).

    With `flat` nothing goes first: what is done needs nobody any more.
    """

    name: str
    tasks: QuerySet[Task]
    order: Any
    most: int | None = None
    flat: bool = False

    def lists(self) -> list[QuerySet[Task]]:
        """The emergencies, which are never cut off, and the others."""
        tasks, most = self.tasks.order_by(self.order, "pk"), self.most or COLUMN
        if self.flat:
            return [tasks.none(), tasks[:most]]
        return [tasks.filter(is_urgent=True), tasks.filter(is_urgent=False)[:most]]


@login_required
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Everything between whistle and confirmation in a street, the most urgent first, with counts."""
    user, now = signed_in(request), timezone.now()
    reach = reach_of(user)
    if not user.is_superuser and not reach.roles & BOARD_ROLES:
        raise PermissionDenied
    area = Q() if user.is_superuser else reach.q("unit", BOARD_ROLES)
    chosen = BoardFilter(
        request.GET,
        queryset=Task.objects.filter(area),
        request=request,
        departments=departments_to_choose(user),
    )
    tasks = chosen.qs if chosen.is_valid() else Task.objects.none()
    columns = {
        "whistled": (Q(status=Status.WHISTLED), "moved_at"),
        "dispatched": (Q(status=Status.DISPATCHED), "limit_at"),
        "reported_in": (Q(status=Status.REPORTED_IN), "limit_at"),
        "resolved": (Q(status=Status.RESOLVED, worked_from__in=WITH_DEPARTMENTS), "moved_at"),
    }
    counts = tasks.filter(status__in=BOARD_STATES).aggregate(
        **{name: Count("pk", filter=rows) for name, (rows, _order) in columns.items()}
    )
    lists = [Column(name, tasks.filter(rows), order) for name, (rows, order) in columns.items()]
    context = {
        "now": now,
        "columns": _columns(lists, user, now, counts),
        "form": chosen.form,
        "is_narrowed": chosen.is_narrowed,
        "query": request.GET.urlencode(),
        "here": request.get_full_path(),
        "bulk_actions": [action for action in bulk.open_to(user) if action in BOARD_ACTIONS],
    }
    return render(request, "tasks/lists/board.html", context)


@login_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """What a department was called for: to report in, in work, to be confirmed, done.

    `?mine=1`: only what a colleague handed to the reader.
    """
    user, now = signed_in(request), timezone.now()
    own = reach_of(user).department_ids
    if not own:
        raise PermissionDenied
    only_mine = request.GET.get("mine") == "1"
    person = user if only_mine else None
    working = {Status.RESOLVED, *WITH_DEPARTMENTS}
    done = {Status.RATING, Status.CLOSED}
    columns = [
        Column(
            "to_report_in",
            _assigned(own, AssignmentStatus.DISPATCHED, WITH_DEPARTMENTS, person),
            Subquery(_own_part(own).values("report_in_by")[:1]),
        ),
        Column(
            "working",
            _assigned(own, AssignmentStatus.REPORTED_IN, WITH_DEPARTMENTS, person),
            Case(
                When(Exists(_own_part(own).filter(role=_LEAD)), then="limit_at"),
                default="resolve_by",
            ),
        ),
        Column(
            "to_confirm", _assigned(own, AssignmentStatus.FINISHED, working, person), "moved_at"
        ),
        Column(
            "done",
            _assigned(own, AssignmentStatus.FINISHED, done, person),
            "-moved_at",
            most=LAST_DONE,
            flat=True,
        ),
    ]
    context = {
        "now": now,
        "columns": _columns(columns, user, now),
        "only_mine": only_mine,
        "here": request.get_full_path(),
        "bulk_actions": [Action.ASSIGN] if Action.ASSIGN in bulk.open_to(user) else [],
    }
    return render(request, "tasks/lists/inbox.html", context)


def _assigned(
    departments: frozenset[int],
    status: AssignmentStatus,
    states: "set[Status] | frozenset[Status]",
    person: User | None,
) -> QuerySet[Task]:
    """Tasks in some states in which one of the departments stands so, in the present dispatch.

    With a `person` only those that were handed to them.
    """
    own = _own_part(departments).filter(status=status)
    own = own.filter(person=person) if person else own
    return Task.objects.filter(Exists(own), status__in=states)


def _own_part(departments: frozenset[int]) -> QuerySet[Assignment]:
    """The departments' parts in the present dispatch of a task, for a query of tasks."""
    return Assignment.objects.order_by().filter(
        task=OuterRef("pk"), department__in=departments, round=OuterRef("dispatch_round")
    )


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
    columns = [
        Column("mine", mine, "moved_at"),
        Column("offered", offered, "-moved_at"),
        Column("done", done, "-moved_at", flat=True),
    ]
    context = {column["name"]: column for column in _columns(columns, user, now)}
    return render(request, "tasks/lists/orders.html", {"now": now, **context})


def _columns(
    columns: list[Column], user: User, now: datetime, counts: Mapping[str, int] | None = None
) -> list[dict[str, Any]]:
    """Columns with their counts; four statements for all, and where no counts are given one for each."""
    parts = iter(first_of_each(*(part for column in columns for part in column.lists())))
    shown = [emergencies + others for emergencies, others in zip(parts, parts, strict=True)]
    counts = counts or {column.name: column.tasks.count() for column in columns}
    return [
        {"name": column.name, "count": counts[column.name], "rows": as_rows(tasks, user, now)}
        for column, tasks in zip(columns, shown, strict=True)
    ]
