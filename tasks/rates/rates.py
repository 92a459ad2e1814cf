"""The three rates: response, resolution, satisfaction; each figure has the list it was counted from.

Response is contacted in time of valid dispatches whose contact was made or whose limit has passed;
resolution is rated as resolved of all ratings; satisfaction is the weight of the ratings of all
ratings. What nobody rated is in none of them and shown beside. Merged reports and tasks that the
district left out for a reviewed reason are outside. (The statutes name the rates and give no
formula: 北京市接诉即办工作条例, article 32. These definitions are the portal's, as versioned data.)
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
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
    Status,
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


# --- The tasks behind a figure --------------------------------------------------------------------


def with_lead(tasks: QuerySet[Task]) -> QuerySet[Any]:
    """Tasks with `lead` and `contacted`: the leading department of the last dispatch, none for others' work."""
    lead = Assignment.objects.filter(
        task=OuterRef("pk"), role=AssignmentRole.LEAD, round=OuterRef("dispatch_round")
    ).order_by("-pk")
    return tasks.annotate(
        lead=Subquery(lead.values("department")[:1]),
        contacted=Subquery(lead.values("contacted_at")[:1]),
    )


def counted(tasks: QuerySet[Any], figure: Figure, period: Period, now: datetime) -> QuerySet[Any]:
    """The tasks behind a figure of a period; for tasks `with_lead`."""
    begins, ends = period.moments
    valid = tasks.exclude(ending=Ending.MERGED).exclude(exclusion__granted=True)
    dispatched = valid.filter(dispatched_at__gte=begins, dispatched_at__lt=ends)
    made = Q(contacted__isnull=False)
    known = made | Q(respond_by__lt=now) | ~Q(status__in=_WITH_DEPARTMENTS)
    closed = valid.filter(status=Status.CLOSED, closed_at__gte=begins, closed_at__lt=ends)
    match figure:
        case Figure.REPORTED:
            return tasks.filter(created_at__gte=begins, created_at__lt=ends)
        case Figure.DUE:
            return dispatched.filter(known)
        case Figure.IN_TIME:
            return dispatched.filter(made, contacted__lte=F("respond_by"))
        case Figure.RATED:
            return closed.filter(ending=Ending.RATED)
        case Figure.RESOLVED:
            return closed.filter(ending=Ending.RATED).filter(_last_rating(resolved=True))
        case Figure.UNRATED:
            return closed.filter(ending=Ending.NOT_RATED)
        case Figure.REFUSED:
            return tasks.filter(Exists(_refusals(period)))


def _refusals(period: Period) -> QuerySet[Assignment]:
    """A task's refusals in a period, by whichever department."""
    begins, ends = period.moments
    refused = Assignment.objects.filter(task=OuterRef("pk"), status=AssignmentStatus.REFUSED)
    return refused.filter(ended_at__gte=begins, ended_at__lt=ends)


def _last_rating(*, resolved: bool) -> Q:
    return Q(pk__in=_last_ratings().filter(resolved=resolved).values("task"))


def _last_ratings() -> QuerySet:
    """Of each task the rating that closed it last; a reopened task was rated before."""
    later = Rating.objects.filter(task=OuterRef("task"), pk__gt=OuterRef("pk"))
    return Rating.objects.filter(~Exists(later))


def led_by(
    tasks: QuerySet[Any], figure: Figure, period: Period, department: Department
) -> QuerySet[Any]:
    """Of the tasks behind a figure, those that a department led (for refusals: refused)."""
    return tasks.filter(_led(figure, period, [department.pk]))


def measured_for(
    tasks: QuerySet[Any], figure: Figure, period: Period, user: "User"
) -> QuerySet[Any]:
    """Of the tasks behind a figure, those in the figures that somebody reads (`DayCount.ways`).

    Others are seen for another reason: passed on, assisted with, reported by oneself.
    """
    if user.is_superuser:
        return tasks
    reach = reach_of(user)
    own = reach.q("unit", WATCHING_ROLES)
    return tasks.filter(own | _led(figure, period, reach.department_ids))


def _led(figure: Figure, period: Period, departments: Collection[int]) -> Q:
    """Counted for one of the departments; nobody reports for a department."""
    if figure == Figure.REPORTED or not departments:
        return NOTHING
    if figure == Figure.REFUSED:
        return Q(Exists(_refusals(period).filter(department__in=departments)))
    led = Q(lead__in=departments)
    if figure in (Figure.DUE, Figure.IN_TIME):
        return led
    return led & Q(worked_from__in=_WITH_DEPARTMENTS)


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
    found = rows.order_by(code).values_list(code, name).annotate(**_sums())
    return [Rates(*row) for row in found]


def rates_of(user: "User", period: Period) -> Rates:
    """The rates of all that somebody sees."""
    return Rates("", "", **counts_of(user, period).aggregate(**_sums()))


def counts_of(user: "User", period: Period) -> QuerySet[DayCount]:
    """The counts of a period that somebody sees.

    They lie at streets and communities; told so, PostgreSQL looks for a dozen units, not for hundreds.
    """
    seen = DayCount.objects.visible_to(user).filter(unit__level__lte=1)
    return seen.filter(day__range=(period.first, period.last))


def _sums() -> dict[str, Coalesce]:
    return {name: Coalesce(Sum(name), 0) for name in SUMMED}
