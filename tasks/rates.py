"""The three rates: response, resolution, satisfaction; each figure has the list it was counted from.

Response is contacted in time of valid dispatches whose contact was made or whose limit has passed;
resolution is rated as resolved of all ratings; satisfaction is the weight of the ratings of all
ratings. What nobody rated is in none of them and shown beside. Merged reports and tasks that the
district left out for a reviewed reason are outside. (The statutes name the rates and give no
formula: 北京市接诉即办工作条例, article 32. These definitions are the portal's, as versioned data.)
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from orgs.models import Department, Unit
from tasks.enums import (
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
    def before(self) -> "Period":
        """As many days just before."""
        length = self.last - self.first + timedelta(days=1)
        return Period(self.first - length, self.first - timedelta(days=1))


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
            refused = Assignment.objects.filter(
                task=OuterRef("pk"),
                status=AssignmentStatus.REFUSED,
                ended_at__gte=begins,
                ended_at__lt=ends,
            )
            return tasks.filter(Exists(refused))


def _last_rating(*, resolved: bool) -> Q:
    return Q(pk__in=_last_ratings().filter(resolved=resolved).values("task"))


def _last_ratings() -> QuerySet:
    """Of each task the rating that closed it last; a reopened task was rated before."""
    later = Rating.objects.filter(task=OuterRef("task"), pk__gt=OuterRef("pk"))
    return Rating.objects.filter(~Exists(later))


def led_by(tasks: QuerySet[Any], figure: Figure, department: Department) -> QuerySet[Any]:
    """Of the tasks behind a figure, those that a department led (for refusals: refused)."""
    if figure == Figure.REPORTED:
        return tasks.none()
    if figure == Figure.REFUSED:
        own = Assignment.objects.filter(department=department, status=AssignmentStatus.REFUSED)
        return tasks.filter(pk__in=own.values("task"))
    if figure in (Figure.DUE, Figure.IN_TIME):
        return tasks.filter(lead=department.pk)
    return tasks.filter(lead=department.pk, worked_from__in=_WITH_DEPARTMENTS)


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


def per_mille(part: int, whole: int) -> int | None:
    """A share in whole per mille, rounded half up; None of nothing."""
    return (2000 * part + whole) // (2 * whole) if whole else None


_KEYS = {
    RateGrouping.DEPARTMENT: ("department__code", "department__short_name"),
    RateGrouping.STREET: ("street_code", "street_name"),
    RateGrouping.COMMUNITY: ("unit__code", "unit__name"),
    RateGrouping.CATEGORY: ("category__code", "category__name"),
}


def rates_by(user: "User", grouping: RateGrouping, period: Period) -> list[Rates]:
    """The rates of a period by department, street, community or category; one statement."""
    code, name = _KEYS[grouping]
    rows = _counts(user, period)
    if grouping == RateGrouping.DEPARTMENT:
        rows = rows.exclude(department=None)
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
    return Rates("", "", **_counts(user, period).aggregate(**_sums()))


def _counts(user: "User", period: Period) -> QuerySet[DayCount]:
    seen = DayCount.objects.visible_to(user)
    return seen.filter(day__range=(period.first, period.last))


def _sums() -> dict[str, Coalesce]:
    return {name: Coalesce(Sum(name), 0) for name in SUMMED}


def trend(user: "User", period: Period, *, most: int = 5) -> dict[str, list[int]]:
    """How much was reported on each day, of the most frequent categories; one statement."""
    rows = (
        _counts(user, period)
        .filter(reported__gt=0)
        .order_by("category__name", "day")
        .values_list("category__name", "day")
        .annotate(count=Sum("reported"))
    )
    length = (period.last - period.first).days + 1
    days: dict[str, list[int]] = {}
    for name, day, count in rows:
        days.setdefault(name, [0] * length)[(day - period.first).days] = count
    return dict(_largest(days.items(), most))


def _largest(series: Iterable[tuple[str, list[int]]], most: int) -> list[tuple[str, list[int]]]:
    return sorted(series, key=lambda one: (-sum(one[1]), one[0]))[:most]


def hot_spots(user: "User", period: Period, *, most: int = 30) -> list[tuple[Unit, int]]:
    """The compounds and places with the most reports in a period, with how many; two statements."""
    begins, ends = period.moments
    seen = Task.objects.visible_to(user).filter(created_at__gte=begins, created_at__lt=ends)
    rows = list(
        seen.order_by().values_list("unit").annotate(count=Count("pk")).order_by("-count")[:most]
    )
    units = Unit.objects.select_related("profile").in_bulk([pk for pk, _count in rows])
    return [(units[pk], count) for pk, count in rows]
