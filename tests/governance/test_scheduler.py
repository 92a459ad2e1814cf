"""Beat after a clock that was ahead."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_celery_beat.models import PeriodicTask, PeriodicTasks

from governance.celery import app
from governance.engines.scheduler import Scheduler

pytestmark = pytest.mark.django_db(transaction=True)
AHEAD = timedelta(hours=3)


def scheduler() -> Scheduler:
    """Beat as it starts, with what it would send kept instead."""
    app.loader.import_default_modules()
    made = Scheduler(app=app)
    made.apply_entry = lambda entry, producer=None: sent.append(entry.name)
    beats.append(made)
    return made


sent: list[str] = []
beats: list[Scheduler] = []


@pytest.fixture(autouse=True)
def _nothing_sent():
    sent.clear()
    yield
    # Each writes once more when the process ends, long after the tables of the test.
    for beat in beats:
        beat._dirty.clear()


def turn(beat: Scheduler, times: int = 40) -> None:
    for _ in range(times):
        beat.tick()


def put_ahead() -> None:
    later = timezone.now() + AHEAD
    PeriodicTask.objects.update(last_run_at=later, date_changed=later)
    PeriodicTasks.objects.update(last_update=later)


def lies_ahead() -> bool:
    later = timezone.now() + timedelta(minutes=1)
    return (
        PeriodicTask.objects.filter(last_run_at__gt=later).exists()
        or PeriodicTask.objects.filter(date_changed__gt=later).exists()
        or PeriodicTasks.objects.filter(last_update__gt=later).exists()
    )


@pytest.mark.parametrize("never_ran", [False, True])
def test_a_restart_after_a_clock_that_was_ahead_sends_again(time_machine, never_ran):
    scheduler()
    time_machine.move_to(timezone.now())
    put_ahead()
    if never_ran:
        PeriodicTask.objects.update(last_run_at=None)
    beat = scheduler()
    turn(beat)
    assert not lies_ahead()
    time_machine.shift(timedelta(seconds=61))
    turn(beat)
    assert {"deliver-notices", "watch-limits"} <= set(sent)


def test_a_clock_set_back_while_beat_runs_stops_nothing(time_machine):
    start = timezone.now()
    time_machine.move_to(start + AHEAD)
    beat = scheduler()
    turn(beat)
    time_machine.shift(timedelta(seconds=61))
    turn(beat)
    beat.sync()
    sent.clear()
    time_machine.move_to(start)
    turn(beat)
    time_machine.shift(timedelta(seconds=61))
    turn(beat)
    assert {"deliver-notices", "watch-limits"} <= set(sent)
    beat.sync()
    assert not lies_ahead()
    # What the admin changes is noticed, though the last change seemed to be later.
    PeriodicTask.objects.get(name="watch-limits").delete()
    PeriodicTasks.update_changed()
    sent.clear()
    time_machine.shift(timedelta(seconds=61))
    turn(beat)
    assert "deliver-notices" in sent
    assert "watch-limits" not in sent
