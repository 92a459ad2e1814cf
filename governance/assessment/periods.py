"""The periods of assessments: 2026-03, 2026-Q1, 2026-H1, 2026."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from governance.assessment.enums import PeriodKind
from orgs.errors import Refused

_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.HALF: 6, PeriodKind.YEAR: 12}
_FORMS = (
    (PeriodKind.MONTH, re.compile(r"(\d{4})-(0[1-9]|1[0-2])")),
    (PeriodKind.QUARTER, re.compile(r"(\d{4})-Q([1-4])")),
    (PeriodKind.HALF, re.compile(r"(\d{4})-H([12])")),
    (PeriodKind.YEAR, re.compile(r"(\d{4})")),
)


@dataclass(frozen=True, order=True)
class Period:
    """Whole months, both ends included."""

    first: date
    last: date
    kind: PeriodKind

    @classmethod
    def at(cls, kind: PeriodKind, day: date) -> "Period":
        """The period in which a day lies."""
        months = _MONTHS[kind]
        month = (day.month - 1) // months * months + 1
        first = date(day.year, month, 1)
        return cls(first, _after(first, months) - timedelta(days=1), kind)

    @classmethod
    def parse(cls, text: str, kind: PeriodKind | None = None) -> "Period":
        """What a text names. Raises Refused (`bad_period`), also for another kind than the one asked for."""
        for known, form in _FORMS:
            match = form.fullmatch(text.strip())
            if match and 2000 <= int(match[1]) <= 2999:
                number = int(match[2]) if len(match.groups()) > 1 else 1
                found = cls.at(known, date(int(match[1]), (number - 1) * _MONTHS[known] + 1, 1))
                if kind is not None and known != kind:
                    break
                return found
        message = _("Name the period like 2026-03, 2026-Q1, 2026-H1 or 2026, as the scheme has it.")
        raise Refused(message, code="bad_period", field="period")

    @property
    def name(self) -> str:
        """As addresses and rows name it."""
        number = (self.first.month - 1) // _MONTHS[self.kind] + 1
        return {
            PeriodKind.MONTH: f"{self.first:%Y-%m}",
            PeriodKind.QUARTER: f"{self.first.year}-Q{number}",
            PeriodKind.HALF: f"{self.first.year}-H{number}",
            PeriodKind.YEAR: f"{self.first.year}",
        }[self.kind]

    @property
    def label(self) -> str:
        """As people read it: 2026年3月."""
        number = (self.first.month - 1) // _MONTHS[self.kind] + 1
        if self.kind == PeriodKind.MONTH:
            words = _("month %(number)d of %(year)d")
        elif self.kind == PeriodKind.QUARTER:
            words = _("quarter %(number)d of %(year)d")
        elif self.kind == PeriodKind.HALF:
            words = _("first half of %(year)d") if number == 1 else _("second half of %(year)d")
        else:
            words = _("year %(year)d")
        return words % {"year": self.first.year, "number": number}

    @property
    def after(self) -> "Period":
        return Period.at(self.kind, self.last + timedelta(days=1))

    @property
    def before(self) -> "Period":
        return Period.at(self.kind, self.first - timedelta(days=1))

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """From the first local midnight until before the one after the last day."""
        begins, ends = (
            timezone.make_aware(datetime.combine(day, time(0)))
            for day in (self.first, self.last + timedelta(days=1))
        )
        return begins, ends

    def until(self, day: date) -> "Iterator[Period]":
        """This period and those after it that are over on a day, oldest first."""
        one = self
        while one.last < day:
            yield one
            one = one.after


def _after(first: date, months: int) -> date:
    whole = first.year * 12 + first.month - 1 + months
    return date(whole // 12, whole % 12 + 1, 1)
