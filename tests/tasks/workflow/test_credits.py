"""Work orders that members do are credited once, taken back exactly; couriers' reports earn points."""

from datetime import timedelta

import pytest

from tasks.enums import Action, Outcome, Status
from tasks.workflow.steps.closing import expire
from tests import factories as make
from tests.volunteers.service import service_factories as service
from volunteers.service.duty import appeals
from volunteers.service.enums import EntryKind, MinutesKind, ReportInState, ServantKind
from volunteers.service.models import Credit, MinutesEntry, PointsAccount, PointsEntry

pytestmark = pytest.mark.django_db
DONE = {"outcome": Outcome.SOLVED, "text": "已清理"}
RATED = {"contacted": True, "resolved": True, "stars": 5}


def done_by_member(cast, minutes=60, points=12, by=None):
    """A task that a member took and did, confirmed by the community; it waits for its rating."""
    who = by or cast.member
    task = make.task(cast, Status.HANDLING)
    offer = {"minutes": minutes, "points": points}
    task = make.act(task, Action.OFFER, cast.community_worker, **offer)
    task = make.act(task, Action.TAKE, who)
    task = make.act(task, Action.RESOLVE, who, **DONE)
    return make.act(task, Action.CONFIRM, cast.community_worker)


def balances(user):
    minutes = sum(
        entry.amount
        for entry in MinutesEntry.objects.filter(account__participant__account=user).order_by("i")
    )
    points = sum(
        entry.amount
        for entry in PointsEntry.objects.filter(account__participant__account=user).order_by("i")
    )
    return minutes, points


def courier(cast, user, state=ReportInState.CONFIRMED):
    who = service.participant(cast.compound, user)
    return service.report_in(cast, who, kind=ServantKind.COURIER, state=state)


def test_minutes_and_points_are_booked_once_when_the_reporter_has_rated(cast):
    task = done_by_member(cast)
    assert balances(cast.member) == (0, 0)
    make.act(task, Action.RATE, cast.owner, **RATED)
    assert balances(cast.member) == (60, 12)
    row = Credit.objects.get(task_number=task.number)
    assert (row.minutes_kind, row.approved_by, row.counts_activity) == (
        MinutesKind.DUTY,
        cast.community_worker,
        True,
    )


def test_an_unrated_one_is_booked_when_its_time_runs_out_a_volunteers_as_voluntary(cast):
    task = done_by_member(cast, by=cast.volunteer)
    expire(task=task, now=make.NOW + timedelta(days=8))
    assert balances(cast.volunteer) == (60, 12)
    assert Credit.objects.get(task_number=task.number).minutes_kind == MinutesKind.VOLUNTARY


def test_work_that_did_not_solve_it_is_not_credited(cast):
    task = done_by_member(cast)
    make.act(task, Action.RATE, cast.owner, **RATED | {"resolved": False, "stars": 1})
    assert balances(cast.member) == (0, 0)


def test_reworked_before_it_is_closed_books_once(cast):
    task = make.task(cast, Status.TAKEN)
    task = make.act(task, Action.RESOLVE, cast.member, **DONE)
    task = make.act(task, Action.REWORK, cast.community_worker, reason="还有一处")
    task = make.act(task, Action.RESOLVE, cast.member, **DONE)
    task = make.act(task, Action.CONFIRM, cast.community_worker)
    make.act(task, Action.RATE, cast.owner, **RATED)
    assert MinutesEntry.objects.count() == 1


def test_reopened_it_goes_back_exactly_and_is_booked_again_when_done_again(cast):
    task = make.act(done_by_member(cast), Action.RATE, cast.owner, **RATED)
    task = make.act(task, Action.REOPEN, cast.owner, reason="又出现了")
    assert balances(cast.member) == (0, 0)
    assert [entry.kind for entry in MinutesEntry.objects.order_by("i")] == [
        EntryKind.AWARD,
        EntryKind.REVERSAL,
    ]
    task = make.act(task, Action.OFFER, cast.community_worker, minutes=60, points=12)
    task = make.act(task, Action.TAKE, cast.member)
    task = make.act(task, Action.RESOLVE, cast.member, **DONE)
    task = make.act(task, Action.CONFIRM, cast.community_worker)
    make.act(task, Action.RATE, cast.owner, **RATED)
    assert balances(cast.member) == (60, 12)
    assert Credit.objects.filter(task_number=task.number, is_latest=True).count() == 1


