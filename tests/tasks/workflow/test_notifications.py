"""Who is told of what: read from the timelines, once."""

from datetime import timedelta

import pytest

from orgs.calendar import duty
from orgs.models import Bookmark, Notice
from orgs.notifications import notifications
from orgs.workflow.notifications import STALE_AFTER
from tasks.enums import Action, Status
from tasks.workflow.limits.watcher import watch
from tasks.workflow.notifications import BOOKMARK, notify_of_events
from tests import factories as make

LATER = make.NOW + timedelta(minutes=10)
DONE = {"outcome": "solved", "text": "已办", "reason": "无"}


def told(task, action) -> set[tuple[str, str]]:
    """Who was told of a step, as (kind, account)."""
    notify_of_events(LATER)
    events = task.events.filter(action=action).values_list("pk", flat=True)
    keys = [f"task-event:{pk}" for pk in events]
    return set(Notice.objects.filter(key__in=keys).values_list("kind", "recipient__username"))


def kind(name, *people):
    return {(name, person.username) for person in people}


def test_the_way_of_a_whistle(cast):
    task = make.task(cast, Status.CLOSED)
    community = (cast.community_worker, cast.grid_worker)
    street = (cast.street_cadre, cast.street_leader)
    assert told(task, Action.REPORT) == kind("work", *community)
    assert told(task, Action.WHISTLE) == kind("work", *street)
    assert told(task, Action.DISPATCH) == kind("mine", cast.owner) | kind(
        "work", cast.urban_officer, cast.housing_officer
    )
    assert told(task, Action.REPORT_IN) == set()
    assert told(task, Action.RESOLVE) == kind("work", *street)
    assert told(task, Action.CONFIRM) == kind("mine", cast.owner)
    assert told(task, Action.RATE) == kind("rated", cast.urban_officer)


def test_whoever_did_it_is_not_told(cast):
    task = make.task(cast, by=cast.community_worker)
    assert told(task, Action.REPORT) == kind("work", cast.grid_worker)


def test_what_members_are_offered(cast):
    task = make.task(cast, Status.TAKEN)
    assert told(task, Action.OFFER) == kind("offered", cast.member, cast.volunteer)
    task = make.act(task, Action.RESOLVE, cast.member, **DONE)
    assert told(task, Action.RESOLVE) == kind("work", cast.community_worker, cast.grid_worker)
    task = make.act(task, Action.REWORK, cast.community_worker, reason="再办")
    assert told(task, Action.REWORK) == kind("work", cast.member)


def test_refusals_go_up(cast):
    task = make.task(cast, Status.DISPATCHED)
    task = make.act(task, Action.REFUSE, cast.urban_officer, reason="不属职责")
    assert told(task, Action.REFUSE) == kind("work", cast.street_cadre, cast.street_leader)
    task = make.act(task, Action.DISPATCH, cast.street_cadre, lead=cast.urban)
    task = make.act(task, Action.REFUSE, cast.urban_officer, reason="仍不属职责")
    assert told(task, Action.REFUSE) - kind("work", cast.street_cadre, cast.street_leader) == kind(
        "work", cast.district_cadre
    )


@pytest.mark.parametrize(
    ("who", "internal", "expected"),
    [
        ("owner", False, {("said", "dept_urban")}),
        ("community_worker", False, {("said", "owner")}),
        ("community_worker", True, set()),
    ],
)
def test_who_hears_a_remark(cast, who, internal, expected):
    task = make.task(cast, Status.REPORTED_IN)
    make.act(task, Action.COMMENT, getattr(cast, who), text="请看", internal=internal)
    assert told(task, Action.COMMENT) == expected


def test_urging_reaches_whoever_has_it(cast):
    task = make.task(cast, Status.REPORTED_IN)
    make.act(task, Action.URGE, cast.owner, text="请快")
    assert told(task, Action.URGE) == kind("urged", cast.urban_officer)


def test_limits_climb(cast):
    task = make.task(cast, Status.DISPATCHED)
    watch(make.NOW + timedelta(minutes=50))
    watch(make.NOW + timedelta(days=2))
    assert told(task, Action.REMIND) == kind("limit", cast.urban_officer)
    assert told(task, Action.ESCALATE) == kind(
        "limit",
        cast.urban_officer,
        cast.community_worker,
        cast.street_cadre,
        cast.street_leader,
        cast.district_cadre,
    )


