"""Dashboards counted by several workers at once, beside what happens meanwhile."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections

from governance.dashboards.counting import everything, places, standing
from governance.dashboards.models import Board, BoardDay
from governance.dashboards.verification import prove
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)

LATER = make.NOW + timedelta(minutes=30)
WORKERS = 4


def at_once(*calls) -> list[Exception]:
    """Runs calls in threads that begin together; what they raised."""
    faults: list[Exception] = []
    barrier = Barrier(len(calls))

    def run(call):
        try:
            barrier.wait()
            call()
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


def test_each_dashboard_is_made_once(cast):
    assert at_once(*[places.make_missing] * WORKERS) == []
    assert Board.objects.count() == len(
        set(Board.objects.values_list("unit", "district", "department"))
    )
    assert Board.objects.filter(unit=cast.street).count() == 1


def test_several_workers_count_the_same(cast):
    for _number in range(3):
        make.task(cast)
    counts = [
        lambda second=second: everything.count(LATER + timedelta(seconds=second))
        for second in range(WORKERS)
    ]
    assert at_once(*counts) == []
    everything.count(LATER + timedelta(minutes=1))
    assert prove(LATER + timedelta(minutes=2), days=2).differences == []
    assert Board.objects.get(unit=cast.street).open == 3
    days = BoardDay.objects.filter(board__unit=cast.street).order_by("pk")
    assert sum(days.values_list("reported", flat=True)) == 3


def test_the_newest_count_stays(cast):
    make.task(cast)
    counts = [
        lambda second=second: standing.count(LATER + timedelta(seconds=second))
        for second in range(WORKERS)
    ]
    assert at_once(*counts) == []
    assert Board.objects.get(unit=cast.street).open == 1
