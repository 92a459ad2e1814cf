"""“I have met it too”: following a neighbour's report, whose names stay hidden."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.enums import Role
from orgs.errors import Refused
from tasks.enums import PRIVATE_RELATIONS, Action, Who
from tasks.models import Event, Follow, Task
from tasks.reports import progress
from tasks.workflow.specification import SPECIFICATIONS

if TYPE_CHECKING:
    from orgs.models import User

SALT = "tasks.follow"
# Seconds for which an offer to follow is good: as long as somebody may take over a form.
LASTS = 86_400


def offer(task: Task) -> str:
    """What lets somebody to whom a likely duplicate is shown follow it, without its number."""
    return signing.dumps(task.pk, salt=SALT)


def offered(token: str) -> int | None:
    """The key of the report that was offered; None for what is no good offer."""
    try:
        return int(signing.loads(token, salt=SALT, max_age=LASTS))
    except (signing.BadSignature, TypeError, ValueError):
        return None


@transaction.atomic
def follow(*, task: Task, by: "User", now: datetime) -> Follow:
    """Follows a report; again is the same. Raises Refused for one's own and for one that has ended."""
    if task.reporter_id == by.pk:
        raise Refused(_("This is your own report."), code="own_report")
    row = Follow.objects.filter(task=task, user=by).first()
    if row:
        return row
    if not task.is_open:
        raise Refused(_("This report has ended: send your own."), code="ended")
    row, is_new = Follow.objects.get_or_create(task=task, user=by, defaults={"at": now})
    if is_new:
        audit.record("tasks.follow", by=by, obj=task, now=now)
    return row


@transaction.atomic
def unfollow(*, task: Task, by: "User", now: datetime) -> None:
    """Follows a report no longer."""
    if Follow.objects.filter(task=task, user=by).delete()[0]:
        audit.record("tasks.unfollow", by=by, obj=task, now=now)


def followed_by(user: "User") -> QuerySet[Task]:
    """The reports that somebody follows."""
    return Task.objects.filter(follows__user=user)


def count(task: Task) -> int:
    """How many others met it too: who follows it, and whose report was merged into it."""
    return Follow.objects.filter(task=task).count() + Task.objects.filter(merged_into=task).count()


def nameless_story(task: Task) -> list[dict[str, Any]]:
    """What became of a report, for whoever is not its reporter: roles and results, no person's words."""
    return [
        {
            "what": event.get_action_display(),
            "who": _role(event),
            "at": event.at,
            "detail": "",
            "text": event.text if _is_public(event) else "",
        }
        for event in progress.public_events(task)
    ]


def _role(event: Event) -> str:
    if event.department:
        return event.department.short_name
    return str(Role(event.office).label if event.office else Who(event.who).label)


def _is_public(event: Event) -> bool:
    """What an office wrote for everybody to read; a private person's words stay between them."""
    return event.who not in PRIVATE_RELATIONS and SPECIFICATIONS[Action(event.action)].is_public
