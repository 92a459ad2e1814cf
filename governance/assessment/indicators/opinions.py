"""Indicators of what people were asked: ratings by groups, the yearly review of committee members."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q, Value
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.assessment.enums import Counted, Grade, RaterGroup, SubjectKind
from governance.assessment.indicators.places import by_column
from governance.assessment.indicators.registry import (
    Described,
    Indicator,
    Rows,
    Source,
    Window,
    register,
)
from governance.assessment.indicators.work import ONE, one_if
from governance.assessment.models import Evaluation, MemberReview

RATED = {
    RaterGroup.SUPERIOR: [
        SubjectKind.SECRETARY, SubjectKind.COMMUNITY_WORKER, SubjectKind.BUILDING_HEAD,
        SubjectKind.FIRM,
    ],
    RaterGroup.PEER: [SubjectKind.SECRETARY, SubjectKind.COMMUNITY_WORKER],
    RaterGroup.STREET: [SubjectKind.DEPARTMENT],
    RaterGroup.DEPARTMENT: [SubjectKind.STREET],
    RaterGroup.RESIDENT: [
        SubjectKind.BRANCH, SubjectKind.SECRETARY, SubjectKind.COMMUNITY_WORKER, SubjectKind.FIRM,
        SubjectKind.BUILDING_HEAD,
    ],
}  # fmt: skip
_LABELS = {
    RaterGroup.SUPERIOR: gettext_lazy("Rated by the level above"),
    RaterGroup.PEER: gettext_lazy("Rated by peers"),
    RaterGroup.STREET: gettext_lazy("Rated by the streets"),
    RaterGroup.DEPARTMENT: gettext_lazy("Rated by the departments"),
    RaterGroup.RESIDENT: gettext_lazy("Rated by residents"),
}


def _rated(group: RaterGroup, kind: SubjectKind) -> Source:
    def source(window: Window) -> Rows:
        rows = Evaluation.objects.filter(
            district=window.district_id,
            code=window.code,
            period=window.period.name,
            group=group,
            subject_kind=kind,
        )
        return Rows(rows, F("subject"), F("pk"), F("points"), Value(100))

    return source


def describe_evaluations(keys: Iterable[int]) -> dict[int, Described]:
    """Each rating without who gave it: as whom, how many points, in which words."""
    rows = Evaluation.objects.filter(pk__in=list(keys))
    return {
        row.pk: Described(
            _("%(group)s: %(points)d points %(text)s")
            % {"group": row.get_group_display(), "points": row.points, "text": row.text}
        )
        for row in rows
    }


def _reviewed(window: Window) -> tuple[Any, Any, Any]:
    rows = MemberReview.objects.filter(held_on__range=(window.period.first, window.period.last))
    return rows, F("competent") + F("basically"), F("present")


def _incompetent(window: Window) -> tuple[Any, Any, Any]:
    rows = MemberReview.objects.filter(held_on__range=(window.period.first, window.period.last))
    return rows, one_if(Q(grade=Grade.INCOMPETENT)), ONE


def describe_reviews(keys: Iterable[int]) -> dict[int, Described]:
    """Each review: the day and how the meeting judged."""
    rows = MemberReview.objects.filter(pk__in=list(keys))
    return {
        row.pk: Described(
            _(
                "%(day)s, %(present)d of %(total)d present: competent %(competent)d, basically"
                " %(basically)d, incompetent %(incompetent)d"
            )
            % {
                "day": date_format(row.held_on),
                "present": row.present,
                "total": row.total,
                "competent": row.competent,
                "basically": row.basically,
                "incompetent": row.incompetent,
            }
        )
        for row in rows
    }


register(
    *(
        Indicator(
            f"rating_{group.value}",
            _LABELS[group],
            gettext_lazy(
                "Points given, of 100 for each who rated; one rating each, on paper or online."
            ),
            gettext_lazy("points given"),
            gettext_lazy("points possible (100 a rating)"),
            Counted.OPINIONS,
            {kind: _rated(group, kind) for kind in kinds},
            describe_evaluations,
        )
        for group, kinds in RATED.items()
    ),
    Indicator(
        "review",
        gettext_lazy("Yearly review by the meeting"),
        gettext_lazy(
            "Competent or basically competent, of those present at the residents' or representatives' meeting."
        ),
        gettext_lazy("competent or basically competent"),
        gettext_lazy("present"),
        Counted.OPINIONS,
        {SubjectKind.COMMITTEE_MEMBER: by_column(_reviewed, "member_id")},
        describe_reviews,
    ),
    Indicator(
        "incompetent",
        gettext_lazy("Judged incompetent"),
        gettext_lazy("Yearly reviews that found the member incompetent."),
        gettext_lazy("judged incompetent"),
        gettext_lazy("reviews"),
        Counted.OPINIONS,
        {SubjectKind.COMMITTEE_MEMBER: by_column(_incompetent, "member_id")},
        describe_reviews,
        less_is_better=True,
    ),
)