def test_the_same_hour_is_not_credited_twice(cast):
    first, second = done_by_member(cast), done_by_member(cast)
    for task in (first, second):
        make.act(task, Action.RATE, cast.owner, **RATED)
    assert balances(cast.member) == (60, 12)


def test_who_confirmed_their_own_work_is_credited_nothing(cast):
    """A secretary who offers a task, takes it as a member and confirms it."""
    make.position(cast.secretary, "party_member", cast.compound)
    task = make.task(cast, Status.HANDLING)
    task = make.act(task, Action.OFFER, cast.secretary, minutes=60, points=12)
    task = make.act(task, Action.TAKE, cast.secretary)
    task = make.act(task, Action.RESOLVE, cast.secretary, **DONE)
    task = make.act(task, Action.CONFIRM, cast.secretary)
    make.act(task, Action.RATE, cast.owner, **RATED)
    assert balances(cast.secretary) == (0, 0)


def test_work_without_minutes_agreed_books_nothing(cast):
    task = done_by_member(cast, minutes=None, points=None)
    make.act(task, Action.RATE, cast.owner, **RATED)
    assert not Credit.objects.exists()


# --- Couriers --------------------------------------------------------------------------------------


def test_a_couriers_accepted_report_earns_points_once(cast):
    courier(cast, cast.volunteer)
    task = make.task(cast, Status.HANDLING, by=cast.volunteer)
    assert balances(cast.volunteer) == (0, 2)
    make.act(task, Action.WHISTLE, cast.community_worker, kind="public", reason="需要街道")
    assert balances(cast.volunteer) == (0, 2)


@pytest.mark.parametrize("state", [None, ReportInState.REPORTED])
def test_nobody_else_earns_by_reports(cast, state):
    if state:
        courier(cast, cast.volunteer, state)
    make.task(cast, Status.HANDLING, by=cast.volunteer)
    assert not PointsAccount.objects.exists()


def test_a_declined_report_earns_nothing_a_merged_or_withdrawn_one_gives_it_back(cast):
    courier(cast, cast.volunteer)
    make.task(cast, Status.DECLINED, by=cast.volunteer)
    assert balances(cast.volunteer) == (0, 0)
    other = make.task(cast, Status.HANDLING)
    twin = make.task(cast, Status.HANDLING, by=cast.volunteer)
    assert balances(cast.volunteer) == (0, 2)
    make.act(twin, Action.MERGE, cast.community_worker, into=other)
    assert balances(cast.volunteer) == (0, 0)
    third = make.task(cast, Status.HANDLING, by=cast.volunteer)
    make.act(third, Action.WITHDRAW, cast.volunteer)
    assert balances(cast.volunteer) == (0, 0)


def test_a_courier_who_does_a_task_earns_the_rules_points_where_none_were_agreed(cast):
    courier(cast, cast.volunteer)
    task = done_by_member(cast, minutes=None, points=None, by=cast.volunteer)
    make.act(task, Action.RATE, cast.owner, **RATED)
    assert balances(cast.volunteer) == (0, 2)


def test_a_member_from_whom_it_was_taken_back_may_appeal(cast):
    task = make.act(done_by_member(cast), Action.RATE, cast.owner, **RATED)
    make.act(task, Action.REOPEN, cast.owner, reason="又出现了")
    row = Credit.objects.get(task_number=task.number, is_latest=True)
    waiting = appeals.appeal(entry=f"credit-{row.pk}", by=cast.member, now=make.NOW)
    appeals.decide(
        appeal=waiting, granted=True, reason="当时确已清理", by=cast.street_cadre, now=make.NOW
    )
    assert balances(cast.member) == (60, 12)
