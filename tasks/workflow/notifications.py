"""The notices of tasks: what they say, and telling people of what stands on the timelines."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.enums import NoticeWay
from orgs.notifications.notifications import NewNotice, NoticeKind
from orgs.workflow.notifications import notify_audiences
from tasks.enums import Action, LimitKind
from tasks.models import Assignment, Event
from tasks.workflow.audiences import EMERGENCY, LIMIT, MINE, OFFERED, RATED, SAID, URGED, WORK
from tasks.workflow.specification import SPECIFICATIONS

BOOKMARK = "tasks.events"


def _text(data: Mapping[str, Any]) -> str:
    return _("%(what)s: %(title)s (%(number)s, %(place)s)") % {
        "what": _what(data),
        "title": data["title"],
        "number": data["number"],
        "place": data["place"],
    }


def _what(data: Mapping[str, Any]) -> str:
    """What happened: for a limit which one, and whether it comes or has passed."""
    match data["action"]:
        case Action.REMIND if "limit" in data:
            return _("%(limit)s nearly due") % {"limit": LimitKind(data["limit"]).label}
        case Action.ESCALATE if "limit" in data:
            return _("%(limit)s overdue") % {"limit": LimitKind(data["limit"]).label}
        case action:
            return str(Action(action).label)


KINDS = (
    NoticeKind(EMERGENCY, gettext_lazy("emergency"), _text, urgent=True),
    NoticeKind(WORK, gettext_lazy("a task is yours to act on"), _text),
    NoticeKind(URGED, gettext_lazy("somebody urges you"), _text),
    NoticeKind(LIMIT, gettext_lazy("a limit comes or has passed"), _text),
    NoticeKind(SAID, gettext_lazy("a remark on your task"), _text, NoticeWay.PORTAL),
    NoticeKind(RATED, gettext_lazy("your work was rated"), _text, NoticeWay.PORTAL),
    NoticeKind(OFFERED, gettext_lazy("a task near you is open to take"), _text, NoticeWay.PORTAL),
    NoticeKind(MINE, gettext_lazy("your own report"), _text),
)


def notify_of_events(now: datetime) -> int:
    """Tells people of what stands on the timelines since the last time; answers how many notices."""
    parts = Prefetch("task__assignments", Assignment.objects.order_by("round", "-role", "pk"))
    events = Event.objects.select_related("task__unit").prefetch_related(parts)
    return notify_audiences(SPECIFICATIONS, events, _notice, bookmark=BOOKMARK, now=now)


def _notice(kind: str, event: Event, person: int) -> NewNotice:
    task = event.task
    data = {
        "action": event.action,
        "number": task.number,
        "title": task.title,
        "place": task.unit.path_name,
    }
    if "limit" in event.data:
        data["limit"] = event.data["limit"]
    link = reverse("tasks:task", args=[task.number])
    return NewNotice(kind, f"task-event:{event.pk}", person, link, data)
