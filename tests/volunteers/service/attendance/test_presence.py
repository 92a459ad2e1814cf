"""Minutes from evidence: pairs, windows, states; properties that hold for every evidence."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOW
from volunteers.service.accounts.spans import minutes
from volunteers.service.attendance.presence import (
    Mark,
    counted,
    counts_activity,
    filled,
    most_minutes,
    presence_of,
    state_of,
)
from volunteers.service.enums import AttendanceState, Direction

IN, OUT = Direction.IN, Direction.OUT
PLAN = [(NOW, NOW + timedelta(hours=2))]


def at(number):
    return NOW + timedelta(minutes=number)


def test_out_before_in_pairs_whatever_came_first():
    assert presence_of([Mark(at(60), OUT), Mark(at(0), IN)]).spans == [(at(0), at(60))]


def test_two_phones_of_one_person_count_once():
    there = presence_of([Mark(at(0), IN), Mark(at(1), IN), Mark(at(60), OUT), Mark(at(61), OUT)])
    assert (there.spans, there.open_since) == ([(at(0), at(60))], None)


def test_checking_in_elsewhere_ends_the_presence_here():
    there = presence_of([Mark(at(0), IN), Mark(at(30), IN, elsewhere=True)])
    assert (there.spans, there.open_since) == ([(at(0), at(30))], None)
    # A check-out elsewhere says nothing about here.
    there = presence_of([Mark(at(0), IN), Mark(at(30), OUT, elsewhere=True)])
    assert (there.spans, there.open_since) == ([], at(0))


def test_a_check_out_without_check_in_is_no_presence():
    assert presence_of([Mark(at(60), OUT)]).spans == []


def test_only_a_quarter_before_and_half_an_hour_after_count():
    assert counted([(at(-60), at(300))], PLAN) == [(at(-15), at(150))]


def test_back_to_back_parts_are_one_window():
    plan = [(at(0), at(60)), (at(60), at(120))]
    assert minutes(counted([(at(-60), at(300))], plan)) == 165


def test_states_and_what_counts():
    assert state_of(0, 120) == AttendanceState.NO_SHOW
    assert state_of(107, 120) == AttendanceState.PARTIAL
    assert state_of(108, 120) == AttendanceState.AS_PLANNED
    assert state_of(135, 120) == AttendanceState.AS_PLANNED
    assert state_of(136, 120) == AttendanceState.LONGER
    assert (counts_activity(71, 120), counts_activity(72, 120)) == (False, True)


marks = st.lists(
    st.builds(
        Mark,
        st.integers(-200, 400).map(at),
        st.sampled_from([IN, OUT]),
        st.booleans(),
    ),
    max_size=12,
)


@given(marks)
def test_no_evidence_is_worth_more_than_the_window(given_marks):
    spans = counted(presence_of(given_marks).spans, PLAN)
    assert 0 <= minutes(spans) <= most_minutes(PLAN)
    assert all(a < b for a, b in spans)
    assert all(one[1] < two[0] for one, two in pairwise(spans))


@given(marks, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(given_marks, random):
    shuffled = list(given_marks)
    random.shuffle(shuffled)
    assert presence_of(shuffled) == presence_of(given_marks)


@given(st.integers(1, most_minutes(PLAN)))
def test_so_many_minutes_fill_so_much_time_inside_the_window(number):
    spans = filled(PLAN, number)
    assert minutes(spans) == number
    assert counted(spans, PLAN) == spans
