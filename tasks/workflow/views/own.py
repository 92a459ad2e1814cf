"""The page of a report for whoever sent it: in plain sentences, what became of it and what one can do."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from orgs.accounts.sign_in import signed_in
from tasks.enums import Action, Status
from tasks.models import Event, Task
from tasks.reports import following, progress
from tasks.workflow import queries, states, timeline
from tasks.workflow.rules.workflow import WORKFLOW
from tasks.workflow.specification import SPECIFICATIONS
from tasks.workflow.steps import closing

# What stands on the page itself; everything else that is open is a quiet button.
_ON_PAGE = (Action.RATE, Action.URGE, Action.COMMENT)


def show(request: HttpRequest, row: Task) -> HttpResponse:
    """The page; the timeline is the reporter's: internal remarks are not among it."""
    user, now = signed_in(request), timezone.now()
    events = list(queries.timeline(row, internal=False))
    opened = {option.action for option in WORKFLOW.options(row, user, now) if option.is_open}
    other = progress.goes_on_as(row)
    before, after = timeline.before_and_after(events)
    context = {
        "now": now,
        "task": row,
        "trail": [(_("My reports"), reverse("tasks:mine")), (row.number, "")],
        "state": states.sentence(row),
        "next_step": states.next_step(row),
        "steps": states.reporter_steps(row),
        "before": before,
        "after": after,
        "entries": [_entry(event, row, user) for event in events],
        "ratings": list(row.ratings.all()),
        "other": other,
        "other_entries": following.nameless_story(other) if other else [],
        "met": following.count(row),
        "forms": {
            str(action.value): _form(action, row, user)
            for action in (Action.RATE, Action.COMMENT)
            if action in opened
        },
        "may_urge": Action.URGE in opened and not closing.urged_today(row, now),
        "urged": _urged(events, now),
        "more": [
            {
                "label": capfirst(str(action.label)),
                "url": reverse("tasks:act", args=[row.number, action.value]),
                "danger": action == Action.WITHDRAW,
            }
            for action in SPECIFICATIONS
            if action in opened and action not in _ON_PAGE
        ],
        "place_name": row.unit.path_name,
        "is_done": row.status in (Status.RATING, Status.CLOSED),
    }
    return render(request, "tasks/workflow/own.html", context)


def _form(action: Action, row: Task, user: Any) -> Any:
    return SPECIFICATIONS[action].form(row=row, user=user, auto_id=f"{action.value}_%s")


def _entry(event: Event, row: Task, user: Any) -> dict[str, Any]:
    return {
        "event": event,
        "what": capfirst(event.get_action_display()),
        "author": timeline.author(event, row, user),
        "detail": WORKFLOW.sentence(event, internal=False),
        "photos": [attached.attachment for attached in event.attached.all()],
    }


def _urged(events: list[Event], now: datetime) -> datetime | None:
    """When the reporter urged last."""
    own = [event.at for event in events if event.action == Action.URGE]
    return max(own, default=None)
