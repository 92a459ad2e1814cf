"""The desk: what needs a member of staff, by urgency. The number of queries never grows."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet

from orgs.scoping import reach_of
from tasks.enums import OPEN, WATCHING_ROLES, Status
from tasks.models import Task
from tasks.workflow.limits.limits import due_within, end_of_day, late, nearly_due
from tasks.workflow.queries import present_work, rows, waiting_for

if TYPE_CHECKING:
    from orgs.models import User

# So many rows a section; the rest is a click away.
SECTION = 20


@dataclass(frozen=True)
class Counts:
    """The four lights above a desk."""

    waiting: int
    soon: int
    late: int
    rating: int


@dataclass(frozen=True)
class Desk:
    """What a person finds in the morning."""

    counts: Counts
    late: list[Task]
    today: list[Task]
    rest: list[Task]

    @property
    def is_clean(self) -> bool:
        return not (self.late or self.today or self.rest)


def in_charge(user: "User") -> QuerySet[Task]:
    """What a person answers for: the tasks of the own area, or of the own department's present work."""
    if user.is_superuser:
        return Task.objects.all()
    reach = reach_of(user)
    seen = reach.q("unit", WATCHING_ROLES)
    if reach.department_ids:
        seen |= Q(pk__in=present_work(reach.department_ids).values("task"))
    return Task.objects.filter(seen)


def with_rule(tasks: QuerySet[Any]) -> QuerySet[Any]:
    """Rows with all that their next step needs."""
    return (
        rows(tasks).select_related("unit", "category", "whistle_rule").prefetch_related("requests")
    )


def desk_of(user: "User", now: datetime) -> Desk:
    """The desk of a person: late and due today in the own area, then what else waits for a step."""
    running = in_charge(user)
    midnight = end_of_day(now)
    waiting = waiting_for(user)
    return Desk(
        counts=_counts(user, now),
        late=list(with_rule(running.filter(late(now))).order_by("limit_at", "pk")[:SECTION]),
        today=list(
            with_rule(running.filter(due_within(now, midnight))).order_by("limit_at", "pk")[
                :SECTION
            ]
        ),
        rest=list(
            with_rule(waiting.filter(Q(limit_at=None) | Q(limit_at__gte=midnight))).order_by(
                "moved_at", "pk"
            )[:SECTION]
        ),
    )


def _counts(user: "User", now: datetime) -> Counts:
    soon, behind, rating = nearly_due(now), late(now), Q(status=Status.RATING)
    found = (
        in_charge(user)
        .filter(status__in=OPEN)
        .aggregate(
            soon=Count("pk", filter=soon),
            late=Count("pk", filter=behind),
            rating=Count("pk", filter=rating),
        )
    )
    return Counts(waiting=waiting_for(user).count(), **found)
