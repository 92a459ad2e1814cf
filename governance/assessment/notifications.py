"""Who is told of runs: whoever answers for the scheme, and the assessed of their scores."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.assessment.enums import RunAction
from governance.assessment.models import RunEntry
from governance.assessment.runs.specification import KEPT, OWN, SPECIFICATIONS
from orgs.notifications.notifications import NewNotice, NoticeKind
from orgs.workflow.notifications import notify_audiences

BOOKMARK = "assessment.run-entries"


def _text(data: Mapping[str, Any]) -> str:
    words: dict[str, str] = {
        RunAction.COMPUTE: _("“%(name)s”, %(period)s, is computed and waits for the review."),
        RunAction.RELEASE: _(
            "“%(name)s”, %(period)s: your score is there. You may appeal until %(until)s."
        ),
        RunAction.PUBLISH: _("“%(name)s”, %(period)s, is published."),
    }
    until = date_format(date.fromisoformat(data["until"])) if data["until"] else ""
    return words[RunAction(data["action"])] % {**data, "until": until}


KINDS = (
    NoticeKind(KEPT, gettext_lazy("assessments that wait for my review"), _text),
    NoticeKind(OWN, gettext_lazy("assessments of me or of what I answer for"), _text),
)


def notify_of_entries(now: datetime) -> int:
    """Tells people what stands on the timelines since the last time; how many notices."""
    entries = RunEntry.objects.select_related("run__scheme__district")
    return notify_audiences(SPECIFICATIONS, entries, _notice, bookmark=BOOKMARK, now=now)


def _notice(kind: str, entry: RunEntry, person: int) -> NewNotice:
    run = entry.run
    data = {
        "action": entry.action,
        "name": run.scheme.name,
        "period": run.period,
        "until": run.last_appeal_day.isoformat() if run.last_appeal_day else "",
    }
    # Each finds the own score at the top of the list.
    link = reverse("assessment:run", args=[run.pk])
    return NewNotice(kind, f"run-entry:{entry.pk}", person, link, data)
