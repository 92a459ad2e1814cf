"""The limits that run, as the database sees them: what `Task.light` says of one row, for many."""

from datetime import datetime, timedelta

from django.db.models import DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from tasks.enums import Light
from tasks.models import Task


def late(now: datetime) -> Q:
    """Running beyond the limit."""
    return Q(limit_at__lt=now)


def nearly_due(now: datetime) -> Q:
    """Less than a quarter of the time left."""
    return Q(remind_at__lt=now, limit_at__gte=now)


def due_within(now: datetime, until: datetime) -> Q:
    """Due from now until then, not late yet."""
    return Q(limit_at__gte=now, limit_at__lt=until)


def with_light(tasks: QuerySet[Task], light: Light, now: datetime) -> QuerySet[Task]:
    """The tasks that show a light now, those that are done included."""
    shown = tasks.filter(dispatched_at__isnull=False, resolve_by__isnull=False).annotate(
        done_at=Coalesce("resolved_at", "closed_at", Value(now, DateTimeField()))
    )
    done = Q(limit_at=None)
    match light:
        case Light.RED:
            return shown.filter(late(now) | done & Q(done_at__gt=F("resolve_by")))
        case Light.YELLOW:
            return shown.filter(nearly_due(now))
        case _:
            in_time = Q(remind_at__gte=now)
            return shown.filter(in_time | done & Q(done_at__lte=F("resolve_by")))


def end_of_day(now: datetime) -> datetime:
    """The next local midnight."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=1)
