"""Indicators of deliberation: topics decided, promises kept."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.assessment.enums import Counted
from governance.assessment.indicators.places import by_place
from governance.assessment.indicators.registry import Described, Indicator, Window, register
from governance.assessment.indicators.work import ONE, one_if
from residents.deliberation.enums import PromiseState, TopicAction
from residents.deliberation.models import Promise, Topic, TopicEntry


def _decided(window: Window) -> tuple[Any, Any, Any]:
    """Topics raised in the period, and whether they came to a decision, for or against."""
    begins, ends = window.period.moments
    steps = TopicEntry.objects.filter(
        topic=OuterRef("pk"),
        action__in=[TopicAction.ANNOUNCE, TopicAction.REJECT, TopicAction.LAPSE],
        at__lt=window.as_of,
    )
    rows = Topic.objects.filter(created_at__gte=begins, created_at__lt=ends)
    return rows, one_if(Exists(steps)), ONE


def _kept(window: Window) -> tuple[Any, Any, Any]:
    """Promises that fell due in the period, and whether they were done in time."""
    rows = Promise.objects.filter(due_on__range=(window.period.first, window.period.last))
    in_time = Q(state=PromiseState.DONE, ended_on__lte=F("due_on"))
    return rows, one_if(in_time), ONE


def describe_topics(keys: Iterable[int]) -> dict[int, Described]:
    """Each topic and its stage."""
    rows = Topic.objects.filter(pk__in=list(keys)).select_related("unit")
    return {
        row.pk: Described(
            f"{row.title} · {row.unit.path_name} · {row.get_stage_display()}",
            reverse("deliberation:topic", args=[row.pk]),
        )
        for row in rows
    }


def describe_promises(keys: Iterable[int]) -> dict[int, Described]:
    """Each promise, when it was due and done."""
    rows = Promise.objects.filter(pk__in=list(keys))
    return {
        row.pk: Described(
            _("%(text)s: due %(due)s, %(state)s %(done)s")
            % {
                "text": row.text,
                "due": date_format(row.due_on),
                "state": row.get_state_display(),
                "done": date_format(row.ended_on) if row.ended_on else "",
            },
            reverse("deliberation:topic", args=[row.topic_id]),
        )
        for row in rows
    }


register(
    Indicator(
        "topics_decided",
        gettext_lazy("Topics decided"),
        gettext_lazy(
            "Topics raised in the period that came to a decision, for or against, of all raised."
        ),
        gettext_lazy("decided"),
        gettext_lazy("topics raised"),
        Counted.RESULTS,
        by_place(_decided, "unit__"),
        describe_topics,
    ),
    Indicator(
        "promises_kept",
        gettext_lazy("Promises kept"),
        gettext_lazy("Done by the day promised, of the promises that fell due."),
        gettext_lazy("kept in time"),
        gettext_lazy("promises due"),
        Counted.RESULTS,
        by_place(_kept, "topic__unit__"),
        describe_promises,
    ),
)
