"""The posting of results (公示): it ends by itself, once its days are over and objections answered."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from orgs.errors import WrongState
from orgs.models import User
from orgs.workflow.transitions import SYSTEM
from residents.deliberation.enums import PollAction, PollState
from residents.deliberation.models import Poll
from residents.deliberation.polls.course.workflow import WORKFLOW


def end_posting(*, poll: Poll, by: User | Any, now: datetime) -> Poll:
    """Writes down that the posting of a result is over.

    Raises WrongState before its last day has passed, and `objections_waiting`.
    """
    with WORKFLOW.step(PollAction.END_POSTING, poll, by=by, now=now) as step:
        step.row.posting_ended_at = now
        step.data = {"objections": step.row.objections.count()}
    return step.row


def end_due_postings(now: datetime) -> int:
    """Ends every posting that is over; answers how many."""
    due = Poll.objects.filter(
        state=PollState.PUBLISHED, posting_ended_at=None, posted_until__lt=timezone.localdate(now)
    )
    ended = 0
    for poll in due.select_related("unit").order_by("posted_until"):
        try:
            end_posting(poll=poll, by=SYSTEM, now=now)
            ended += 1
        except WrongState:  # an objection waits, or another worker was faster
            continue
    return ended
