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
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from orgs.models import Department, Unit
from orgs.scoping import NOTHING, lies_in, reach_of
from orgs.values.proportions import per_mille
from tasks.enums import (
    WATCHING_ROLES,
    WITH_DEPARTMENTS,
    AssignmentRole,
    AssignmentStatus,
    Ending,
    Figure,
    RateGrouping,
    Stars,
)
from tasks.models import Assignment, DayCount, RateRule, Rating, Task
from tasks.rates.periods import Period
from tasks.rates.scopes import Scope

if TYPE_CHECKING:
    from orgs.models import User

SUMMED = (
    *("reported", "due", "in_time", "rated", "resolved", "satisfaction", "satisfied"),
    *("unrated", "refused"),
)
_WITH_DEPARTMENTS = sorted(WITH_DEPARTMENTS)
ALL = Scope()


def rule_in_force() -> RateRule:
    """The newest rule of the rates."""
    return RateRule.objects.order_by("-version")[0]


# --- The rows behind a figure ---------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """The rows that some figures count, of days; each figure counts those that fit its condition.

    `task` leads from a row to its task, `department` to whose figure it is (None: nobody's). `gaps`
    are what the figures lack of their whole: no numbers of their own, but lists.
    """

    every: Callable[[Period], QuerySet[Any]]
    figures: dict[Figure, Callable[[datetime], Q]]
    department: str | None
    task: str = "task__"
    gaps: dict[Figure, Callable[[datetime], Q]] = field(default_factory=dict)
    leaves_out: bool = True

    def rows(self, period: Period, known: datetime | None = None) -> QuerySet[Any]:
        """Its rows of some days, without what the district left out, `known`: until then."""
        rows = self.every(period)
        return rows.exclude(left_out(self.task, known)) if self.leaves_out else rows


def left_out(task: str, known: datetime | None = None) -> Q:
    """What the district left out for a reviewed reason, as was known at a moment; None: by now."""
    granted = Q((f"{task}exclusion__granted", True))
    return granted & Q((f"{task}exclusion__decided_at__lt", known)) if known else granted


def _within(period: Period, moment: str) -> Q:
    begins, ends = period.moments
    return Q((f"{moment}__gte", begins), (f"{moment}__lt", ends))


def _reports(period: Period) -> QuerySet[Any]:
    return Task.objects.filter(_within(period, "created_at"))


def _dispatches(period: Period) -> QuerySet[Any]:
    return Assignment.objects.filter(_within(period, "dispatched_at"), role=AssignmentRole.LEAD)


def _ratings(period: Period) -> QuerySet[Any]:
    return Rating.objects.filter(_within(period, "at"))


def _unrated(period: Period) -> QuerySet[Any]:
    """With `lead`: the department that did the work, none for others' work."""
    lead = Assignment.objects.filter(
        task=OuterRef("pk"), role=AssignmentRole.LEAD, round=OuterRef("dispatch_round")
    )
    closed = Task.objects.filter(_within(period, "closed_at"), ending=Ending.NOT_RATED)
    done = When(worked_from__in=_WITH_DEPARTMENTS, then=Subquery(lead.values("department")))
    return closed.annotate(lead=Case(done))


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


def _missed(now: datetime) -> Q:
    return _due(now) & (Q(contacted_at=None) | Q(contacted_at__gt=F("respond_by")))


def _every(now: datetime) -> Q:
    return Q()


def _satisfied(now: datetime) -> Q:
    return Q(stars__gte=Stars.FOUR)


SOURCES = (
    Source(_reports, {Figure.REPORTED: _every}, None, task="", leaves_out=False),
    Source(
        _dispatches,
        {Figure.DUE: _due, Figure.IN_TIME: _in_time},
        "department",
        gaps={Figure.MISSED: _missed},
    ),
    Source(
        _ratings,
        {
            Figure.RATED: _every,
            Figure.RESOLVED: lambda now: Q(resolved=True),
            Figure.SATISFIED: _satisfied,
        },
        "department",
        gaps={
            Figure.UNRESOLVED: lambda now: Q(resolved=False),
            Figure.UNSATISFIED: lambda now: ~_satisfied(now),
        },
    ),
    Source(_unrated, {Figure.UNRATED: _every}, "lead", task=""),
    Source(_refusals, {Figure.REFUSED: _every}, "department", leaves_out=False),
)
_BEHIND = {
    figure: (source, condition)
    for source in SOURCES
    for figure, condition in (source.figures | source.gaps).items()
}


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
    source, rows = rows_behind(figure, period, now, reader=reader, lead=lead)
    return tasks.filter(pk__in=rows.order_by().values(f"{source.task}pk"))


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
    source, rows = rows_behind(figure, period, now, reader=reader, lead=lead)
    return rows.filter(Q((f"{source.task}pk__in", tasks.order_by().values("pk")))).count()


def rows_behind(
    figure: Figure,
    period: Period,
    now: datetime,
    *,
    reader: "User | None" = None,
    lead: Department | None = None,
    known: datetime | None = None,
) -> tuple[Source, QuerySet[Any]]:
    """The rows that a figure counts, and what they are; `known` as for `Source.rows`."""
    source, condition = _BEHIND[figure]
    rows = source.rows(period, known).filter(condition(now))
    if reader and not reader.is_superuser:
        reach = reach_of(reader)
        own = reach.q(f"{source.task}unit", WATCHING_ROLES)
        rows = rows.filter(own | of_departments(source, reach.department_ids))
    if lead:
        rows = rows.filter(of_departments(source, [lead.pk]))
    return source, rows


def of_departments(source: Source, departments: Collection[int]) -> Q:
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
    satisfied: int = 0
    unrated: int = 0
    refused: int = 0

    @property
    def missed(self) -> int:
        return self.due - self.in_time

    @property
    def unresolved(self) -> int:
        return self.rated - self.resolved

    @property
    def unsatisfied(self) -> int:
        return self.rated - self.satisfied

    @property
    def response(self) -> int | None:
        return per_mille(self.in_time, self.due)

    @property
    def resolution(self) -> int | None:
        return per_mille(self.resolved, self.rated)

    @property
    def satisfaction_rate(self) -> int | None:
        return per_mille(self.satisfaction, 100 * self.rated)

    @property
    def unrated_share(self) -> int | None:
        return per_mille(self.unrated, self.rated + self.unrated)


@dataclass(frozen=True)
class Rate:
    """One of the three rates, with what it was before.

    `part` of `whole` is what was counted, `gap` what is missing. `numerator` is what the rate takes
    of the whole, in hundredths: of satisfaction the weights of the ratings, else the part itself.
    """

    code: str
    name: str
    value: int | None
    before: int | None
    part: Figure
    whole: Figure
    gap: Figure
    numerator: int

    @property
    def change(self) -> int | None:
        """How much it changed, in tenths of a percentage point."""
        return None if self.value is None or self.before is None else self.value - self.before

    @property
    def is_weighted(self) -> bool:
        return self.gap == Figure.UNSATISFIED


def against(now: Rates, before: Rates) -> list[Rate]:
    """The three rates, each against an earlier one."""
    return [
        Rate(
            "response", _("Response rate"), now.response, before.response,
            Figure.IN_TIME, Figure.DUE, Figure.MISSED, 100 * now.in_time,
        ),
        Rate(
            "resolution", _("Resolution rate"), now.resolution, before.resolution,
            Figure.RESOLVED, Figure.RATED, Figure.UNRESOLVED, 100 * now.resolved,
        ),
        Rate(
            "satisfaction", _("Satisfaction rate"), now.satisfaction_rate, before.satisfaction_rate,
            Figure.SATISFIED, Figure.RATED, Figure.UNSATISFIED, now.satisfaction,
        ),
    ]  # fmt: skip


def definitions(rule: RateRule) -> dict[str, str]:
    """What each rate is, in words, by its code; as the rule weighs it."""
    weights = [
        _("%(stars)s stars %(weight)d%%") % {"stars": stars, "weight": rule.weights[stars]}
        for stars in sorted(rule.weights, reverse=True)
    ]
    return {
        "response": _(
            "Contacted within the limit, of the dispatches that were contacted or whose limit has "
            "passed; on the day of the dispatch, for the lead department."
        ),
        "resolution": _("Rated as resolved, of all ratings given; on the day of the rating."),
        "satisfaction": _(
            "The sum of the ratings by their weights (%(weights)s), of all ratings given. "
            "Satisfied are four and five stars."
        )
        % {"weights": "、".join(weights)},
    }


_KEYS = {
    RateGrouping.DEPARTMENT: ("department__code", "department__short_name"),
    RateGrouping.STREET: ("street_code", "street_name"),
    RateGrouping.COMMUNITY: ("unit__code", "unit__name"),
    RateGrouping.CATEGORY: ("category__code", "category__name"),
}


def rates_by(
    user: "User", grouping: RateGrouping, period: Period, scope: Scope = ALL
) -> list[Rates]:
    """The rates of a period by department, street, community or category; one statement."""
    code, name = _KEYS[grouping]
    rows = counts_of(user, period, scope)
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


def rates_with_before(user: "User", period: Period, scope: Scope = ALL) -> tuple[Rates, Rates]:
    """The rates of what somebody sees, of a period and of the one before; one statement."""
    both = Period(period.before.first, period.last)
    now, before = Counter[str](), Counter[str]()
    rows: Any = counts_of(user, both, scope).order_by().values("day").annotate(**_sums())
    for row in rows:
        (now if row.pop("day") >= period.first else before).update(row)
    return Rates("", "", **now), Rates("", "", **before)


def counts_of(user: "User", period: Period, scope: Scope = ALL) -> QuerySet[DayCount]:
    """The counts of a period that somebody sees.

    They lie at streets and communities; told so, PostgreSQL looks for a dozen units, not for hundreds.
    """
    seen = DayCount.objects.visible_to(user).filter(unit__level__lte=1)
    if scope.unit:
        seen = seen.filter(lies_in(scope.unit, "unit"))
    if scope.department:
        seen = seen.filter(department=scope.department)
    return seen.filter(day__range=(period.first, period.last))


def _sums() -> dict[str, Coalesce]:
    return {name: Coalesce(Sum(name), 0) for name in SUMMED}
