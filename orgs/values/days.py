"""The days that the portal counts with: what lies further off is a slip, and breaks arithmetic."""

from datetime import UTC, date, datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q

FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)

DAY_VALIDATORS = (MinValueValidator(FIRST), MaxValueValidator(LAST))
MOMENT_VALIDATORS = (
    MinValueValidator(datetime(1900, 1, 1, tzinfo=UTC)),
    MaxValueValidator(datetime(2199, 12, 31, tzinfo=UTC)),
)


def in_force(day: date, path: str = "") -> Q:
    """What `starts` and `ends` (if at all) on days, and lasts on this one; both ends included.

    `path` leads to it ("" for the rows themselves).
    """
    starts, ends = (f"{path}__{name}" if path else name for name in ("starts", "ends"))
    return Q(**{f"{starts}__lte": day}) & (Q(**{ends: None}) | Q(**{f"{ends}__gte": day}))


def age_on(born: date, day: date) -> int:
    """Whole years of life; who is born on 29 February is a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def birthday_of(age: int, day: date) -> date:
    """The latest day of birth of those who are so many years old on a day."""
    try:
        return day.replace(year=day.year - age)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year - age, day=28)
