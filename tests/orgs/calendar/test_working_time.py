"""Working time: holidays, make-up workdays, office hours; compared with counting minute by minute."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from orgs.calendar.working_time import (
    HOLIDAYS,
    Calendar,
    Span,
    calendar,
    forget_calendar,
    office_hours,
)
from orgs.enums import TimeUnit
from orgs.models import CalendarDay

DAYS, OFFICE = TimeUnit.WORKING_DAYS, TimeUnit.OFFICE_MINUTES
WORKDAY, CLOCK = TimeUnit.WORKDAY_MINUTES, TimeUnit.MINUTES
PUBLISHED = Calendar({})


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+08:00")


# The National Day week of 2026: free from Thursday 1 to Wednesday 7 October; Saturday 10 is worked.
@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        ("2026-03-10T09:00", 60, OFFICE, "2026-03-10T10:00"),
        ("2026-03-10T11:30", 60, OFFICE, "2026-03-10T15:00"),
        ("2026-03-10T17:30", 60, OFFICE, "2026-03-11T09:30"),
        ("2026-03-10T02:00", 60, OFFICE, "2026-03-10T09:30"),
        ("2026-03-13T17:00", 60, OFFICE, "2026-03-16T09:00"),
        ("2026-09-30T17:00", 60, OFFICE, "2026-10-08T09:00"),
        ("2026-03-10T09:00", 1440, WORKDAY, "2026-03-11T09:00"),
        ("2026-03-13T16:00", 1440, WORKDAY, "2026-03-16T16:00"),
        ("2026-03-14T16:00", 1440, WORKDAY, "2026-03-17T00:00"),
        ("2026-03-10T09:00", 3, DAYS, "2026-03-13T17:30"),
        ("2026-09-29T09:00", 3, DAYS, "2026-10-09T17:30"),
        ("2026-10-08T09:00", 2, DAYS, "2026-10-10T17:30"),
        ("2026-10-01T02:00", 30, CLOCK, "2026-10-01T02:30"),
    ],
)
def test_when_a_limit_ends(start, amount, unit, end):
    assert PUBLISHED.after(at(start), Span(amount, unit)) == at(end)


def test_a_quarter_is_left_in_the_time_that_counts():
    start, end = at("2026-03-10T09:00"), at("2026-03-13T17:30")
    # 25.5 office hours, of which 19 h 7 min 30 s have passed.
    assert PUBLISHED.part_of(start, end, DAYS, 3) == at("2026-03-13T08:37:30")
    assert PUBLISHED.part_of(start, end, CLOCK, 3) == at("2026-03-12T21:22:30")


@pytest.mark.django_db
def test_an_administrators_day_goes_before_the_published_ones():
    start, length = at("2026-03-10T09:00"), Span(1, DAYS)
    assert calendar().after(start, length) == at("2026-03-11T17:30")
    CalendarDay.objects.create(day=date(2026, 3, 11), is_worked=False, note="全市停工")
    assert calendar().after(start, length) == at("2026-03-11T17:30")  # remembered for minutes
    forget_calendar()
    assert calendar().after(start, length) == at("2026-03-12T17:30")


def test_a_year_that_nobody_knows_says_so():
    assert PUBLISHED.covers(date(2026, 12, 31))
    assert not PUBLISHED.covers(date(2030, 1, 1))
    holidays = {date(2030, 1, day): False for day in range(1, HOLIDAYS)}
    assert not Calendar(holidays | {date(2030, 2, 2): True}).covers(date(2030, 5, 1))
    assert Calendar(holidays | {date(2030, 2, 1): False}).covers(date(2030, 5, 1))
    assert PUBLISHED.is_worked(date(2030, 1, 4))
    assert not PUBLISHED.is_worked(date(2030, 1, 5))


# --- Against a slow reference ---


def counts(minute: datetime, unit: TimeUnit) -> bool:
    """Whether the minute that begins here counts, from the rule's words alone."""
    local = timezone.localtime(minute)
    if not PUBLISHED.is_worked(local.date()):
        return False
    return unit == WORKDAY or any(
        opens <= local.time() < closes for opens, closes in office_hours()
    )


def slowly_after(start: datetime, minutes: int, unit: TimeUnit) -> datetime:
    moment = start
    while minutes:
        minutes -= counts(moment, unit)
        moment += timedelta(minutes=1)
    return moment


MOMENTS = st.integers(0, 20 * 1440).map(
    lambda minutes: at("2026-09-22T00:00") + timedelta(minutes=minutes)
)


@settings(max_examples=40, derandomize=True)
@given(MOMENTS, st.integers(1, 900), st.sampled_from([OFFICE, WORKDAY]))
def test_minutes_are_counted_as_the_slow_way_does(start, minutes, unit):
    end = PUBLISHED.after(start, Span(minutes, unit))
    assert end == slowly_after(start, minutes, unit)
    assert PUBLISHED.between(start, end, unit) == timedelta(minutes=minutes)


@settings(max_examples=40, derandomize=True)
@given(MOMENTS, st.integers(1, 6))
def test_days_are_counted_as_the_slow_way_does(start, days):
    day = timezone.localdate(start)
    while days:
        day += timedelta(days=1)
        days -= PUBLISHED.is_worked(day)
    left = timezone.localdate(start) + timedelta(days=1)
    end = PUBLISHED.after(start, Span(_worked(left, day), DAYS))
    assert timezone.localtime(end).strftime("%F %R") == f"{day:%F} 17:30"


def _worked(first: date, last: date) -> int:
    return sum(
        PUBLISHED.is_worked(first + timedelta(days=number))
        for number in range((last - first).days + 1)
    )


@pytest.mark.parametrize(
    ("amount", "unit", "words"),
    [
        (60, TimeUnit.OFFICE_MINUTES, "1 小时（工作时间）"),
        (24 * 60, TimeUnit.WORKDAY_MINUTES, "1 天（休息日不算）"),
        (30, TimeUnit.MINUTES, "30 分钟"),
        (3, TimeUnit.WORKING_DAYS, "3 个工作日"),
    ],
)
def test_a_span_says_what_counts(amount, unit, words):
    """24 hours of working days are no working time: they run at night too."""
    assert Span(amount, unit).words() == words