@pytest.fixture
def roster(cast):
    """The street's leader and the urban officer have the duty; each with a stand-in."""
    stand_in = make.user("stand_in")
    make.position(stand_in, "department_officer", cast.urban)
    today = duty.duty_day(make.NOW)
    for place, person, other, by in (
        (cast.urban, cast.urban_officer, stand_in, cast.urban_officer),
        (cast.street, cast.street_leader, cast.street_cadre, cast.street_cadre),
    ):
        turn = duty.Turn(today, person, other)
        duty.keep(place=place, turns=[turn], by=by, now=make.NOW)
    return stand_in


def test_an_emergency_wakes_who_has_the_duty_and_the_others_read_it_by_day(cast, roster):
    task = make.task(cast, Status.DISPATCHED, whistle_kind="emergency")
    assert told(task, Action.WHISTLE) == kind("emergency", cast.street_leader) | kind(
        "work", cast.street_cadre
    )
    # Housing keeps no roster: all of its officers are woken.
    assert told(task, Action.DISPATCH) == kind("mine", cast.owner) | kind(
        "emergency", cast.urban_officer, cast.housing_officer
    ) | kind("work", roster)
    watch(make.NOW + timedelta(minutes=31))
    assert ("emergency", "stand_in") in told(task, Action.ESCALATE)


def test_an_emergency_that_is_refused_wakes_the_street_again(cast, roster):
    task = make.task(cast, Status.DISPATCHED, whistle_kind="emergency")
    make.act(task, Action.REFUSE, cast.urban_officer, reason="不属职责")
    assert ("emergency", "leader") in told(task, Action.REFUSE)


def test_who_left_the_office_is_not_called_the_stand_in_is(cast, roster):
    cast.urban_officer.positions.update(ends=make.NOW.date() - timedelta(days=1))
    cast.street_leader.positions.update(ends=make.NOW.date() - timedelta(days=1))
    task = make.task(cast, Status.WHISTLED, whistle_kind="emergency")
    assert told(task, Action.WHISTLE) == kind("emergency", cast.street_cadre)
    make.act(task, Action.DISPATCH, cast.street_cadre, lead=cast.urban)
    assert told(task, Action.DISPATCH) == kind("mine", cast.owner) | kind("emergency", roster)


def test_an_emergency_without_a_roster_reaches_all(cast):
    task = make.task(cast, Status.DISPATCHED, whistle_kind="emergency")
    assert told(task, Action.WHISTLE) == kind("emergency", cast.street_cadre, cast.street_leader)
    assert told(task, Action.DISPATCH) - kind("mine", cast.owner) == kind(
        "emergency", cast.urban_officer, cast.housing_officer
    )


def test_a_notice_says_which_limit(cast):
    task = make.task(cast, Status.DISPATCHED)
    watch(make.NOW + timedelta(minutes=50))
    watch(make.NOW + timedelta(minutes=61))
    notify_of_events(LATER)
    texts = {
        notifications.text_of(one).partition("：")[0]
        for one in Notice.objects.filter(recipient=cast.urban_officer, kind="limit")
    }
    assert texts == {"报到时限将到", "报到时限已超"}
    assert str(task.number) in notifications.text_of(Notice.objects.filter(kind="limit")[0])


# --- Once, and not of last month ---


def test_twice_tells_nobody_again_and_reads_no_old_entries(cast):
    task = make.task(cast, Status.CLOSED)
    first = notify_of_events(LATER)
    assert (first, notify_of_events(LATER)) == (Notice.objects.count(), 0)
    assert Bookmark.objects.get(name=BOOKMARK).position == task.events.last().pk


def test_the_bookmark_waits_for_entries_that_may_still_be_joined(cast):
    task = make.task(cast)
    notify_of_events(make.NOW + timedelta(seconds=30))
    assert Notice.objects.count() == 2
    assert Bookmark.objects.get(name=BOOKMARK).position == task.events.first().pk - 1
    notify_of_events(make.NOW + timedelta(minutes=3))
    assert Notice.objects.count() == 2
    assert Bookmark.objects.get(name=BOOKMARK).position == task.events.first().pk


def test_after_a_long_stop_nobody_is_told_of_what_is_old(cast):
    make.task(cast, Status.CLOSED)
    assert notify_of_events(make.NOW + STALE_AFTER + timedelta(minutes=1)) == 0
    fresh = make.NOW + STALE_AFTER
    task = make.task(cast, now=fresh)
    assert notify_of_events(fresh + timedelta(minutes=1)) == 2
    assert set(Notice.objects.values_list("data__number", flat=True)) == {task.number}
