"""The limits that run, as the database sees them: what `Task.light` says of one row, for many."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, DateTimeField, F, Q, QuerySet, Value
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
    return _dispatched(tasks, now).filter(_shows(light, now))


def light_counts(tasks: QuerySet[Task], now: datetime) -> dict[Light, int]:
    """How many tasks show each light now, as `with_light` finds them; one statement."""
    counts = {light.value: Count("pk", filter=_shows(light, now)) for light in Light}
    found = _dispatched(tasks, now).order_by().aggregate(**counts)
    return {light: found[light.value] for light in Light}


def _dispatched(tasks: QuerySet[Task], now: datetime) -> QuerySet[Any]:
    """The tasks that have a light, with `done_at`."""
    return tasks.filter(resolve_by__isnull=False).annotate(
        done_at=Coalesce("resolved_at", "closed_at", Value(now, DateTimeField()))
    )


def _shows(light: Light, now: datetime) -> Q:
    done = Q(limit_at=None)
    match light:
        case Light.RED:
            return late(now) | done & Q(done_at__gt=F("resolve_by"))
        case Light.YELLOW:
            return nearly_due(now)
        case _:
            return Q(remind_at__gte=now) | done & Q(done_at__lte=F("resolve_by"))


def end_of_day(now: datetime) -> datetime:
    """The next local midnight."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=1)
