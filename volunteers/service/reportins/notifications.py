"""Who is told of report-ins: the branch of a new one, whoever reported in of the receipt."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.notifications.notifications import NewNotice, NoticeKind
from orgs.workflow.notifications import notify_audiences
from volunteers.service.enums import ReportInAction
from volunteers.service.models import ReportInEntry
from volunteers.service.reportins.specification import MINE, SPECIFICATIONS, TODO

BOOKMARK = "service.report-in-entries"


def _text(data: Mapping[str, Any]) -> str:
    words: dict[str, str] = {
        ReportInAction.REPORT: _("%(name)s has reported in at %(place)s: please confirm."),
        ReportInAction.CONFIRM: _("The branch has confirmed your report-in at %(place)s."),
        ReportInAction.REFUSE: _("Your report-in at %(place)s was not accepted: %(text)s"),
        ReportInAction.MOVE: _("Your report-in has left %(place)s."),
        ReportInAction.END: _("Your report-in at %(place)s has ended: %(text)s"),
    }
    return words[ReportInAction(data["action"])] % {**data}


KINDS = (
    NoticeKind(MINE, gettext_lazy("my report-in"), _text),
    NoticeKind(TODO, gettext_lazy("report-ins of a place where I work"), _text),
)


def notify_of_entries(now: datetime) -> int:
    """Tells people what stands on the timelines since the last time; how many notices."""
    entries = ReportInEntry.objects.select_related("report_in__participant", "report_in__unit")
    return notify_audiences(SPECIFICATIONS, entries, _telling, bookmark=BOOKMARK, now=now)


def _telling(kind: str, entry: ReportInEntry, person: int) -> NewNotice:
    row = entry.report_in
    data = {
        "action": entry.action,
        "name": row.participant.name,
        "place": row.unit.short_name,
        "text": entry.text[:80],
    }
    link = reverse("service:report_in", args=[row.pk])
    return NewNotice(kind, f"report-in-entry:{entry.pk}", person, link, data)
