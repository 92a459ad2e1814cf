"""The notices of tasks: what they say, and telling people of what stands on the timelines."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.enums import NoticeWay
from orgs.notifications.notifications import NewNotice, NoticeKind
from orgs.workflow.notifications import notify_audiences
from tasks.enums import Action, LimitKind, Status
from tasks.models import Assignment, Event, Task
from tasks.models.catalogue import label_of
from tasks.workflow.audiences import (
    EMERGENCY,
    FOLLOWED,
    LIMIT,
    MINE,
    OFFERED,
    RATED,
    SAID,
    URGED,
    VISIT,
    WORK,
)
from tasks.workflow.specification import SPECIFICATIONS

BOOKMARK = "tasks.events"


def _text(data: Mapping[str, Any]) -> str:
    return _("%(what)s: %(title)s (%(number)s, %(place)s)") % {
        "what": _what(data),
        "title": data["title"],
        "number": data["number"],
        "place": data["place"],
    }


def _own_text(data: Mapping[str, Any]) -> str:
    """What happened to one's report, and what to do now."""
    words = {"title": data["title"]}
    match data["action"]:
        case Action.CONFIRM if data.get("to") == Status.RATING:
            return _("Please rate it: “%(title)s” is done") % words
        case Action.CONFIRM | Action.EXPIRE:
            return _("Done: “%(title)s”") % words
        case Action.ACCEPT:
            return _("Accepted: “%(title)s” is being handled") % words
        case Action.DISPATCH:
            return _("“%(title)s” was passed to a department, which gets in touch with you") % words
        case Action.DECLINE:
            return _("“%(title)s” was not taken up: read why, or have it taken up again") % words
        case Action.MERGE:
            return _("“%(title)s” goes on together with a report of the same problem") % words
        case _action:
            return _text(data)


def _followed_text(data: Mapping[str, Any]) -> str:
    """How a report came out that one follows; its words are the neighbour's own."""
    kind = label_of(data.get("kind", ""), data.get("kind_en", ""))
    words = {"kind": kind, "place": data["place"]}
    if data["action"] == Action.DECLINE:
        return _("What you met too was not taken up: %(kind)s, %(place)s") % words
    return _("What you met too is done: %(kind)s, %(place)s") % words


def _what(data: Mapping[str, Any]) -> str:
    """What happened: for a limit which one, and whether it comes or has passed."""
    match data["action"]:
        case Action.REMIND if "limit" in data:
            return _("%(limit)s nearly due") % {"limit": LimitKind(data["limit"]).label}
        case Action.ESCALATE if "limit" in data:
            return _("%(limit)s overdue") % {"limit": LimitKind(data["limit"]).label}
        case Action.ASSIGN:
            return _("handed to you")
        case action:
            return str(Action(action).label)


def _appointment(data: Mapping[str, Any]) -> str:
    """What those invited are told: of the task itself nothing."""
    at = timezone.localtime(datetime.fromisoformat(data["starts_at"]))
    words = {
        "at": date_format(at, "DATETIME_FORMAT"),
        "place": data["place"],
        "subject": data["subject"],
    }
    match data["action"]:
        case Action.CANCEL_VISIT:
            return _("The joint visit is cancelled: %(subject)s (%(at)s, %(place)s)") % words
        case Action.REMIND:
            return _("Reminder of a joint visit: %(subject)s (%(at)s, %(place)s)") % words
        case _action:
            return _("You are invited to a joint visit: %(subject)s (%(at)s, %(place)s)") % words


def visit_notice(
    key: str, person: int, action: str, visit: int, told: Mapping[str, Any]
) -> NewNotice:
    """A notice of an appointment, which leads to the appointment and not to the task."""
    data = {name: told[name] for name in ("starts_at", "place", "subject")} | {"action": action}
    return NewNotice(VISIT, key, person, reverse("tasks:visit", args=[visit]), data)


KINDS = (
    NoticeKind(EMERGENCY, gettext_lazy("emergency"), _text, urgent=True),
    NoticeKind(WORK, gettext_lazy("a task is yours to act on"), _text),
    NoticeKind(URGED, gettext_lazy("somebody urges you"), _text),
    NoticeKind(LIMIT, gettext_lazy("a limit comes or has passed"), _text),
    NoticeKind(
        SAID, gettext_lazy("a remark on your task"), _text, NoticeWay.PORTAL, for_residents=True
    ),
    NoticeKind(RATED, gettext_lazy("your work was rated"), _text, NoticeWay.PORTAL),
    NoticeKind(OFFERED, gettext_lazy("a task near you is open to take"), _text, NoticeWay.PORTAL),
    NoticeKind(MINE, gettext_lazy("your own report"), _own_text, for_residents=True),
    NoticeKind(
        FOLLOWED, gettext_lazy("a report that you follow"), _followed_text, for_residents=True
    ),
    NoticeKind(VISIT, gettext_lazy("a joint visit on the spot"), _appointment),
)


def notify_of_events(now: datetime) -> int:
    """Tells people of what stands on the timelines since the last time; answers how many notices."""
    parts = Prefetch("task__assignments", Assignment.objects.order_by("round", "-role", "pk"))
    events = Event.objects.select_related("task__unit", "task__category").prefetch_related(parts)
    return notify_audiences(SPECIFICATIONS, events, _notice, bookmark=BOOKMARK, now=now)


def _notice(kind: str, event: Event, person: int) -> NewNotice:
    task, key = event.task, f"task-event:{event.pk}"
    if kind == VISIT:
        return visit_notice(key, person, event.action, event.data["visit"], event.data)
    data = {
        "action": event.action,
        "number": task.number,
        "title": task.title,
        "place": task.unit.path_name,
        "to": event.to_status,
    }
    if kind == FOLLOWED:
        # Of a neighbour's report its kind and place, neither words nor number.
        names = {"kind": task.category.name, "kind_en": task.category.name_en}
        data |= names | {"title": "", "number": ""}
        joined = task.reporter_id != person and Task.objects.filter(
            merged_into=task, reporter=person
        )
        own = joined.first() if joined else None
        link = (
            reverse("tasks:task", args=[own.number])
            if own
            else reverse("tasks:followed", args=[task.pk])
        )
        return NewNotice(kind, key, person, link, data)
    if "limit" in event.data:
        data["limit"] = event.data["limit"]
    link = reverse("tasks:task", args=[task.number])
    return NewNotice(kind, key, person, link, data)
