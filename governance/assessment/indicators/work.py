"""Indicators of work orders: the three rates, limits, refusals, rework, and what call-backs deny."""

from collections.abc import Iterable
from typing import Any

from django.db.models import (
    Case,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.fields.json import KT
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.assessment.enums import Counted, SubjectKind
from governance.assessment.indicators.places import by_column, by_place
from governance.assessment.indicators.registry import Described, Indicator, Window, register
from tasks.enums import WITH_DEPARTMENTS, Action, AssignmentRole, AssignmentStatus, Figure, Outcome
from tasks.models import Assignment, Event, Rating
from tasks.rates import rates
from tasks.rates.periods import Period as Days

ONE = Value(1, IntegerField())
# Steps by which a department's work was reported as done, or went back to it.
_DEPARTMENTS_WORK = Q(action=Action.RESOLVE, from_status__in=WITH_DEPARTMENTS) | Q(
    action=Action.REWORK, to_status__in=WITH_DEPARTMENTS
)


def one_if(condition: Any) -> Case:
    """1 for rows that fit a condition, else 0."""
    return Case(When(condition, then=ONE), default=Value(0), output_field=IntegerField())


def _counted(figure: Figure, window: Window) -> QuerySet[Any]:
    """The rows of a figure of the rates, without what was left out by the moment of the run."""
    days = Days.of(window.period.first, window.period.last)
    return rates.rows_behind(figure, days, window.as_of, known=window.as_of)[1]


# --- Counting ------------------------------------------------------------------------------------


def _due(window: Window) -> tuple[Any, Any, Any]:
    """As the rates count them; what was still open at the moment of the run stays outside for good."""
    rows = _counted(Figure.DUE, window)
    silent = Q(contacted_at=None) | Q(contacted_at__gt=window.as_of)
    rows = rows.exclude(silent & Q(respond_by__gte=window.as_of))
    return rows, one_if(Q(contacted_at__lte=F("respond_by"))), ONE


def _resolved(window: Window) -> tuple[Any, Any, Any]:
    rows = _counted(Figure.RATED, window)
    return rows, one_if(Q(resolved=True)), ONE


def _satisfied(window: Window) -> tuple[Any, Any, Any]:
    """Ratings by their weights, of 100 each, as the rule of the rates has it."""
    rows = _counted(Figure.RATED, window)
    weights = [
        When(stars=int(stars), then=Value(weight))
        for stars, weight in sorted(window.rate_rule.weights.items())
    ]
    weight = Case(*weights, default=Value(0), output_field=IntegerField())
    return rows, weight, Value(100, IntegerField())


def _dispatches(window: Window) -> QuerySet[Assignment]:
    begins, ends = window.period.moments
    made = Assignment.objects.filter(
        role=AssignmentRole.LEAD, dispatched_at__gte=begins, dispatched_at__lt=ends
    )
    return made.exclude(rates.left_out("task__", window.as_of))


def _reported_in(window: Window) -> tuple[Any, Any, Any]:
    """Of dispatches whose limit to report in has passed, or that were reported in."""
    passed = Q(report_in_by__lt=window.as_of) & (
        Q(ended_at=None) | Q(ended_at__gt=F("report_in_by"))
    )
    rows = _dispatches(window).filter(report_in_by__isnull=False)
    rows = rows.filter(passed | Q(reported_in_at__lte=window.as_of))
    return rows, one_if(Q(reported_in_at__lte=F("report_in_by"))), ONE


def _refused(window: Window) -> tuple[Any, Any, Any]:
    refused = Q(status=AssignmentStatus.REFUSED, ended_at__lt=window.as_of)
    return _dispatches(window), one_if(refused), ONE


def _happened(action: Action) -> Any:
    def count(window: Window) -> tuple[Any, Any, Any]:
        steps = Event.objects.filter(
            task=OuterRef("task"),
            action=action,
            at__gte=OuterRef("dispatched_at"),
            at__lt=window.as_of,
        )
        return _dispatches(window), one_if(Exists(steps)), ONE

    return count


def _overdue(window: Window) -> tuple[Any, Any, Any]:
    """Finished after its limit, or still at work when it passed; as it stood at the moment of the run.

    Work that was sent back since forgot when it was finished: that is read from the timeline.
    """
    lasted = Q(ended_at=None) | Q(ended_at__gte=window.as_of)
    steps = Event.objects.filter(
        task=OuterRef("task"),
        action__in=(Action.RESOLVE, Action.REWORK),
        at__gte=OuterRef("dispatched_at"),
    )
    sent_back = steps.filter(action=Action.REWORK, at__gte=window.as_of)
    # What a later dispatch did by then is not this one's, nor what the community did.
    again = Assignment.objects.filter(
        task=OuterRef("task"), role=AssignmentRole.LEAD, round__gt=OuterRef("round"),
        dispatched_at__lt=window.as_of,
    )  # fmt: skip
    by_then = steps.filter(_DEPARTMENTS_WORK, at__lt=window.as_of).order_by("-pk")
    finished = Case(When(action=Action.RESOLVE, then=F("at")))
    rows = _dispatches(window).filter(resolve_by__isnull=False)
    rows = rows.annotate(
        finished=Case(
            When(
                lasted & Exists(sent_back) & ~Exists(again),
                then=Subquery(by_then.annotate(finished=finished).values("finished")[:1]),
            ),
            default=F("finished_at"),
        )
    )
    late = Q(finished__gt=F("resolve_by")) | (Q(finished=None) & lasted)
    return rows, one_if(Q(resolve_by__lt=window.as_of) & late), ONE


def _denied(window: Window) -> tuple[Any, Any, Any]:
    """Call-backs about what was said to be solved; counted are those that say it is not.

    What was said is read from the timeline: a task that is taken up again forgets its outcome.
    """
    rows = _counted(Figure.RATED, window)
    said = Event.objects.filter(
        task=OuterRef("task"), action=Action.RESOLVE, at__lte=OuterRef("at")
    ).order_by("-pk")
    rows = rows.annotate(
        said=Subquery(said.annotate(outcome=KT("data__outcome")).values("outcome")[:1])
    )
    return rows.filter(called_back=True, said=Outcome.SOLVED), one_if(Q(resolved=False)), ONE


# --- Describing ----------------------------------------------------------------------------------


def _moment(value: Any) -> str:
    return date_format(timezone.localtime(value), "n月j日 H:i") if value else _("not yet")


def describe_dispatches(keys: Iterable[int]) -> dict[int, Described]:
    """Each dispatch: its task, when it was made, its contact and its limits."""
    rows = Assignment.objects.filter(pk__in=list(keys)).select_related("task", "department")
    return {
        row.pk: Described(
            _(
                "%(number)s %(title)s: dispatched to %(department)s %(at)s, contacted %(contact)s,"
                " limit %(limit)s"
            )
            % {
                "number": row.task.number,
                "title": row.task.title,
                "department": row.department.short_name,
                "at": _moment(row.dispatched_at),
                "contact": _moment(row.contacted_at),
                "limit": _moment(row.respond_by),
            },
            reverse("tasks:task", args=[row.task.number]),
        )
        for row in rows
    }


def describe_ratings(keys: Iterable[int]) -> dict[int, Described]:
    """Each rating: its task, the stars, whether it is solved."""
    rows = Rating.objects.filter(pk__in=list(keys)).select_related("task")
    return {
        row.pk: Described(
            _("%(number)s %(title)s: %(stars)s stars, %(resolved)s, %(at)s")
            % {
                "number": row.task.number,
                "title": row.task.title,
                "stars": row.stars,
                "resolved": _("solved") if row.resolved else _("not solved"),
                "at": _moment(row.at),
            },
            reverse("tasks:task", args=[row.task.number]),
        )
        for row in rows
    }


def _of_work(count: Any) -> Any:
    """For the department that led, and for the place of the task."""
    return {
        SubjectKind.DEPARTMENT: by_column(count, "department_id"),
        **by_place(count, "task__unit__"),
    }


register(
    Indicator(
        "response",
        gettext_lazy("Response rate"),
        gettext_lazy(
            "Contacted within the limit, of the dispatches that were contacted or whose limit has passed."
        ),
        gettext_lazy("contacted in time"),
        gettext_lazy("contacts due"),
        Counted.RESULTS,
        _of_work(_due),
        describe_dispatches,
    ),
    Indicator(
        "resolution",
        gettext_lazy("Resolution rate"),
        gettext_lazy("Rated as resolved, of all ratings given in the period."),
        gettext_lazy("rated as resolved"),
        gettext_lazy("ratings"),
        Counted.OPINIONS,
        _of_work(_resolved),
        describe_ratings,
    ),
    Indicator(
        "satisfaction",
        gettext_lazy("Satisfaction rate"),
        gettext_lazy(
            "The sum of the ratings by their weights, of all ratings given in the period."
        ),
        gettext_lazy("points by weight"),
        gettext_lazy("points possible (100 a rating)"),
        Counted.OPINIONS,
        _of_work(_satisfied),
        describe_ratings,
    ),
    Indicator(
        "report_in",
        gettext_lazy("Reported in on time"),
        gettext_lazy(
            "Reported in within the limit, of the dispatches that were reported in or whose limit has passed."
        ),
        gettext_lazy("reported in in time"),
        gettext_lazy("report-ins due"),
        Counted.RESULTS,
        _of_work(_reported_in),
        describe_dispatches,
    ),
    Indicator(
        "refusal",
        gettext_lazy("Refusals"),
        gettext_lazy("Dispatches that the department refused, of all made to it."),
        gettext_lazy("refused"),
        gettext_lazy("dispatches"),
        Counted.RESULTS,
        _of_work(_refused),
        describe_dispatches,
        less_is_better=True,
    ),
    Indicator(
        "rework",
        gettext_lazy("Sent back for rework"),
        gettext_lazy("Dispatches whose work was sent back, of all made."),
        gettext_lazy("sent back"),
        gettext_lazy("dispatches"),
        Counted.RESULTS,
        _of_work(_happened(Action.REWORK)),
        describe_dispatches,
        less_is_better=True,
    ),
    Indicator(
        "reopened",
        gettext_lazy("Taken up again"),
        gettext_lazy("Dispatches whose task was taken up again, of all made."),
        gettext_lazy("taken up again"),
        gettext_lazy("dispatches"),
        Counted.RESULTS,
        _of_work(_happened(Action.REOPEN)),
        describe_dispatches,
        less_is_better=True,
    ),
    Indicator(
        "overdue",
        gettext_lazy("Overdue"),
        gettext_lazy("Finished after the limit or still not done then, of all dispatches."),
        gettext_lazy("overdue"),
        gettext_lazy("dispatches"),
        Counted.RESULTS,
        _of_work(_overdue),
        describe_dispatches,
        less_is_better=True,
    ),
    Indicator(
        "denied",
        gettext_lazy("Claimed solved, denied at call-back"),
        gettext_lazy(
            "Call-backs that deny what was said to be solved, of the call-backs about such work."
        ),
        gettext_lazy("denied"),
        gettext_lazy("call-backs"),
        Counted.RESULTS,
        _of_work(_denied),
        describe_ratings,
        least=5,
        less_is_better=True,
    ),
)
