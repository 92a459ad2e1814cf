"""What happens to tasks by itself."""

from datetime import timedelta

import structlog
from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from orgs.errors import WrongState
from tasks.campaigns import notifications as campaigns_notifications
from tasks.models import Task
from tasks.rates import day_counts
from tasks.reports import tickets
from tasks.visits import reminders
from tasks.workflow import notifications as workflow_notifications
from tasks.workflow import short_messages
from tasks.workflow.limits import watcher
from tasks.workflow.steps import closing

log = structlog.get_logger()
# So many tasks are closed in one run; what is left waits ten minutes more.
EXPIRED_AT_ONCE = 2000


@shared_task(time_limit=240)
def expire_unrated() -> int:
    """Closes what waited too long for its rating; answers how many. Twice changes nothing.

    One task that cannot be closed does not keep the others open: it is logged, and raised at the
    end.
    """
    now, expired, failure = timezone.now(), 0, None
    keys = closing.overdue_for_rating(now)[:EXPIRED_AT_ONCE]
    for task in Task.objects.filter(pk__in=keys).order_by("pk").iterator():
        try:
            closing.expire(task=task, now=now)
        except WrongState:
            # Somebody rated it meanwhile.
            continue
        except Exception as error:
            log.exception("expiry_failed", task=task.number)
            failure = error
        else:
            expired += 1
    if failure:
        raise failure
    return expired


@shared_task(time_limit=240)
def watch_limits() -> int:
    """Takes the steps of limits that are due; answers how many."""
    return watcher.watch(timezone.now())


@shared_task(time_limit=240)
def tell_of_events() -> int:
    """Tells people of what happened; answers how many notices are new."""
    now = timezone.now()
    return (
        workflow_notifications.notify_of_events(now)
        + campaigns_notifications.notify_of_entries(now)
        + short_messages.tell(now)
    )


@shared_task(time_limit=280)
def count_touched_days() -> int:
    """Keeps the counts behind the rates true; answers how many days were counted."""
    return day_counts.count_touched(timezone.now())


@shared_task(time_limit=1800)
def count_recent_days() -> int:
    """Every night: counts the last months anew."""
    return day_counts.count_recent(timezone.now())


@shared_task(time_limit=240)
def remind_of_measures() -> int:
    """Every morning: reminds leads of measures; answers how many notices are new."""
    return campaigns_notifications.remind(timezone.now())


@shared_task(time_limit=240)
def remind_of_visits() -> int:
    """Reminds those invited to joint visits that are near; answers how many notices are new."""
    return reminders.remind(timezone.now())


@shared_task(time_limit=240)
def forget_tickets() -> int:
    """Every night: deletes tickets of reports that are no longer good; answers how many."""
    return tickets.forget_expired(now=timezone.now())


# When beat sends them. A key or name that changes needs a migration: beat stores both, and never
# deletes an entry.
SCHEDULE = {
    "expire-unrated-tasks": {
        "task": "tasks.jobs.expire_unrated",
        "schedule": crontab(minute="*/10"),
    },
    "watch-limits": {"task": "tasks.jobs.watch_limits", "schedule": crontab()},
    "tell-of-events": {"task": "tasks.jobs.tell_of_events", "schedule": timedelta(seconds=20)},
    "remind-of-measures": {
        "task": "tasks.jobs.remind_of_measures",
        "schedule": crontab(hour=8, minute=12),
    },
    "remind-of-visits": {
        "task": "tasks.jobs.remind_of_visits",
        "schedule": crontab(minute="*/5"),
    },
    "count-touched-days": {
        "task": "tasks.jobs.count_touched_days",
        "schedule": crontab(minute="*/5"),
    },
    "forget-tickets": {
        "task": "tasks.jobs.forget_tickets",
        "schedule": crontab(hour=3, minute=17),
    },
    "count-recent-days": {
        "task": "tasks.jobs.count_recent_days",
        "schedule": crontab(hour=2, minute=41),
    },
}
