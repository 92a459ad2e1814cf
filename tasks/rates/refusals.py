"""Departments that refused a dispatch (北京市街道办事处条例, art. 44): counted, and each one to read."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet

from orgs.models import Department
from tasks.enums import Action, RequestKind
from tasks.models import DecisionRequest, Event, Task
from tasks.rates.periods import Period

if TYPE_CHECKING:
    from orgs.models import User


@dataclass(frozen=True)
class Refusals:
    """How often one department refused, and what the district decided on second refusals."""

    department: Department
    refused: int
    granted: int = 0
    denied: int = 0
    pending: int = 0


def refusals(user: "User", period: Period, department: str = "") -> QuerySet[Event]:
    """Each refusal of a period in sight, with its task; `department` is a code."""
    refusals = Event.objects.filter(
        action=Action.REFUSE,
        department__isnull=False,
        at__gte=period.moments[0],
        at__lt=period.moments[1],
        task__in=Task.objects.visible_to(user),
    )
    if department:
        refusals = refusals.filter(department__code=department)
    return refusals.select_related("task__unit", "department")


def by_department(user: "User", period: Period) -> list[Refusals]:
    """The departments that refused in a period, the most frequent first; three queries."""
    counts = refusals(user, period).order_by().values_list("department").annotate(n=Count("pk"))
    refused = dict(counts)
    decided = {
        key: numbers
        for key, *numbers in DecisionRequest.objects.filter(
            kind=RequestKind.REFUSAL,
            asked_at__gte=period.moments[0],
            asked_at__lt=period.moments[1],
            task__in=Task.objects.visible_to(user),
        )
        .order_by()
        .values_list("department")
        .annotate(
            granted_ones=Count("pk", filter=Q(granted=True)),
            denied_ones=Count("pk", filter=Q(granted=False)),
            pending_ones=Count("pk", filter=Q(decided_at=None)),
        )
    }
    departments = Department.objects.in_bulk(refused)
    counted = [
        Refusals(departments[key], count, *decided.get(key, ())) for key, count in refused.items()
    ]
    return sorted(counted, key=lambda row: (-row.refused, row.department.code))


def undecided(user: "User") -> QuerySet[DecisionRequest]:
    """Second refusals in sight that wait for the district."""
    return DecisionRequest.objects.filter(
        kind=RequestKind.REFUSAL, decided_at=None, task__in=Task.objects.visible_to(user)
    ).select_related("task__unit", "department")
