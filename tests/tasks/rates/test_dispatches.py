"""Each dispatch is a row: it keeps what was set and done, and counts whatever happens later."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tasks.enums import STAGE_LIMITS, Action, AssignmentRole, Figure, Light, Status
from tasks.models import Assignment, Rating, Task
from tasks.rates import day_counts, exclusions, rates
from tasks.rates.periods import Period
from tests import factories as make

FIRST = make.NOW.date()
# The contact limit of the cast's whistles passes after one working day.
MISSED = make.NOW + timedelta(days=1, minutes=10)
NEXT = make.NOW + timedelta(days=2)
RECENT = NEXT + timedelta(days=30)


def counted(cast, day: date = FIRST, now=RECENT) -> tuple[int, int]:
    """How many contacts were due and how many in time on a day, counted anew."""
    day_counts.count_days([day], now)
    found = rates.rates_of(cast.street_cadre, Period(day, day))
    return found.due, found.in_time


def leads(task) -> list[Assignment]:
    return list(task.assignments.filter(role=AssignmentRole.LEAD).order_by("round"))


def recalled(cast, task, now):
    return make.act(task, Action.RECALL, cast.street_cadre, now)


def refused(cast, task, now):
    return make.act(task, Action.REFUSE, cast.urban_officer, now, reason="不属职责")


def finished(cast, task, now):
    """Done without a word to the reporter, and closed."""
    if task.status == Status.DISPATCHED:
        task = make.act(task, Action.REPORT_IN, cast.urban_officer, now)
    done = {"outcome": "solved", "text": "已办", "reason": "无"}
    task = make.act(task, Action.RESOLVE, cast.urban_officer, now, **done)
    task = make.act(task, Action.CONFIRM, cast.street_cadre, now)
    return make.act(task, Action.RATE, cast.owner, now, contacted=False, resolved=True, stars=3)


def reopened(cast, task, now):
    return make.act(finished(cast, task, now), Action.REOPEN, cast.owner, now, reason="又坏了")


def dispatched_to_another(cast, task, now):
    task = recalled(cast, task, now)
    return make.act(task, Action.DISPATCH, cast.street_cadre, now, lead=cast.housing)


def returned(cast, task, now):
    task = recalled(cast, task, now)
    return make.act(task, Action.RETURN, cast.street_cadre, now, reason="社区可办")


def merged(cast, task, now):
    target = make.task(cast, Status.HANDLING)
    return make.act(
        returned(cast, task, now), Action.MERGE, cast.community_worker, now, into=target
    )


LATER_STEPS = [
    recalled, refused, finished, reopened, dispatched_to_another, returned, merged
]  # fmt: skip


@pytest.mark.parametrize("later_step", LATER_STEPS)
def test_a_missed_contact_counts_whatever_happens_later(cast, later_step):
    task = make.task(cast, Status.DISPATCHED)
    later_step(cast, task, MISSED)
    assert counted(cast) == (1, 0)
    own = rates.rates_by(cast.street_cadre, rates.RateGrouping.DEPARTMENT, Period(FIRST, FIRST))
    assert {row.key: row.due for row in own if row.due} == {cast.urban.code: 1}
    behind = rates.tasks_behind(
        Task.objects.all(), Figure.DUE, Period(FIRST, FIRST), RECENT, lead=cast.urban
    )
    assert list(behind) == [task]


@pytest.mark.parametrize("later_step", [recalled, dispatched_to_another, reopened])
def test_a_contact_in_time_counts_whatever_happens_later(cast, later_step):
    task = make.task(cast, Status.REPORTED_IN)
    task = make.act(task, Action.CONTACT, cast.urban_officer, text="已联系")
    later_step(cast, task, MISSED)
    assert counted(cast) == (1, 1)


@pytest.mark.parametrize("later_step", [recalled, refused])
def test_who_was_taken_back_before_the_limit_missed_nothing(cast, later_step):
    later_step(cast, make.task(cast, Status.DISPATCHED), make.NOW + timedelta(hours=1))
    assert counted(cast) == (0, 0)


def test_work_done_without_a_word_is_a_missed_contact_before_the_limit_too(cast):
    reopened(cast, make.task(cast, Status.DISPATCHED), make.NOW + timedelta(hours=1))
    assert counted(cast) == (1, 0)


def test_each_dispatch_counts_on_its_day_for_its_department(cast):
    task = make.task(cast, Status.DISPATCHED)
    task = dispatched_to_another(cast, task, NEXT)
    task = make.act(task, Action.REPORT_IN, cast.housing_officer, NEXT)
    make.act(task, Action.CONTACT, cast.housing_officer, NEXT, text="已联系")
    assert counted(cast) == (1, 0)
    assert counted(cast, NEXT.date()) == (1, 1)
    period = Period(FIRST, NEXT.date())
    found = rates.rates_by(cast.street_cadre, rates.RateGrouping.DEPARTMENT, period)
    assert {row.key: (row.due, row.in_time) for row in found} == {
        cast.urban.code: (1, 0), cast.housing.code: (1, 1)
    }  # fmt: skip


def test_the_district_leaves_out_every_dispatch_of_a_task(cast):
    task = finished(cast, dispatched_to_urban_again(cast), NEXT)
    assert (counted(cast), counted(cast, MISSED.date())) == ((1, 0), (1, 0))
    asked = exclusions.ask(
        task=task, reason_code="secret", reason="涉密", by=cast.street_cadre, now=NEXT
    )
    exclusions.decide(
        exclusion=asked, granted=True, reason="同意", by=cast.district_cadre, now=NEXT
    )
    assert (counted(cast), counted(cast, MISSED.date())) == ((0, 0), (0, 0))


def dispatched_to_urban_again(cast):
    task = recalled(cast, make.task(cast, Status.DISPATCHED), MISSED)
    return make.act(task, Action.DISPATCH, cast.street_cadre, MISSED, lead=cast.urban)


def test_an_unknown_limit_counts_neither_way(cast):
    """As an upgrade leaves a dispatch of before, of whose limits nothing was kept."""
    task = make.task(cast, Status.WHISTLED)
    known = {"dispatched_at": make.NOW, "reported_in_at": make.NOW, "ended_at": NEXT}
    for number, contacted_at in enumerate((None, make.NOW)):
        Assignment.objects.create(
            task=task, department=cast.urban, role=AssignmentRole.LEAD, round=number, status="ended",
            limits_known=False, contacted_at=contacted_at, **known,
        )  # fmt: skip
    assert counted(cast) == (0, 0)


# --- What the row keeps ---


def test_a_dispatch_keeps_its_limits_and_times(cast):
    task = make.task(cast, Status.REPORTED_IN)
    task = make.act(task, Action.CONTACT, cast.urban_officer, text="已联系")
    [first] = leads(task)
    task = dispatched_to_another(cast, task, NEXT)
    before, second = leads(task)
    kept = ("report_in_by", "respond_by", "resolve_by", "reported_in_at", "contacted_at")
    assert [getattr(before, name) for name in kept] == [getattr(first, name) for name in kept]
    assert (task.report_in_by, task.resolve_by) == (second.report_in_by, second.resolve_by)
    assert second.report_in_by > first.report_in_by


@pytest.mark.parametrize("later_step", [recalled, refused, reopened])
def test_no_limit_holds_once_a_dispatch_is_over(cast, later_step):
    task = later_step(cast, make.task(cast, Status.DISPATCHED), make.NOW)
    assert (task.report_in_by, task.respond_by, task.resolve_by) == (None, None, None)
    # What runs from here on is the limit of whoever has it in hand now.
    assert task.limit_kind in STAGE_LIMITS


def test_a_closed_task_shows_the_limits_it_was_done_by(cast):
    task = make.task(cast, Status.DISPATCHED)
    limits = (task.report_in_by, task.respond_by, task.resolve_by)
    task = finished(cast, task, make.NOW)
    assert (task.report_in_by, task.respond_by, task.resolve_by) == limits
    assert task.light(RECENT) == Light.GREEN


def test_more_time_moves_the_tasks_limit_and_not_the_dispatchs(cast):
    task = make.task(cast, Status.REPORTED_IN)
    first, until = task.resolve_by, task.resolve_by + timedelta(days=5)
    task = make.act(task, Action.REQUEST_EXTENSION, cast.urban_officer, until=until, reason="缺料")
    task = make.act(task, Action.DECIDE_EXTENSION, cast.street_cadre, granted=True, reason="同意")
    assert (task.resolve_by, leads(task)[0].resolve_by) == (until, first)
    task = dispatched_to_another(cast, task, make.NOW)
    assert task.resolve_by == first


def test_both_ratings_stand_on_the_page(page, cast):
    task = reopened(cast, make.task(cast, Status.DISPATCHED), make.NOW)
    task = make.act(task, Action.RESOLVE, cast.community_worker, outcome="solved", text="好")
    task = make.act(task, Action.CONFIRM, cast.community_worker)
    make.act(task, Action.RATE, cast.owner, contacted=True, resolved=True, stars=5)
    shown = page(cast.street_cadre).get(f"/tasks/{task.number}/").context["ratings"]
    assert [(rating.stars, rating.department) for rating in shown] == [(3, cast.urban), (5, None)]


# --- What the database refuses ---


def refused_by_the_database(work) -> str:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        work()
    return str(refusal.value)


@pytest.fixture
def lead(cast):
    task = make.task(cast, Status.REPORTED_IN)
    task = make.act(task, Action.CONTACT, cast.urban_officer, text="已联系")
    return leads(task)[0]


@pytest.mark.parametrize(
    "change",
    [
        {"contacted_at": None},
        {"contacted_at": MISSED},
        {"reported_in_at": MISSED},
        {"dispatched_at": MISSED},
        {"report_in_by": RECENT},
        {"respond_by": RECENT},
        {"resolve_by": RECENT},
        {"respond_by": None, "limits_known": False},
        {"department": None},
        {"role": AssignmentRole.ASSIST},
        {"round": 9},
    ],
)
def test_what_is_written_stays(cast, lead, change):
    if "department" in change:
        change = {"department": cast.housing}
    rows = Assignment.objects.filter(pk=lead.pk)
    assert "append-only" in refused_by_the_database(lambda: rows.update(**change))


def test_a_row_stays(lead):
    assert "append-only" in refused_by_the_database(lambda: Assignment.objects.all().delete())
    assert Assignment.objects.filter(pk=lead.pk).update(status="finished", result="已办") == 1


def test_an_end_is_written_once(cast):
    task = recalled(cast, make.task(cast, Status.DISPATCHED), make.NOW)
    rows = Assignment.objects.filter(pk=leads(task)[0].pk)
    assert "append-only" in refused_by_the_database(lambda: rows.update(ended_at=RECENT))


def test_a_rating_stays(cast):
    finished(cast, make.task(cast, Status.DISPATCHED), make.NOW)
    assert "append-only" in refused_by_the_database(lambda: Rating.objects.update(stars=5))
    assert "append-only" in refused_by_the_database(lambda: Rating.objects.all().delete())


@pytest.mark.parametrize(
    "unsound",
    [
        {},  # a second lead of the same dispatch
        {"round": 9, "status": "reported_in"},  # a second dispatch under way
        {"round": 9, "status": "finished", "respond_by": None},
        {"round": 9, "status": "finished", "report_in_by": RECENT},
        {"round": 9, "status": "finished", "resolve_by": make.NOW - timedelta(days=1)},
        {"round": 9, "status": "finished", "reported_in_at": None},
        {"round": 9, "status": "ended", "reported_in_at": None, "ended_at": RECENT},
        {"round": 9, "status": "ended"},
        {"round": 9, "status": "finished", "ended_at": RECENT},
    ],
)
def test_a_dispatch_that_is_not_sound(cast, lead, unsound):
    row = Assignment.objects.values().get(pk=lead.pk)
    row |= {"id": None, "status": "finished", "department_id": cast.housing.pk} | unsound
    refused_by_the_database(lambda: Assignment.objects.create(**row))


def test_one_that_is_sound(cast, lead):
    row = Assignment.objects.values().get(pk=lead.pk)
    row |= {"id": None, "status": "finished", "round": 9}
    assert Assignment.objects.create(**row).pk
