"""The bulletin of a period (月报, 季报, 周报): the figures of a place or a department, against the
period before, with definitions and what is missing; as data, as a PDF and as a workbook."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orgs.audit import audit
from orgs.models import Department
from orgs.scoping import lies_in
from tasks.enums import GAPS, Figure, PeriodSpan, RateGrouping
from tasks.rates import rates, scopes, trends
from tasks.rates.periods import Period
from tasks.rates.rates import Rate, Rates
from tasks.rates.scopes import Scope

if TYPE_CHECKING:
    from orgs.models import User

# What is missing from the rates, and what nobody rated.
LISTED = (*GAPS, Figure.UNRATED)
# So many of each are listed; the list of the portal has all.
MOST_LISTED = 2000


@dataclass(frozen=True)
class Missing:
    """A task that a rate lacks, and for which figure."""

    figure: Figure
    number: str
    title: str
    place: str
    category: str
    department: str


@dataclass(frozen=True)
class Bulletin:
    """What stands in it; `groups` are tables of their own, each under its heading."""

    title: str
    name: str
    period: Period
    before: Period
    whole: Rates
    earlier: Rates
    rates: list[Rate]
    definitions: dict[str, str]
    source: str
    groups: list[tuple[RateGrouping, list[Rates]]]
    missing: list[Missing]
    # Nobody reports for a department: its bulletin has no such figure.
    counts_reports: bool
    now: datetime

    @property
    def file_name(self) -> str:
        """Whose bulletin of which days, without an ending."""
        days = f"{self.period.first:%Y%m%d}-{self.period.last:%Y%m%d}"
        return f"{self.name.replace('/', ' ')} {self.title} {days}"


def fetch(kind: str, *, scope: Scope, period: Period, by: "User", now: datetime) -> Bulletin:
    """A bulletin that leaves the portal (`kind`: print or export), which the audit keeps."""
    shown = bulletin(scope=scope, period=period, by=by, now=now)
    days = {"first": str(period.first), "last": str(period.last)}
    audit.record(
        f"tasks.{kind}-bulletin", by=by, obj=scope.unit or scope.department, now=now,
        detail=scope.query | days | {"rows": len(shown.missing)},
    )  # fmt: skip
    return shown


def bulletin(*, scope: Scope, period: Period, by: "User", now: datetime) -> Bulletin:
    """The figures of what somebody reads; the caller has asked `scopes.chosen` whether they may."""
    rule = rates.rule_in_force()
    whole, earlier = trends.with_before(by, period, now, scope)
    groupings = [RateGrouping.CATEGORY]
    if not scope.department:
        groupings.insert(0, RateGrouping.DEPARTMENT)
    if not scope.is_small and not (scope.unit and scope.unit.level):
        groupings.insert(0, RateGrouping.COMMUNITY)
    return Bulletin(
        title=_title(period),
        name=scopes.title(scope, by),
        period=period,
        before=period.before,
        whole=whole,
        earlier=earlier,
        rates=rates.against(whole, earlier),
        definitions=rates.definitions(rule),
        source=_("rule %(version)d: %(source)s") % {"version": rule.version, "source": rule.source},
        groups=[
            (grouping, trends.groups(by, grouping, period, now, scope)) for grouping in groupings
        ],
        missing=_missing(scope, period, by, now),
        counts_reports=not scope.department and scopes.reads_places(by),
        now=now,
    )


def _title(period: Period) -> str:
    names = {
        PeriodSpan.WEEK: pgettext("bulletin", "Week"),
        PeriodSpan.MONTH: pgettext("bulletin", "Month"),
        PeriodSpan.QUARTER: pgettext("bulletin", "Quarter"),
    }
    return names[period.span] if period.span else pgettext("bulletin", "Bulletin")


def _missing(scope: Scope, period: Period, by: "User", now: datetime) -> list[Missing]:
    """What the rates lack, figure by figure; each row as often as it was counted."""
    rows = [row for figure in LISTED for row in _missing_of(figure, scope, period, by, now)]
    names = Department.objects.in_bulk({row[-1] for row in rows if row[-1]})
    return [
        Missing(figure, number, title, place, category, str(names.get(department, "")))
        for figure, number, title, place, category, department in rows
    ]


def _missing_of(
    figure: Figure, scope: Scope, period: Period, by: "User", now: datetime
) -> list[tuple]:
    source, rows = rates.rows_behind(figure, period, now, reader=by, lead=scope.department)
    if scope.unit:
        rows = rows.filter(lies_in(scope.unit, f"{source.task}unit"))
    task = source.task
    columns = ("number", "title", "unit__path_name", "category__name")
    assert source.department, "each of them is somebody's"
    names = [*(f"{task}{name}" for name in columns), source.department]
    values = rows.order_by("pk").values_list(*names)[:MOST_LISTED]
    return [(figure, *row) for row in values]
