"""The figures as pages show them: each count with the address of the list it was counted from."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from orgs.models import Unit
from orgs.templatetags.portal import hundredths
from tasks.enums import Figure, PeriodName
from tasks.rates import rates
from tasks.rates.periods import Period
from tasks.rates.rates import Rate, Rates
from tasks.rates.trends import Line

# So many categories have a colour of their own in the picture; the table has all.
DRAWN = 5


def list_url(period: Period, figure: Figure, more: dict[str, str] | None = None) -> str:
    """The address of the list that a figure was counted from."""
    query = {"counted": figure.value, "first": period.first, "last": period.last, **(more or {})}
    return f"{reverse('tasks:list')}?{urlencode(query)}"


def reports_url(period: Period, unit: Unit) -> str:
    """The address of what was reported in a place: all that the reader sees, counted or not."""
    query = {"unit": unit.code, "since": period.first, "until": period.last}
    return f"{reverse('tasks:list')}?{urlencode(query)}"


def figures(
    shown: Iterable[Figure], counted: Rates, period: Period, more: dict[str, str], reported: bool
) -> list[tuple[str, int, str]]:
    """Each count with its list."""
    return [
        (str(figure.label), getattr(counted, figure.value), list_url(period, figure, more))
        for figure in shown
        if reported or figure != Figure.REPORTED
    ]


def cards(
    period: Period, whole: Rates, earlier: Rates, more: dict[str, str]
) -> list[dict[str, Any]]:
    """Each rate with the period before; the counts of both open their lists, so does what is missing."""
    definitions = rates.definitions(rates.rule_in_force())
    return [
        {
            "rate": rate,
            "now": counted(rate, whole, period, more),
            "before": counted(rate, earlier, period.before, more),
            "definition": definitions[rate.code],
            "gap": (rate.gap.label, getattr(whole, rate.gap), list_url(period, rate.gap, more)),
            "whole": getattr(whole, rate.whole),
        }
        for rate in rates.against(whole, earlier)
    ]


# For each period under way the one that is over, and how many days it is called young.
_UNDER_WAY = {
    PeriodName.WEEK: (PeriodName.LAST_MONTH, 1),
    PeriodName.MONTH: (PeriodName.LAST_MONTH, 3),
    PeriodName.QUARTER: (PeriodName.LAST_QUARTER, 7),
}


@dataclass(frozen=True)
class Bare:
    """A period under way with nothing to compare: whether it only began, what to look at instead."""

    is_young: bool
    instead: PeriodName


def bare(name: PeriodName | None, period: Period, whole: Rates) -> Bare | None:
    """That a period under way has nothing to compare yet; None where it has."""
    if name not in _UNDER_WAY or whole.due or whole.rated:
        return None
    instead, young_days = _UNDER_WAY[name]
    return Bare(period.days <= young_days, instead)


def counted(
    rate: Rate, of: Rates, period: Period, more: dict[str, str]
) -> list[tuple[int | str, str]]:
    """The fraction that a rate is, part before whole: of ratings their sum by weight, not the satisfied."""
    whole = getattr(of, rate.whole.value), list_url(period, rate.whole, more)
    if rate.is_weighted:
        return [(hundredths(of.satisfaction), ""), whole]  # a sum: no list holds so many
    return [(getattr(of, rate.part.value), list_url(period, rate.part, more)), whole]


def line_links(line: Line, period: Period, more: dict[str, str]) -> list[tuple[int, str]]:
    """The numbers of a category, each with its list."""
    return [
        (count, list_url(part, Figure.REPORTED, more | {"category": line.code}))
        for count, part in zip(line.counts, period.parts, strict=True)
    ]


def charts(lines: list[Line], period: Period) -> dict[str, Any]:
    """What the picture draws; the same numbers stand in the table, the small ones one by one."""
    series = [{"name": line.name, "values": line.counts} for line in lines[:DRAWN]]
    if rest := [line.counts for line in lines[DRAWN:]]:
        series.append(
            {"name": _("others"), "values": [sum(part) for part in zip(*rest, strict=True)]}
        )
    return {"days": [part.dates for part in period.parts], "series": series}


def points(spots: list[tuple[Any, int, str]]) -> list[dict[str, Any]]:
    return [
        {"name": unit.name, "count": count, "lon": where.lon, "lat": where.lat, "url": url}
        for unit, count, url in spots
        if (where := getattr(unit, "profile", None)) and where.lon is not None
    ]
