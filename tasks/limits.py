"""The limits that run, as the database sees them: what `Task.light` says of one row, for many."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan
from django.utils import timezone

from tasks.enums import FINAL, AssignmentRole, Light
from tasks.models import Assignment, Task


def with_limit(tasks: QuerySet[Task]) -> QuerySet[Any]:
    """Tasks with `limit`, the nearest that still runs; None before dispatch and once it is done."""
    lead = Assignment.objects.filter(
        task=OuterRef("pk"), role=AssignmentRole.LEAD, round=OuterRef("dispatch_round")
    )
    runs = Q(dispatched_at__isnull=False, resolved_at=None) & ~Q(status__in=FINAL)
    return tasks.annotate(
        limit=Case(
            When(~runs, then=None),
            When(~Exists(lead.filter(reported_in_at__isnull=False)), then=F("report_in_by")),
            When(~Exists(lead.filter(contacted_at__isnull=False)), then=F("respond_by")),
            default=F("resolve_by"),
        )
    )


def late(now: datetime) -> Q:
    """Running beyond the limit; for tasks `with_limit`."""
    return Q(limit__lt=now)


def nearly_due(now: datetime) -> Q:
    """Less than a quarter of the time left; for tasks `with_limit`."""
    return Q(limit__gte=now) & Q(_little_left(now))


def _little_left(now: datetime) -> LessThan:
    """Three times what is left is less than what has passed since dispatch."""
    moment = Value(now, DateTimeField())
    return LessThan(
        _Thrice(ExpressionWrapper(F("limit") - moment, DurationField())),
        ExpressionWrapper(moment - F("dispatched_at"), DurationField()),
    )


class _Thrice(Func):
    """A length of time, three times; both engines multiply it as it is."""

    template = "(%(expressions)s * 3)"
    output_field = DurationField()


def due_within(now: datetime, until: datetime) -> Q:
    """Due from now until then, not late yet; for tasks `with_limit`."""
    return Q(limit__gte=now, limit__lt=until)


def with_light(tasks: QuerySet[Task], light: Light, now: datetime) -> QuerySet[Task]:
    """The tasks that show a light now, those that are done included."""
    tasks = with_limit(tasks).annotate(done_at=Coalesce("resolved_at", "closed_at"))
    shown = tasks.filter(dispatched_at__isnull=False, resolve_by__isnull=False)
    done_late = Q(limit=None, done_at__gt=F("resolve_by"))
    match light:
        case Light.RED:
            return shown.filter(late(now) | done_late)
        case Light.YELLOW:
            return shown.filter(nearly_due(now))
        case _:
            in_time = Q(limit__gte=now) & ~Q(_little_left(now))
            return shown.filter(in_time | Q(limit=None, done_at__lte=F("resolve_by")))


def end_of_day(now: datetime) -> datetime:
    """The next local midnight."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=1)
