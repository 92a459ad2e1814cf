"""Days counted by several at once, over a change that comes meanwhile, and by one that is killed."""

import signal
import sys
from datetime import timedelta
from threading import Thread

import psycopg2
import pytest
from django.conf import settings
from django.db import connection, connections

from tasks.enums import Action, Status
from tasks.models import DayCount, DayToCount, Exclusion
from tasks.rates import day_counts, exclusions, rates
from tasks.rates.periods import Period
from tests import factories as make
from tests.services.conftest import database_url

pytestmark = pytest.mark.django_db(transaction=True)

DAY = make.NOW.date()
LATER = make.NOW + timedelta(minutes=30)
TASKS = 4
COUNT = """
import sys, django
django.setup()
from datetime import datetime
from tasks.rates import day_counts
day_counts.count_touched(datetime.fromisoformat(sys.argv[1]))
"""


@pytest.fixture
def other():
    """A connection of somebody else, in a transaction."""
    theirs = psycopg2.connect(database_url())
    yield theirs
    theirs.close()


def waits_for_a_lock(other) -> None:
    """Returns once somebody waits for what the other connection holds."""
    asked = "SELECT 1 FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))"
    with connection.cursor() as cursor:
        for _attempt in range(1200):
            cursor.execute(asked, [other.info.backend_pid])
            if cursor.fetchone():
                return
            cursor.execute("SELECT pg_sleep(0.05)")
    raise AssertionError("Nobody waits.")


def closed(cast, category=None):
    task = make.task(cast, Status.RATING, category=category)
    return make.act(task, Action.RATE, cast.owner, contacted=True, resolved=True, stars=5)


def rated(cast) -> int:
    return rates.rates_of(cast.admin, Period(DAY, DAY)).rated


def test_many_count_a_day_and_leave_tasks_out_at_the_same_moment(cast, at_once):
    kind = make.category()
    tasks = [closed(cast, kind) for _number in range(TASKS)]
    asked = [
        exclusions.ask(
            task=task, reason_code="secret", reason="涉密", by=cast.street_cadre, now=LATER
        )
        for task in tasks
    ]

    def leave_out(exclusion: Exclusion):
        return lambda: exclusions.decide(
            exclusion=exclusion, granted=True, reason="同意", by=cast.district_cadre, now=LATER
        )

    def count() -> None:
        for _turn in range(5):
            day_counts.count_days([DAY], LATER)

    at_once(*[count] * 3, *[leave_out(exclusion) for exclusion in asked])
    assert rated(cast) == 0
    assert DayCount.objects.get(department=None).reported == TASKS
    assert not DayToCount.objects.exists()


def test_an_older_count_does_not_come_over_a_newer(cast, other):
    """Whoever counts looks after the day is its own, not before: it sees what came while it waited."""
    closed(cast)
    day_counts.mark([DAY], LATER)
    with other.cursor() as cursor:
        cursor.execute("SELECT 1 FROM tasks_daytocount FOR UPDATE")

    def count() -> None:
        day_counts.count_marked(LATER)
        connections.close_all()

    counting = Thread(target=count)
    counting.start()
    waits_for_a_lock(other)
    closed(cast)
    other.rollback()
    counting.join()
    assert rated(cast) == 2


def test_a_killed_count_is_taken_up_again(cast, other, start):
    closed(cast)
    assert day_counts.count_touched(LATER) == 1
    closed(cast)
    with other.cursor() as cursor:
        cursor.execute("SELECT 1 FROM tasks_daycount FOR UPDATE")
    process = start(
        *(sys.executable, "-c", COUNT, LATER.isoformat()),
        DATABASE_URL=database_url(),
        DATA_DIR=str(settings.DATA_DIR),
        DJANGO_SETTINGS_MODULE="governance.settings",
    )
    waits_for_a_lock(other)
    process.signal(signal.SIGKILL)
    assert process.end() == -signal.SIGKILL
    other.rollback()
    assert rated(cast) == 1
    # Long after the entries were read: nothing but the mark tells of the day.
    assert day_counts.count_touched(LATER + timedelta(days=1)) == 1
    assert rated(cast) == 2
    assert not DayToCount.objects.exists()
