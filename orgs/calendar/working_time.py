"""Working time: when the authorities work, with public holidays and make-up workdays.

Days come from the `chinesecalendar` package, over which an administrator's calendar goes first; a
year that neither knows counts Monday to Friday, and whoever reads such a limit is told so.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

import chinese_calendar
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.enums import TimeUnit
from orgs.models import CalendarDay
from orgs.templatetags.portal import span

_CACHE_KEY = "orgs.calendar"
_CACHED_FOR = 300
_SATURDAY = 5
# Public holidays of a year (全国年节及纪念日放假办法, 2024, article 2): with fewer entered, some are missing.
HOLIDAYS = 13
MIDNIGHT = time(0)


@dataclass(frozen=True)
class Span:
    """A length of time as a rule states it: so many of a unit."""

    amount: int
    unit: TimeUnit

    def words(self) -> str:
        """The length as people say it."""
        if self.unit == TimeUnit.WORKING_DAYS:
            return _("%(days)d working days") % {"days": self.amount}
        length = span(timedelta(minutes=self.amount))
        if self.unit == TimeUnit.MINUTES:
            return length
        if self.unit == TimeUnit.WORKDAY_MINUTES:
            # Day and night: a day is 24 hours, not three days of eight office hours.
            return _("%(length)s, days off left out") % {"length": length}
        return _("%(length)s of working time") % {"length": length}


@dataclass(frozen=True)
class Calendar:
    """Which days are worked; `exceptions` are the administrator's."""

    exceptions: dict[date, bool]

    @cached_property
    def _years(self) -> frozenset[int]:
        """The years of which the administrator entered as many holidays as the law has."""
        holidays = Counter(day.year for day, worked in self.exceptions.items() if not worked)
        return frozenset(year for year, count in holidays.items() if count >= HOLIDAYS)

    def covers(self, day: date) -> bool:
        """Whether the holidays of a day's year are known, from the package or the administrator."""
        try:
            chinese_calendar.is_workday(day)
        except NotImplementedError:
            return day.year in self._years
        return True

    def is_worked(self, day: date) -> bool:
        """Whether the authorities work on a day."""
        if day in self.exceptions:
            return self.exceptions[day]
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            return day.weekday() < _SATURDAY

    def after(self, start: datetime, length: Span) -> datetime:
        """The moment at which a limit that starts now ends.

        Hours run from the moment itself; days do not count the first one and end with the last
        one's office hours (民法典, articles 201 and 203).
        """
        match length.unit:
            case TimeUnit.WORKING_DAYS:
                return self._after_days(start, length.amount)
            case _:
                return self._further(start, timedelta(minutes=length.amount), length.unit)

    def _further(self, start: datetime, left: timedelta, unit: TimeUnit) -> datetime:
        if unit == TimeUnit.MINUTES:
            return start + left
        for begins, ends in self._periods(start, unit):
            if left <= ends - begins:
                return begins + left
            left -= ends - begins
        raise AssertionError("working time goes on")

    def between(self, start: datetime, end: datetime, unit: TimeUnit) -> timedelta:
        """How much time of a unit lies between two moments."""
        if unit == TimeUnit.MINUTES:
            return end - start
        worked = timedelta()
        for begins, ends in self._periods(start, unit):
            if begins >= end:
                break
            worked += min(ends, end) - begins
        return worked

    def part_of(self, start: datetime, end: datetime, unit: TimeUnit, quarters: int) -> datetime:
        """The moment at which so many quarters of a limit's time have passed."""
        if unit == TimeUnit.WORKING_DAYS:
            unit = TimeUnit.OFFICE_MINUTES
        return min(self._further(start, self.between(start, end, unit) * quarters / 4, unit), end)

    def _after_days(self, start: datetime, days: int) -> datetime:
        day = timezone.localdate(start)
        while days:
            day += timedelta(days=1)
            days -= self.is_worked(day)
        return _moment(day, office_hours()[-1][1])

    def _periods(self, start: datetime, unit: TimeUnit) -> Iterator[tuple[datetime, datetime]]:
        """The stretches in which time of a unit runs, from a moment on."""
        day = timezone.localdate(start)
        while True:
            tomorrow = day + timedelta(days=1)
            if self.is_worked(day):
                stretches = [(_moment(day, MIDNIGHT), _moment(tomorrow, MIDNIGHT))]
                if unit == TimeUnit.OFFICE_MINUTES:
                    stretches = [
                        (_moment(day, opens), _moment(day, closes))
                        for opens, closes in office_hours()
                    ]
                for begins, ends in stretches:
                    if ends > start:
                        yield max(begins, start), ends
            day = tomorrow


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, timezone.get_current_timezone())


def office_hours() -> list[tuple[time, time]]:
    """The office hours of a working day, from WORKING_HOURS ("08:30-12:00,14:30-17:30")."""
    return [
        (time.fromisoformat(opens.strip()), time.fromisoformat(closes.strip()))
        for opens, _dash, closes in (
            part.partition("-") for part in settings.WORKING_HOURS.split(",")
        )
    ]


def calendar() -> Calendar:
    """The calendar in force. The administrator's days are remembered for a few minutes."""
    days = cache.get(_CACHE_KEY)
    if days is None:
        days = dict(CalendarDay.objects.values_list("day", "is_worked"))
        cache.set(_CACHE_KEY, days, _CACHED_FOR)
    return Calendar(days)


def forget_calendar() -> None:
    """Reads the administrator's days anew: they have changed."""
    cache.delete(_CACHE_KEY)
