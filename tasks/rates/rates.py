"""The three rates: response, resolution, satisfaction; each figure has the list it was counted from.

Response is contacted in time of valid dispatches whose contact was made or whose limit has passed;
resolution is rated as resolved of all ratings; satisfaction is the weight of the ratings of all
ratings. What nobody rated is in none of them and shown beside. Each dispatch counts on the day it was
made and each rating on the day it was given, for the department that led, whatever happens later;
only tasks that the district left out for a reviewed reason are outside. (The statutes name the rates and give no
formula: 北京市接诉即办工作条例, article 32. These definitions are the portal's, as versioned data.)
"""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.models import Department, Unit
from orgs.scoping import NOTHING, reach_of
from orgs.values.proportions import per_mille
from tasks.enums import (
    WATCHING_ROLES,
    WITH_DEPARTMENTS,
    AssignmentRole,
    AssignmentStatus,
    Ending,
    Figure,
    RateGrouping,
)
from tasks.models import Assignment, DayCount, RateRule, Rating, Task

if TYPE_CHECKING:
    from orgs.models import User

SUMMED = ("reported", "due", "in_time", "rated", "resolved", "satisfaction", "unrated", "refused")
_WITH_DEPARTMENTS = sorted(WITH_DEPARTMENTS)
# A longer period is drawn by the week.
LONGEST_BY_DAY = 31


@dataclass(frozen=True)
class Period:
    """Days, both ends included."""

    first: date
    last: date

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """From the first local midnight until before the one after the last day."""
        begins, ends = (
            timezone.make_aware(datetime.combine(day, time(0)))
            for day in (self.first, self.last + timedelta(days=1))
        )
        return begins, ends

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """As many days just before."""
        length = timedelta(days=self.days)
        return Period(self.first - length, self.last - length)

    @property
    def parts(self) -> "list[Period]":
        """Its days; of a long period its weeks, of which the last may be short."""
        length = 1 if self.days <= LONGEST_BY_DAY else 7
        starts = (self.first + timedelta(days=n) for n in range(0, self.days, length))
        return [
            Period(first, min(first + timedelta(days=length - 1), self.last)) for first in starts
        ]


def last_week(today: date) -> Period:
    """Today and the six days before."""
    return Period(today - timedelta(days=6), today)


def rule_in_force() -> RateRule:
    """The newest rule of the rates."""
    return RateRule.objects.order_by("-version")[0]


