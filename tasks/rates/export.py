"""The bulletin as a workbook: the rates with what they are, the comparisons, and what is missing."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orgs.imports.workbooks import spreadsheets
from orgs.templatetags.portal import per_cent
from tasks.enums import Figure, RateGrouping
from tasks.rates.bulletin import Bulletin
from tasks.rates.rates import Rate, Rates

# The counts that stand beside the rates, in words of their own.
COUNTED = (Figure.REPORTED, Figure.UNRATED, Figure.REFUSED)


def workbook(shown: Bulletin) -> bytes:
    """One sheet each: rates, counts, each comparison, what is missing."""
    # A change is a number here: text that begins with a sign would be written as no formula.
    rates = [
        [*row[:3], "–" if rate.change is None else rate.change / 10, *row[4:]]
        for rate, row in zip(shown.rates, rate_rows(shown), strict=True)
    ]
    sheets: list[tuple[str, list[str], list[list[Any]]]] = [
        (_("Rates"), rate_headings(shown), rates)
    ]
    sheets.append((_("Counted"), [_("Figure"), *periods(shown)], count_rows(shown)))
    for grouping, groups in shown.groups:
        heading = str(capfirst(grouping.label))
        sheets.append(
            (heading, [heading, *group_headings()], [group_row(one, grouping) for one in groups])
        )
    sheets.append((_("Missing"), missing_headings(), missing_rows(shown)))
    return spreadsheets.write_sheets(sheets)


def periods(shown: Bulletin) -> list[str]:
    """This period and the one before, as their columns are called."""
    return [shown.period.heading, shown.before.heading]


def rate_headings(shown: Bulletin) -> list[str]:
    return [
        pgettext("one of the three rates", "Rate"), *periods(shown), _("Change (percentage points)"), _("Numerator"),
        _("Denominator"), _("Missing"), _("What it is"),
    ]  # fmt: skip


def rate_rows(shown: Bulletin) -> list[list[str | int | float]]:
    return [
        [
            rate.name, per_cent(rate.value), per_cent(rate.before), change(rate), numerator(rate),
            getattr(shown.whole, rate.whole), getattr(shown.whole, rate.gap),
            shown.definitions[rate.code],
        ]
        for rate in shown.rates
    ]  # fmt: skip


def change(rate: Rate) -> str:
    """How much it changed, with its sign."""
    if not rate.change:
        return "–" if rate.change is None else "0"
    return f"{rate.change / 10:+g}"


def numerator(rate: Rate) -> int | float:
    """What the rate takes of the whole, a number that a sheet can add; of a weighted one with two places."""
    return rate.numerator / 100 if rate.is_weighted else rate.numerator // 100


def count_rows(shown: Bulletin) -> list[list[str | int]]:
    return [
        [str(capfirst(figure.label)), getattr(shown.whole, figure), getattr(shown.earlier, figure)]
        for figure in COUNTED
        if shown.counts_reports or figure != Figure.REPORTED
    ]


def group_headings() -> list[str]:
    return [
        _("Response rate"), _("Resolution rate"), _("Satisfaction rate"), _("Reported"),
        *(str(capfirst(figure.label)) for figure in _GROUP_FIGURES),
    ]  # fmt: skip


_GROUP_FIGURES = (
    *(Figure.DUE, Figure.MISSED, Figure.RATED, Figure.UNRESOLVED, Figure.UNSATISFIED),
    *(Figure.UNRATED, Figure.REFUSED),
)


def group_row(group: Rates, grouping: RateGrouping) -> list[str | int]:
    """One line of a comparison; nobody reports for a department."""
    return [
        group.name, per_cent(group.response), per_cent(group.resolution),
        per_cent(group.satisfaction_rate), "–" if grouping == RateGrouping.DEPARTMENT else group.reported,
        *(getattr(group, figure) for figure in _GROUP_FIGURES),
    ]  # fmt: skip


def missing_headings() -> list[str]:
    return [_("Missing"), _("Number"), _("Title"), _("Where"), _("Kind"), _("Department")]


def missing_rows(shown: Bulletin) -> list[list[str]]:
    return [
        [
            str(capfirst(row.figure.label)),
            row.number,
            row.title,
            row.place,
            row.category,
            row.department,
        ]
        for row in shown.missing
    ]
