"""The limits that run, as the database sees them: what `Task.light` says of one row, for many."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, DateTimeField, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from orgs.db.counting import counted
from tasks.enums import Light
from tasks.models import Task
from tasks.models.tasks import REPLY_SOON

# Where no limit runs, only what departments did has a light: whether it was in time.
_HAS_LIGHT = Q(limit_at__isnull=False) | Q(resolve_by__isnull=False)


def late(now: datetime) -> Q:
    """Running beyond the limit."""
    return Q(limit_at__lt=now)


def nearly_due(now: datetime) -> Q:
    """Less than a quarter of the time left."""
    return Q(remind_at__lt=now, limit_at__gte=now)


def with_light(tasks: QuerySet[Task], light: Light, now: datetime) -> QuerySet[Task]:
    """The tasks that show a light now, those that are done included."""
    return _with_done_at(tasks, now).filter(_HAS_LIGHT & _shows(light, now))


def by_state_and_light(name: str, tasks: QuerySet[Task], now: datetime) -> QuerySet[Any]:
    """How many tasks are in each state and show each light as `with_light` finds it ("": none), counted
    under a name."""
    shown = [When(_HAS_LIGHT & _shows(light, now), then=Value(light.value)) for light in Light]
    light = Case(*shown, default=Value(""))
    return counted(name, _with_done_at(tasks, now), "status", light, number=Count("pk"))


def _with_done_at(tasks: QuerySet[Task], now: datetime) -> QuerySet[Any]:
    return tasks.annotate(done_at=Coalesce("resolved_at", "closed_at", Value(now, DateTimeField())))


def _shows(light: Light, now: datetime) -> Q:
    done = Q(limit_at=None)
    match light:
        case Light.RED:
            return late(now) | done & Q(done_at__gt=F("resolve_by"))
        case Light.YELLOW:
            return nearly_due(now)
        case _:
            return Q(remind_at__gte=now) | done & Q(done_at__lte=F("resolve_by"))


def with_reply_light(tasks: QuerySet[Task], light: Light, now: datetime) -> QuerySet[Task]:
    """The tasks whose reply to the hotline shows a light now, as `Task.reply_light` says it."""
    answered = Coalesce("resolved_at", "closed_at")
    tasks = tasks.exclude(reply_by=None).annotate(answered_at=answered)
    open_, soon = Q(answered_at=None), now + REPLY_SOON
    match light:
        case Light.RED:
            return tasks.filter(open_ & Q(reply_by__lt=now) | Q(answered_at__gt=F("reply_by")))
        case Light.YELLOW:
            return tasks.filter(open_, reply_by__gte=now, reply_by__lt=soon)
        case _:
            return tasks.filter(open_ & Q(reply_by__gte=soon) | Q(answered_at__lte=F("reply_by")))


def end_of_day(now: datetime) -> datetime:
    """The next local midnight."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=1)
