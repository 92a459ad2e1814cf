"""Indicators of the monthly duty of party members, and of the effort that is shown and never weighs."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q, Value
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.assessment.enums import Counted, SubjectKind
from governance.assessment.indicators.places import by_column, by_place
from governance.assessment.indicators.registry import Described, Indicator, Window, register
from governance.assessment.indicators.work import ONE, one_if
from volunteers.service.enums import MonthRating, MonthState
from volunteers.service.models import MonthResult


def _months(window: Window) -> Any:
    """The results of months that the branch had closed at the moment of the run."""
    return MonthResult.objects.filter(
        month__month__range=(window.period.first, window.period.last),
        month__state=MonthState.CLOSED,
        month__closed_at__lt=window.as_of,
    )


def _met(window: Window) -> tuple[Any, Any, Any]:
    return _months(window), one_if(Q(met=True)), ONE


def _rated_good(window: Window) -> tuple[Any, Any, Any]:
    return _months(window).exclude(rating=""), one_if(Q(rating=MonthRating.GOOD)), ONE


def _minutes(window: Window) -> tuple[Any, Any, Any]:
    return _months(window), F("duty_minutes") + F("voluntary_minutes"), Value(1)


def _activities(window: Window) -> tuple[Any, Any, Any]:
    return _months(window), F("activities"), Value(1)


def describe_months(keys: Iterable[int]) -> dict[int, Described]:
    """Each month of a member: owed, done, met."""
    rows = MonthResult.objects.filter(pk__in=list(keys)).select_related("participant", "month")
    return {
        row.pk: Described(
            _(
                "%(name)s, %(month)s: %(activities)d of %(needed)d activities, %(minutes)d of"
                " %(owed)d minutes: %(met)s"
            )
            % {
                "name": row.participant.name,
                "month": f"{row.month.month:%Y-%m}",
                "activities": row.activities,
                "needed": row.needed_activities,
                "minutes": row.duty_minutes + row.voluntary_minutes,
                "owed": row.needed_minutes,
                "met": _("met") if row.met else _("not met"),
            },
            reverse("service:desk"),
        )
        for row in rows
    }


def _of_members(count: Any) -> Any:
    return {
        SubjectKind.MEMBER: by_column(count, "participant_id"),
        SubjectKind.BRANCH: by_column(count, "report_in__branch_id"),
        **by_place(count, "report_in__unit__"),
    }


register(
    Indicator(
        "duty_met",
        gettext_lazy("Monthly duty met"),
        gettext_lazy(
            "Months of members in which the duty owed was met, of the months that branches have closed."
        ),
        gettext_lazy("months met"),
        gettext_lazy("months"),
        Counted.DUTY,
        _of_members(_met),
        describe_months,
    ),
    Indicator(
        "branch_rating",
        gettext_lazy("The branch's word"),
        gettext_lazy(
            "Months that the branch calls good, of those it rated. It stands beside the duty and changes nothing."
        ),
        gettext_lazy("called good"),
        gettext_lazy("months rated"),
        Counted.OPINIONS,
        _of_members(_rated_good),
        describe_months,
    ),
    Indicator(
        "minutes",
        gettext_lazy("Minutes of service"),
        gettext_lazy("Minutes credited; shown, and without weight."),
        gettext_lazy("minutes"),
        gettext_lazy("months"),
        Counted.EFFORT,
        _of_members(_minutes),
        describe_months,
    ),
    Indicator(
        "activities",
        gettext_lazy("Activities"),
        gettext_lazy("Activities credited; shown, and without weight."),
        gettext_lazy("activities"),
        gettext_lazy("months"),
        Counted.EFFORT,
        _of_members(_activities),
        describe_months,
    ),
)
