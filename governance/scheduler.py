"""Beat's scheduler, which survives a clock that was ahead.

Beat counts from when it last sent a job. After a clock that was hours ahead, that moment lies in the
future and nothing would be due until real time has caught up; a restart would read the same rows. So
whatever lies in the future is set to now, in memory and in the database, and is told to the log.
"""

from datetime import timedelta
from typing import Any

import structlog
from celery.utils.time import maybe_make_aware
from django.utils import timezone
from django_celery_beat.models import PeriodicTask, PeriodicTasks
from django_celery_beat.schedulers import DatabaseScheduler, ModelEntry

from orgs.notifications import notifications

logger = structlog.get_logger(__name__)

# Clocks of two machines differ by less; so do a clock and the database's.
TOLERANCE = timedelta(seconds=30)


class Entry(ModelEntry):
    """A job that was never sent "in the future"."""

    def __init__(self, model: PeriodicTask, app: Any = None) -> None:
        # Without a last run the library counts from the row's last change, which may lie ahead too.
        super().__init__(model, app=app)
        self.is_ahead()

    def is_ahead(self) -> bool:
        """Whether the last run lay in the future; it is now, from now on."""
        now, last = self._default_now(), self.model.last_run_at
        if maybe_make_aware(last) <= now + TOLERANCE:
            return False
        logger.warning("job_ran_in_the_future", job=self.name, last_run_at=str(last))
        self.last_run_at = self.model.last_run_at = now
        return True


class Scheduler(DatabaseScheduler):
    """The database's schedule, looked over whenever beat wakes (every five seconds at the latest)."""

    Entry = Entry
    # Whether the rows were looked over since beat started.
    _looked_over = False

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        self.come_back()
        return super().tick(*args, **kwargs)

    def come_back(self) -> None:
        """After a clock that was ahead: entries, the order in which they wait, and what the library
        remembers of the last change begin anew.
        """
        ahead = [name for name, entry in (self._schedule or {}).items() if entry.is_ahead()]
        if self._looked_over and not ahead:
            return
        self._looked_over = True
        now = timezone.now()
        rows = [
            PeriodicTask.objects.filter(last_run_at__gt=now + TOLERANCE).update(last_run_at=now),
            PeriodicTask.objects.filter(date_changed__gt=now + TOLERANCE).update(date_changed=now),
            PeriodicTasks.objects.filter(last_update__gt=now + TOLERANCE).update(last_update=now),
        ]
        if not ahead and not any(rows):
            return
        messages = notifications.bring_forward(now=now, tolerance=TOLERANCE)
        logger.warning("clock_was_ahead", jobs=ahead, rows=sum(rows), messages=messages)
        self._dirty.update(ahead)
        # As at the first reading: the next look reads the whole table again.
        self._last_timestamp = None
        self._initial_read = True
        self._heap = None
