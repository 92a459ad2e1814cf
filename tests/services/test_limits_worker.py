"""A real Celery worker is killed while it escalates; afterwards every step was taken exactly once."""

import signal
from collections.abc import Iterator
from time import monotonic, sleep

import pytest
from django.db import connection

from governance.celery import app
from tasks import jobs
from tasks.enums import LimitStep, Status
from tasks.models import LimitStepTaken
from tests import factories as make
from tests.services.conftest import PATIENCE
from tests.services.test_limit_watcher_at_once import each_once

pytestmark = pytest.mark.django_db(transaction=True)

TASKS, GATE = 10, 8105
# Whoever writes a step of the gate's number onto a timeline waits until the gate is opened.
SHUT = """
CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF (NEW.data->>'step')::int = {step} THEN PERFORM pg_advisory_xact_lock({gate}); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER wait_at_gate BEFORE INSERT ON tasks_event
  FOR EACH ROW EXECUTE FUNCTION wait_at_gate();
"""
OPEN = "DROP TRIGGER IF EXISTS wait_at_gate ON tasks_event; DROP FUNCTION IF EXISTS wait_at_gate()"


class Gate:
    """Holds up a worker inside its transaction, at one step."""

    def shut(self, step: LimitStep) -> None:
        self._run(SHUT.format(step=step.value, gate=GATE))
        self._run(f"SELECT pg_advisory_lock({GATE})")

    def wait_for_worker(self, waiting: int = 1) -> None:
        """Until so many connections wait at the gate."""
        asked = f"SELECT count(*) FROM pg_locks WHERE objid = {GATE} AND NOT granted"
        deadline = monotonic() + PATIENCE
        while self._run(asked) != waiting:
            assert monotonic() < deadline, "nobody came to the gate"
            sleep(0.05)

    def open(self) -> None:
        """Lets the connection of whoever waited end, then takes the gate away."""
        self._run(f"SELECT pg_advisory_unlock({GATE})")
        self.wait_for_worker(0)
        self._run(OPEN)

    def _run(self, statement: str) -> object:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()[0] if cursor.description else None


@pytest.fixture
def gate(transactional_db) -> Iterator[Gate]:
    yield Gate()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")
        cursor.execute(OPEN)


@pytest.mark.parametrize(
    ("step", "kept"), [(LimitStep.COMMUNITY, 0), (LimitStep.STREET, TASKS)], ids=["first", "second"]
)
def test_a_worker_killed_while_it_escalates(cast, worker, gate, step, kept):
    kind = make.category()
    tasks = [make.task(cast, Status.DISPATCHED, category=kind) for _number in range(TASKS)]
    gate.shut(step)
    app.control.purge()
    first = worker()
    jobs.watch_limits.delay()
    gate.wait_for_worker()
    first.signal(signal.SIGKILL)
    assert first.end() == -signal.SIGKILL
    gate.open()
    assert LimitStepTaken.objects.count() == kept
    # Beat queues the job every minute; the message of the killed worker may come again as well.
    jobs.watch_limits.delay()
    jobs.watch_limits.delay()
    worker().wait_for("task_succeeded", times=2)
    each_once(tasks)