# --- The rows behind a figure ---------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """The rows that some figures count, of days; each figure counts those that fit its condition.

    `task` leads from a row to its task, `department` to whose figure it is (None: nobody's).
    """

    rows: Callable[[Period], QuerySet[Any]]
    figures: dict[Figure, Callable[[datetime], Q]]
    department: str | None
    task: str = "task__"


def _within(period: Period, moment: str) -> Q:
    begins, ends = period.moments
    return Q((f"{moment}__gte", begins), (f"{moment}__lt", ends))


def _reports(period: Period) -> QuerySet[Any]:
    return Task.objects.filter(_within(period, "created_at"))


def _dispatches(period: Period) -> QuerySet[Any]:
    led = Assignment.objects.filter(_within(period, "dispatched_at"), role=AssignmentRole.LEAD)
    return led.exclude(task__exclusion__granted=True)


def _ratings(period: Period) -> QuerySet[Any]:
    return Rating.objects.filter(_within(period, "at")).exclude(task__exclusion__granted=True)


def _unrated(period: Period) -> QuerySet[Any]:
    """With `lead`: the department that did the work, none for others' work."""
    lead = Assignment.objects.filter(
        task=OuterRef("pk"), role=AssignmentRole.LEAD, round=OuterRef("dispatch_round")
    )
    closed = Task.objects.filter(_within(period, "closed_at"), ending=Ending.NOT_RATED)
    done = When(worked_from__in=_WITH_DEPARTMENTS, then=Subquery(lead.values("department")))
    return closed.exclude(exclusion__granted=True).annotate(lead=Case(done))


def _refusals(period: Period) -> QuerySet[Any]:
    return Assignment.objects.filter(_within(period, "ended_at"), status=AssignmentStatus.REFUSED)


def _due(now: datetime) -> Q:
    """Contacted, or never contacted while the limit passed or before the work was done.

    Of a dispatch that ended before its limit nobody knows whether contact would have been in time,
    nor of one whose limit is unknown.
    """
    missed = Q(status=AssignmentStatus.FINISHED) | Q(respond_by__lt=Coalesce("ended_at", now))
    return Q(contacted_at__isnull=False, respond_by__isnull=False) | missed & Q(contacted_at=None)


def _in_time(now: datetime) -> Q:
    return Q(contacted_at__lte=F("respond_by"))


def _every(now: datetime) -> Q:
    return Q()


SOURCES = (
    Source(_reports, {Figure.REPORTED: _every}, None, task=""),
    Source(_dispatches, {Figure.DUE: _due, Figure.IN_TIME: _in_time}, "department"),
    Source(
        _ratings,
        {Figure.RATED: _every, Figure.RESOLVED: lambda now: Q(resolved=True)},
        "department",
    ),
    Source(_unrated, {Figure.UNRATED: _every}, "lead", task=""),
    Source(_refusals, {Figure.REFUSED: _every}, "department"),
)
_SOURCE_OF = {figure: source for source in SOURCES for figure in source.figures}


def tasks_behind(
    tasks: QuerySet[Task],
    figure: Figure,
    period: Period,
    now: datetime,
    *,
    reader: "User | None" = None,
    lead: Department | None = None,
) -> QuerySet[Task]:
    """Of some tasks those that a figure of a period was counted from; of one department with `lead`.

    `reader`: only those in the figures that somebody reads (`DayCount.ways`). Others are seen for
    another reason: passed on, assisted with, reported by oneself.
    """
    rows, task = _rows_behind(figure, period, now, reader, lead)
    return tasks.filter(pk__in=rows.order_by().values(f"{task}pk"))


def times_behind(
    tasks: QuerySet[Task],
    figure: Figure,
    period: Period,
    now: datetime,
    *,
    reader: "User | None" = None,
    lead: Department | None = None,
) -> int:
    """The figure itself, of the same tasks: a task that was dispatched twice is counted twice."""
    rows, task = _rows_behind(figure, period, now, reader, lead)
    return rows.filter(Q((f"{task}pk__in", tasks.order_by().values("pk")))).count()


def _rows_behind(
    figure: Figure,
    period: Period,
    now: datetime,
    reader: "User | None",
    lead: Department | None,
) -> tuple[QuerySet[Any], str]:
    """The rows that a figure counts, and what leads from them to their task."""
    source = _SOURCE_OF[figure]
    rows = source.rows(period).filter(source.figures[figure](now))
    if reader and not reader.is_superuser:
        reach = reach_of(reader)
        own = reach.q(f"{source.task}unit", WATCHING_ROLES)
        rows = rows.filter(own | _of_departments(source, reach.department_ids))
    if lead:
        rows = rows.filter(_of_departments(source, [lead.pk]))
    return rows, source.task


def _of_departments(source: Source, departments: Collection[int]) -> Q:
    """Counted for one of the departments; nobody reports for a department."""
    return Q((f"{source.department}__in", departments)) if source.department else NOTHING


# --- Figures ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rates:
    """What was counted, for one group; rates are per mille, None where nothing was counted."""

    key: str
    name: str
    reported: int = 0
    due: int = 0
    in_time: int = 0
    rated: int = 0
    resolved: int = 0
    satisfaction: int = 0
    unrated: int = 0
    refused: int = 0

    @property
    def response(self) -> int | None:
        return per_mille(self.in_time, self.due)

    @property
    def resolution(self) -> int | None:
        return per_mille(self.resolved, self.rated)

    @property
    def satisfied(self) -> int | None:
        return per_mille(self.satisfaction, 100 * self.rated)

    @property
    def unrated_share(self) -> int | None:
        return per_mille(self.unrated, self.rated + self.unrated)


@dataclass(frozen=True)
class Rate:
    """One of the three rates, with what it was before; `part` of `whole` is what was counted."""

    name: str
    value: int | None
    before: int | None
    whole: Figure
    part: Figure | None = None

    @property
    def change(self) -> int | None:
        """How much it changed, in tenths of a percentage point."""
        return None if self.value is None or self.before is None else self.value - self.before


def against(now: Rates, before: Rates) -> list[Rate]:
    """The three rates, each against an earlier one."""
    return [
        Rate(_("Response rate"), now.response, before.response, Figure.DUE, Figure.IN_TIME),
        Rate(
            _("Resolution rate"), now.resolution, before.resolution, Figure.RATED, Figure.RESOLVED
        ),
        Rate(_("Satisfaction rate"), now.satisfied, before.satisfied, Figure.RATED),
    ]


_KEYS = {
    RateGrouping.DEPARTMENT: ("department__code", "department__short_name"),
    RateGrouping.STREET: ("street_code", "street_name"),
    RateGrouping.COMMUNITY: ("unit__code", "unit__name"),
    RateGrouping.CATEGORY: ("category__code", "category__name"),
}


def rates_by(user: "User", grouping: RateGrouping, period: Period) -> list[Rates]:
    """The rates of a period by department, street, community or category; one statement."""
    code, name = _KEYS[grouping]
    rows = counts_of(user, period)
    if grouping == RateGrouping.DEPARTMENT:
        rows = rows.exclude(department=None)
    if grouping == RateGrouping.COMMUNITY:
        rows = rows.filter(unit__level=1)
    if grouping == RateGrouping.STREET:
        street = Unit.objects.filter(tree_id=OuterRef("unit__tree_id"), level=0).order_by()
        rows = rows.annotate(
            street_code=Subquery(street.values("code")[:1]),
            street_name=Subquery(street.values("name")[:1]),
        )
    sums = rows.order_by(code).values_list(code, name).annotate(**_sums())
    return [Rates(*row) for row in sums]


def rates_of(user: "User", period: Period) -> Rates:
    """The rates of all that somebody sees."""
    return rates_with_before(user, period)[0]


def rates_with_before(user: "User", period: Period) -> tuple[Rates, Rates]:
    """The rates of all that somebody sees, of a period and of the one before; one statement."""
    both = Period(period.before.first, period.last)
    now, before = Counter[str](), Counter[str]()
    rows: Any = counts_of(user, both).order_by().values("day").annotate(**_sums())
    for row in rows:
        (now if row.pop("day") >= period.first else before).update(row)
    return Rates("", "", **now), Rates("", "", **before)


def counts_of(user: "User", period: Period) -> QuerySet[DayCount]:
    """The counts of a period that somebody sees.

    They lie at streets and communities; told so, PostgreSQL looks for a dozen units, not for hundreds.
    """
    seen = DayCount.objects.visible_to(user).filter(unit__level__lte=1)
    return seen.filter(day__range=(period.first, period.last))


def _sums() -> dict[str, Coalesce]:
    return {name: Coalesce(Sum(name), 0) for name in SUMMED}
