"""Indicators of property service: what residents say of its tasks, and what inspections found put right."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.assessment.enums import Counted, SubjectKind
from governance.assessment.indicators.places import by_place
from governance.assessment.indicators.registry import (
    Described,
    Indicator,
    Rows,
    Source,
    Window,
    register,
)
from governance.assessment.indicators.work import ONE, describe_ratings, one_if
from orgs.values.days import in_force
from residents.models import PropertyContract
from tasks.models import Patrol, Rating
from tasks.rates.rates import left_out

# The kind of problem that property firms answer for, and what lies below it.
PROPERTY = "property-service"


def _rated(window: Window) -> tuple[Any, Any, Any]:
    begins, ends = window.period.moments
    of_property = Q(task__category__code=PROPERTY) | Q(task__category__parent__code=PROPERTY)
    rows = Rating.objects.filter(of_property, at__gte=begins, at__lt=ends)
    return rows.exclude(left_out("task__", window.as_of)), one_if(Q(resolved=True)), ONE


def _put_right(window: Window) -> tuple[Any, Any, Any]:
    """Problems that patrols found and that were to be put right in the period."""
    rows = Patrol.objects.filter(due_on__range=(window.period.first, window.period.last))
    rows = rows.exclude(finding="")
    return rows, one_if(Q(rechecked_at__isnull=False, rechecked_at__lt=window.as_of)), ONE


def _by_firm(count: Any, path: str) -> Source:
    """For the firm whose contract for the compound is in force on the last day of the period."""

    def source(window: Window) -> Rows:
        rows, numerator, denominator = count(window)
        rows = rows.filter(**{f"{path}tree_id__in": window.trees})
        contracts = PropertyContract.objects.filter(
            in_force(window.period.last),
            compound__tree_id=OuterRef(f"{path}tree_id"),
            compound__lft__lte=OuterRef(f"{path}lft"),
            compound__rght__gte=OuterRef(f"{path}rght"),
        ).order_by("pk")
        return Rows(rows, Subquery(contracts.values("firm")[:1]), F("pk"), numerator, denominator)

    return source


def describe_patrols(keys: Iterable[int]) -> dict[int, Described]:
    """Each problem found: where, what, by when, and whether it was looked at again."""
    rows = Patrol.objects.filter(pk__in=list(keys)).select_related("unit")
    return {
        row.pk: Described(
            _("%(place)s: %(finding)s, by %(due)s, %(result)s")
            % {
                "place": row.unit.path_name,
                "finding": row.finding[:60],
                "due": date_format(row.due_on) if row.due_on else "",
                "result": row.result[:60] or _("not looked at again"),
            },
            reverse("tasks:patrols"),
        )
        for row in rows
    }


register(
    Indicator(
        "property_solved",
        gettext_lazy("Property problems solved"),
        gettext_lazy("Rated as resolved, of the ratings of tasks about property service."),
        gettext_lazy("rated as resolved"),
        gettext_lazy("ratings"),
        Counted.OPINIONS,
        {SubjectKind.FIRM: _by_firm(_rated, "task__unit__"), **by_place(_rated, "task__unit__")},
        describe_ratings,
    ),
    Indicator(
        "put_right",
        gettext_lazy("Problems found put right"),
        gettext_lazy("Looked at again and put right, of the problems that inspections found."),
        gettext_lazy("put right"),
        gettext_lazy("problems found"),
        Counted.RESULTS,
        {SubjectKind.FIRM: _by_firm(_put_right, "unit__"), **by_place(_put_right, "unit__")},
        describe_patrols,
    ),
)
