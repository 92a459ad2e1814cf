"""What is saved by deleting and writing anew, by two people or windows at the same moment."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from time import monotonic, sleep

import pytest
from django.db import connection, connections, transaction

from orgs.calendar import duty
from orgs.enums import NoticeWay
from orgs.models import Bookmark, DutyDay, NoticeChoice
from orgs.notifications import notifications
from orgs.workflow.timelines import read_events
from residents.models import CoverageDay
from residents.organisations import coverage_days
from tasks.models import Event
from tests import factories as make
from tests.services.outcomes import outcome

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6
MONDAY = date(2026, 3, 9)


@pytest.mark.parametrize(
    ("place", "people"),
    [("street", ("street_cadre", "street_leader")), ("urban", ("urban_officer",))],
)
def test_a_duty_roster_is_what_one_of_them_saved(cast, at_once, place, people):
    days = [MONDAY + timedelta(days=number) for number in range(28)]
    keepers = [getattr(cast, name) for name in people] * (AT_ONCE // len(people))
    tries = [
        outcome(
            lambda keeper=keeper: duty.keep(
                place=getattr(cast, place),
                turns=[duty.Turn(day, keeper, None) for day in days],
                by=keeper,
                now=make.NOW,
            )
        )
        for keeper in keepers
    ]
    assert Counter(at_once(*tries)) == {"done": AT_ONCE}
    rows = DutyDay.objects.order_by("day")
    assert [row.day for row in rows] == days
    assert len({row.person_id for row in rows}) == 1


def test_choices_of_notices_are_what_one_window_saved(cast, at_once):
    kinds = [kind.name for kind in notifications.kinds() if not kind.urgent]
    ways = [NoticeWay.PORTAL, NoticeWay.DIGEST] * (AT_ONCE // 2)
    tries = [
        outcome(
            lambda way=way: notifications.choose(
                ways=dict.fromkeys(kinds, way), email="", by=cast.owner
            )
        )
        for way in ways
    ]
    assert Counter(at_once(*tries)) == {"done": AT_ONCE}
    rows = NoticeChoice.objects.order_by("pk")
    assert sorted(row.kind for row in rows) == sorted(kinds)
    assert len({row.way for row in rows}) == 1


def test_the_first_readers_of_a_timeline_do_not_break_each_other(cast, at_once):
    make.task(cast)
    keys: list[int] = []

    def handle(events) -> None:
        keys.extend(event.pk for event in events)

    reader = partial(
        read_events, "new", handle, events=Event.objects.all(), now=make.NOW, at_once=100
    )
    answers = at_once(*[reader] * AT_ONCE)
    assert True in answers
    assert set(keys) == {Event.objects.get().pk}
    assert Bookmark.objects.filter(name="new").count() == 1


def waiting_for_a_lock() -> int:
    with connection.cursor() as cursor:
        # In a transaction the first look would be kept.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0]


def test_an_older_count_of_coverage_never_covers_a_newer_one(cast):
    """The second count begins before the first has ended, and meets what the first one knew."""
    day = make.NOW.date()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            coverage_days.snapshot(day=day)
            second = pool.submit(count_and_close, day)
            deadline = monotonic() + 60
            while not waiting_for_a_lock():
                assert monotonic() < deadline, "the second count waits for nothing"
                sleep(0.01)
            make.contract(cast.compound)
        second.result(60)
    row = CoverageDay.objects.get(day=day, unit=cast.community)
    assert (row.compounds, row.property) == (2, 1)


def count_and_close(day: date) -> None:
    try:
        coverage_days.snapshot(day=day)
    finally:
        connections.close_all()
