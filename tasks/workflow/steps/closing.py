"""How a task ends for its reporter: rating, expiry, reopening, withdrawing; and talking on the way."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.errors import Refused, TooOften
from orgs.models import Attachment
from orgs.values.names import is_visible
from orgs.workflow.transitions import SYSTEM
from tasks.enums import PRIVATE_RELATIONS, WITH_DEPARTMENTS, Action, Ending, Status, Who
from tasks.models import Event, Rating, Task
from tasks.workflow.rules.relations import relations
from tasks.workflow.rules.workflow import WORKFLOW, ended
from tasks.workflow.steps.offers import clear_offer

if TYPE_CHECKING:
    from tasks.workflow.rules.relations import Actor

# Whoever urges again so soon says nothing new; a reporter's one tap is good for a day.
URGE_PAUSE = timedelta(minutes=30)
# After this, a task that nobody rated is closed as "not rated".
RATING_DAYS = 7


@transaction.atomic
def rate(
    *,
    task: Task,
    contacted: bool,
    resolved: bool,
    stars: int,
    by: "Actor",
    now: datetime,
    text: str = "",
    again: bool = False,
) -> Task:
    """The reporter rates the result (1-5 stars), or call-back staff enter what they were told.

    `again`: the reporter has it taken up again at once, with the words of the rating.
    """
    with WORKFLOW.step(Action.RATE, task, by=by, now=now) as move:
        called_back = move.who != Who.REPORTER
        Rating.objects.create(
            task=move.task,
            department_id=_worked(move.task),
            contacted=contacted,
            resolved=resolved,
            stars=stars,
            text=text,
            by_id=by.pk,
            called_back=called_back,
            at=now,
        )
        ended(move, Ending.RATED)
        move.text = text
        move.data = {
            "contacted": contacted,
            "resolved": resolved,
            "stars": stars,
            "called_back": called_back,
        }
    if again:
        return reopen(task=move.task, reason=text or _("Rated as not solved."), by=by, now=now)
    return move.task


def _worked(task: Task) -> int | None:
    """The department whose work is rated, None for others' work."""
    lead = task.lead_part if task.worked_from in WITH_DEPARTMENTS else None
    return lead.department_id if lead else None


def expire(*, task: Task, now: datetime) -> Task:
    """Closes a task that waited too long for its rating. Raises WrongState if it no longer waits."""
    with WORKFLOW.step(Action.EXPIRE, task, by=SYSTEM, now=now) as move:
        ended(move, Ending.NOT_RATED)
        return move.task


def overdue_for_rating(now: datetime) -> QuerySet[Task, int]:
    """The keys of the tasks whose rating time has run out, the longest waiting first."""
    waiting = Task.objects.filter(
        status=Status.RATING, moved_at__lt=now - timedelta(days=RATING_DAYS)
    )
    return waiting.order_by("moved_at").values_list("pk", flat=True)


def reopen(
    *,
    task: Task,
    reason: str,
    by: "Actor",
    now: datetime,
    attachments: Sequence[Attachment] = (),
) -> Task:
    """The reporter (or the street where there is no account) has a closed task taken up again."""
    with WORKFLOW.step(Action.REOPEN, task, by=by, now=now) as move:
        row = move.task
        row.outcome, row.result, row.resolved_at = "", "", None
        row.worked_from = row.decline_reason = ""
        row.self_confirmed = False
        clear_offer(row)
        move.text, move.attachments = reason, attachments
        return row


def withdraw(*, task: Task, by: "Actor", now: datetime, reason: str = "") -> Task:
    """The reporter takes the report back; call-back staff for whom has neither account nor mobile,
    saying who asked.

    Raises Refused (`no_reason`) for a colleague who does not say that.
    """
    with WORKFLOW.step(Action.WITHDRAW, task, by=by, now=now) as move:
        if move.who != Who.REPORTER and not is_visible(reason):
            message = _("Write who takes it back, and when they said so.")
            raise Refused(message, code="no_reason", field="reason")
        move.text = reason
        return move.task


def comment(
    *,
    task: Task,
    text: str,
    by: "Actor",
    now: datetime,
    internal: bool = False,
    attachments: Sequence[Attachment] = (),
) -> Task:
    """A remark on the timeline; an internal one is among the authorities.

    Raises Refused when somebody who stands for no authority asks for an internal one.
    """
    with WORKFLOW.step(Action.COMMENT, task, by=by, now=now) as move:
        if internal and not relations(move.task, by) - PRIVATE_RELATIONS:
            raise Refused(_("Only the authorities write internal remarks."), code="not_internal")
        move.text, move.internal, move.attachments = text, internal, attachments
        return move.task


def urge(
    *,
    task: Task,
    by: "Actor",
    now: datetime,
    text: str = "",
    attachments: Sequence[Attachment] = (),
) -> Task:
    """Asks whoever works on the task to hurry; words and photos may be left out.

    Raises TooOften for a reporter's second time on one day, and for an office's within URGE_PAUSE.
    """
    with WORKFLOW.step(Action.URGE, task, by=by, now=now) as move:
        if move.who == Who.REPORTER:
            if urged_today(task, now):
                raise TooOften(
                    _("You urged today already: it stands on the timeline. Tomorrow you can again.")
                )
        elif _urges(task).filter(at__gt=now - URGE_PAUSE, by=move.account).exists():
            raise TooOften(_("You urged within the last half hour: it stands on the timeline."))
        move.text, move.attachments = text, attachments
        return move.task


def _urges(task: Task) -> QuerySet[Event]:
    return Event.objects.filter(task=task, action=Action.URGE)


def urged_today(task: Task, now: datetime) -> bool:
    """Whether its reporter, with or without an account, has urged since midnight."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return _urges(task).filter(at__gte=midnight, who=Who.REPORTER).exists()
