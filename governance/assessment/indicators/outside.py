"""Figures from outside the portal, each proved by a file; and the results of closed periods."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import F, IntegerField, Value
from django.db.models.functions import Cast, Replace
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.assessment.enums import Counted, PeriodKind, SubjectKind
from governance.assessment.indicators.registry import (
    Described,
    Indicator,
    Rows,
    Source,
    Window,
    register,
)
from governance.assessment.models import OutsideFigure, Score

# What shipped schemes ask for from outside, by code: its name, and for whom it counts.
OUTSIDE: dict[str, tuple[Any, tuple[SubjectKind, ...]]] = {
    "safety_incidents": (
        gettext_lazy("Safety incidents"),
        (SubjectKind.FIRM, SubjectKind.COMPOUND),
    ),
    "bad_records": (gettext_lazy("Bad credit records"), (SubjectKind.FIRM,)),
    "good_records": (gettext_lazy("Good credit records"), (SubjectKind.FIRM,)),
    "inspection": (
        gettext_lazy("Inspection by the authority"),
        (SubjectKind.FIRM, SubjectKind.COMPOUND),
    ),
    "party_work": (
        gettext_lazy("Party work"),
        (SubjectKind.BRANCH, SubjectKind.SECRETARY, SubjectKind.COMMUNITY_WORKER),
    ),
    "handover": (
        gettext_lazy("Delivered for whistles"),
        (SubjectKind.DEPARTMENT, SubjectKind.STREET),
    ),
}


# Whose number is one of faults.
FAULTS = frozenset({"safety_incidents", "bad_records"})

# Records that count for a year (烟台 2022): those of periods that began in the year up to the last day.
LASTING = frozenset({"good_records", "bad_records"})


def year_until(last: date) -> date:
    """The first day of the year that ends with a last day of a month."""
    after = last + timedelta(days=1)
    return after.replace(year=after.year - 1)


def _imported(code: str, kind: SubjectKind) -> Source:
    def source(window: Window) -> Rows:
        first = window.period.first
        if code in LASTING:
            first = min(first, year_until(window.period.last))
        rows = OutsideFigure.objects.filter(
            is_latest=True,
            file__district=window.district_id,
            file__code=code,
            file__subject_kind=kind,
            file__starts__gte=first,
            file__ends__lte=window.period.last,
        )
        return Rows(rows, F("subject"), F("pk"), F("numerator"), F("denominator"))

    return source


def describe_figures(keys: Iterable[int]) -> dict[int, Described]:
    """Each figure: its file and its row there."""
    rows = OutsideFigure.objects.filter(pk__in=list(keys)).select_related("file")
    return {
        row.pk: Described(
            _("%(file)s, row %(line)d (%(source)s)")
            % {"file": row.file.file_name, "line": row.line, "source": row.file.source},
            reverse("assessment:figure_file", args=[row.file_id]),
        )
        for row in rows
    }


def _closed(kind: SubjectKind, period: PeriodKind) -> Source:
    """The scores of the closed months or quarters of the year, in hundredths."""

    def source(window: Window) -> Rows:
        rows = Score.objects.filter(
            run__district=window.district_id,
            run__scheme__subject_kind=kind,
            run__scheme__period_kind=period,
            run__starts__gte=window.period.first,
            run__ends__lte=window.period.last,
            run__released_at__lt=window.as_of,
            value__isnull=False,
        ).exclude(run__correction__released_at__lt=window.as_of)
        # Scores of two decimals, as whole hundredths.
        hundredths = Cast(Replace("value", Value("."), Value("")), IntegerField())
        return Rows(rows, F("subject"), F("pk"), hundredths, Value(10_000))

    return source


def describe_scores(keys: Iterable[int]) -> dict[int, Described]:
    """Each closed score."""
    rows = Score.objects.filter(pk__in=list(keys)).select_related("run__scheme")
    return {
        row.pk: Described(
            f"{row.run.scheme.name} · {row.run.period}: {row.value}",
            reverse("assessment:score", args=[row.pk]),
        )
        for row in rows
    }


_PEOPLE = (SubjectKind.COMMUNITY_WORKER,)
register(
    *(
        Indicator(
            code,
            label,
            gettext_lazy("A figure from outside the portal, with the file that proves it."),
            gettext_lazy("counted"),
            gettext_lazy("of"),
            Counted.OUTSIDE,
            {kind: _imported(code, kind) for kind in kinds},
            describe_figures,
            less_is_better=code in FAULTS,
        )
        for code, (label, kinds) in OUTSIDE.items()
    ),
    *(
        Indicator(
            f"closed_{period.value}s",
            label,
            gettext_lazy("The mean of the closed scores of the year, as they were released."),
            gettext_lazy("hundredths of the scores"),
            gettext_lazy("hundredths possible"),
            Counted.SCORES,
            {kind: _closed(kind, period) for kind in _PEOPLE},
            describe_scores,
        )
        for period, label in (
            (PeriodKind.MONTH, gettext_lazy("Closed months")),
            (PeriodKind.QUARTER, gettext_lazy("Closed quarters")),
        )
    ),
)
