"""Who left a telephone and has no account is told by short message: the number, and how it came out."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from orgs.notifications import short_messages
from orgs.notifications.short_messages import NewMessage
from orgs.workflow.notifications import AT_ONCE, STALE_AFTER
from orgs.workflow.timelines import read_events
from tasks.enums import Action, Channel, Status
from tasks.models import Event

BOOKMARK = "tasks.short-messages"
# Calls of the hotline are answered by the hotline.
_TOLD = frozenset({Channel.PASSER_BY, Channel.PHONE})


def tell(now: datetime) -> int:
    """Queues messages about what stands on the timelines since the last time; answers how many."""
    counts: list[int] = []

    def handle(batch: list[Event]) -> None:
        with override(settings.LANGUAGE_CODE):
            messages = [
                NewMessage(f"task-event:{event.pk}", event.task.contact_phone, text)
                for event in batch
                if event.at >= now - STALE_AFTER and _is_told(event) and (text := text_of(event))
            ]
        counts.append(short_messages.queue(messages, now=now))

    events = Event.objects.select_related("task")
    read_events(BOOKMARK, handle, events=events, now=now, at_once=AT_ONCE, oldest=STALE_AFTER)
    return sum(counts)


def _is_told(event: Event) -> bool:
    task = event.task
    return task.reporter_id is None and bool(task.contact_phone) and task.channel in _TOLD


def text_of(event: Event) -> str:
    """What the message says: the number, what happened, where one goes on. No name, no own words."""
    words = {
        "number": event.task.number,
        "address": f"{settings.SITE_URL}{reverse('tasks:progress')}",
    }
    match event.action:
        case Action.REPORT:
            return (
                _(
                    "Your report has arrived, number %(number)s. See how far it is at %(address)s, with"
                    " the number and the last four digits of your telephone."
                )
                % words
            )
        case Action.CONFIRM if event.to_status == Status.RATING:
            return _("%(number)s is done. Please say whether it is solved: %(address)s") % words
        case Action.CONFIRM:
            return _("%(number)s is done: %(address)s") % words
        case Action.DECLINE:
            return _("%(number)s was not taken up. Read why, or object: %(address)s") % words
        case Action.REOPEN:
            return _("%(number)s is taken up again: %(address)s") % words
        case Action.MERGE:
            return (
                _("%(number)s goes on together with a report of the same problem: %(address)s")
                % words
            )
        case Action.WITHDRAW:
            return (
                _("%(number)s was taken back. If that was not you, report it again: %(address)s")
                % words
            )
        case _action:
            return ""
