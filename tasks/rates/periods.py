"""The periods that figures are of: days, of which a whole or begun week, month or quarter is a special case."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from tasks.enums import PeriodName, PeriodSpan

DAY = timedelta(days=1)
# A longer period is drawn by the week.
LONGEST_BY_DAY = 31


@dataclass(frozen=True)
class Period:
    """Days, both ends included. With `span` they are a whole week, month or quarter, or its beginning."""

    first: date
    last: date
    span: PeriodSpan | None = None

    @classmethod
    def of(cls, first: date, last: date) -> "Period":
        """Some days; a whole week, month or quarter is known as one."""
        for span in PeriodSpan:
            if (first, last) == (_start(span, last), _end(span, last)):
                return cls(first, last, span)
        return cls(first, last)

    @classmethod
    def named(cls, name: PeriodName, today: date) -> "Period":
        """This week, month or quarter until today, or the whole one before."""
        span, is_over = _NAMED[name]
        begun = cls(_start(span, today), today, span)
        return begun.before if is_over else begun

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """From the first local midnight until before the one after the last day."""
        begins, ends = (
            timezone.make_aware(datetime.combine(day, time(0)))
            for day in (self.first, self.last + DAY)
        )
        return begins, ends

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """The whole week, month or quarter before; of other days as many just before."""
        last = self.first - DAY
        if self.span:
            return Period(_start(self.span, last), last, self.span)
        return Period(self.first - self.days * DAY, last)

    @property
    def parts(self) -> "list[Period]":
        """Its days; of a long period its weeks, of which the last may be short."""
        length = 1 if self.days <= LONGEST_BY_DAY else 7
        starts = (self.first + n * DAY for n in range(0, self.days, length))
        return [Period(first, min(first + (length - 1) * DAY, self.last)) for first in starts]

    @property
    def label(self) -> str:
        """How it is called: 2026年2月, 2026年第1季度, or its days."""
        if self.span == PeriodSpan.MONTH:
            return format_date(self.first, _("F Y"))
        if self.span == PeriodSpan.QUARTER:
            quarter = {"year": self.first.year, "number": (self.first.month + 2) // 3}
            return _("quarter %(number)d of %(year)d") % quarter
        return self.dates

    @property
    def heading(self) -> str:
        """Its name with its days, where it has one."""
        if not self.span or self.span == PeriodSpan.WEEK:
            return self.dates
        return _("%(period)s (%(days)s)") % {"period": self.label, "days": self.dates}

    @property
    def dates(self) -> str:
        """Its days as they are written: 2月1日–2月28日."""
        first = format_date(self.first, _("j M"))
        return first if self.days == 1 else f"{first}–{format_date(self.last, _('j M'))}"


_NAMED = {
    PeriodName.WEEK: (PeriodSpan.WEEK, False),
    PeriodName.MONTH: (PeriodSpan.MONTH, False),
    PeriodName.LAST_MONTH: (PeriodSpan.MONTH, True),
    PeriodName.QUARTER: (PeriodSpan.QUARTER, False),
    PeriodName.LAST_QUARTER: (PeriodSpan.QUARTER, True),
}


def last_week(today: date) -> Period:
    """Today and the six days before."""
    return Period(today - 6 * DAY, today)


def _start(span: PeriodSpan, day: date) -> date:
    """The first day of the week, month or quarter in which a day lies."""
    if span == PeriodSpan.WEEK:
        return day - day.weekday() * DAY
    month = day.month if span == PeriodSpan.MONTH else (day.month - 1) // 3 * 3 + 1
    return day.replace(month=month, day=1)


def _end(span: PeriodSpan, day: date) -> date:
    """The last day of the same."""
    longest = {PeriodSpan.WEEK: 7, PeriodSpan.MONTH: 31, PeriodSpan.QUARTER: 92}[span]
    start = _start(span, day)
    return _start(span, start + longest * DAY) - DAY
