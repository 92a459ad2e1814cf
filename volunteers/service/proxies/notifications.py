"""Who is told of rings: the bound member, then the teams; the desk; whoever rang."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.notifications.notifications import NewNotice, NoticeKind
from orgs.workflow.notifications import notify_audiences
from volunteers.service.enums import RingAction
from volunteers.service.models import RingEntry
from volunteers.service.proxies.specification import ANSWER, MINE, SPECIFICATIONS, TODO

BOOKMARK = "service.ring-entries"


def _mine(data: Mapping[str, Any]) -> str:
    words: dict[str, str] = {
        RingAction.TAKE: _("%(taker)s helps you: “%(matter)s”."),
        RingAction.FINISH: _("“%(matter)s” is done."),
    }
    return words[RingAction(data["action"])] % {**data}


def _answer(data: Mapping[str, Any]) -> str:
    return _("Somebody at %(place)s rings for help: “%(matter)s”.") % {**data}


def _todo(data: Mapping[str, Any]) -> str:
    if data["action"] == RingAction.RETURN:
        return _("Nobody answered “%(matter)s” at %(place)s: it is back at the branch.") % {**data}
    if data["action"] == RingAction.RISE:
        return _("“%(matter)s” at %(place)s rings one level higher.") % {**data}
    return _("A ring for help at %(place)s: “%(matter)s”.") % {**data}


KINDS = (
    NoticeKind(MINE, gettext_lazy("my rings for help"), _mine),
    NoticeKind(ANSWER, gettext_lazy("rings for help that I can answer"), _answer),
    NoticeKind(TODO, gettext_lazy("rings for help of a place where I work"), _todo),
)


def notify_of_entries(now: datetime) -> int:
    """Tells people what stands on the timelines since the last time; how many notices."""
    entries = RingEntry.objects.select_related(
        "ring__unit", "ring__person", "ring__taker", "ring__bound", "ring__rule"
    )
    return notify_audiences(SPECIFICATIONS, entries, _telling, bookmark=BOOKMARK, now=now)


def _telling(kind: str, entry: RingEntry, person: int) -> NewNotice:
    row = entry.ring
    data = {
        "action": entry.action,
        "matter": row.matter[:80],
        "place": row.unit.short_name,
        "taker": row.taker.name if row.taker else "",
    }
    link = reverse("service:ring", args=[row.pk])
    return NewNotice(kind, f"ring-entry:{entry.pk}", person, link, data)
