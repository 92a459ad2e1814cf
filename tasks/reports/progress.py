"""The public progress page: finding one's report by number and telephone, without an account."""

import hmac
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import (
    Case,
    DateTimeField,
    F,
    PositiveSmallIntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.utils.translation import gettext as _

from orgs.accounts import one_time_codes
from orgs.errors import Refused
from orgs.models import Attachment
from tasks.enums import Action, Who
from tasks.models import Event, Task
from tasks.workflow import queries, timeline
from tasks.workflow.rules.relations import VerifiedReporter
from tasks.workflow.rules.transitions import TRANSITIONS
from tasks.workflow.rules.workflow import WORKFLOW
from tasks.workflow.specification import SPECIFICATIONS

MAX_FAILURES = 5
LOCKED_FOR = timedelta(hours=1)
PROOF_LASTS = timedelta(minutes=30)
LAST_DIGITS = 4
VISITOR = AnonymousUser()
# What a reporter without an account may do after a code: what moves the own report, urging, adding.
STEPS = (
    *(
        action
        for action, transitions in TRANSITIONS.items()
        if any(Who.REPORTER in transition.who and transition.target for transition in transitions)
    ),
    Action.URGE,
    Action.COMMENT,
)


def look_up(*, number: str, digits: str, now: datetime) -> Task:
    """The report with this number, if the digits end its contact's telephone.

    The number may be the hotline's. A report without a telephone is found by its own number alone:
    numbers of the hotline follow each other. Raises Refused with one and the same
    sentence for an unknown number, wrong digits and a locked number. Call it outside of a
    transaction, or the count of tries is lost with it.
    """
    number = number.strip()
    own = Q(number=number.upper())
    of_hotline = Q(outside_number=number) & ~Q(contact_phone_index="")
    task = queries.whole(Task.objects.filter(own | of_hotline)).first() if number else None
    if task is None:
        raise _no_match()
    if not task.contact_phone:
        return task
    if not _count_try(task, now):
        raise _no_match()
    if not hmac.compare_digest(task.contact_phone[-LAST_DIGITS:].encode(), digits.strip().encode()):
        raise _no_match()
    Task.objects.filter(pk=task.pk).update(lookup_failures=0, lookup_locked_until=None)
    return task


def _count_try(task: Task, now: datetime) -> bool:
    """Counts a try before it is judged; False while locked.

    One UPDATE, so that of many tries at once only five are judged. The fifth locks; a right one
    unlocks again.
    """
    # Past a lock the count begins anew.
    failures = Case(
        When(lookup_locked_until__isnull=False, then=Value(1)),
        default=F("lookup_failures") + 1,
        output_field=PositiveSmallIntegerField(),
    )
    counted = (
        Task.objects.filter(pk=task.pk)
        .filter(Q(lookup_locked_until=None) | Q(lookup_locked_until__lte=now))
        .update(
            lookup_failures=failures,
            lookup_locked_until=Case(
                When(
                    lookup_locked_until=None,
                    lookup_failures__gte=MAX_FAILURES - 1,
                    then=Value(now + LOCKED_FOR),
                ),
                default=None,
                output_field=DateTimeField(),
            ),
        )
    )
    return bool(counted)


def _no_match() -> Refused:
    return Refused(
        _(
            "No report has this number and these digits, or there were five wrong tries."
            " Check both, or try again in an hour."
        ),
        code="no_match",
    )


def public_events(task: Task) -> QuerySet[Event]:
    """What the public may read of a task's story: neither remarks nor what is internal."""
    return queries.timeline(task, internal=False).exclude(action=Action.COMMENT)


def public_story(task: Task) -> list[dict[str, Any]]:
    """The public entries as anybody may read them: private people's names masked."""
    return [
        {
            "what": event.get_action_display(),
            "who": timeline.author(event, task, VISITOR),
            "at": event.at,
            "detail": WORKFLOW.sentence(event, internal=False),
            "text": event.text if SPECIFICATIONS[Action(event.action)].is_public else "",
        }
        for event in public_events(task)
    ]


def own_words(task: Task) -> list[str]:
    """What the reporter added without an account, the oldest first."""
    added = Event.objects.filter(task=task, action=Action.COMMENT, who=Who.REPORTER, by=None)
    return [event.text for event in added.order_by("pk")]


def photos(task: Task) -> tuple[list[Attachment], list[Attachment]]:
    """What the reporter's page shows of a report: photos from before the work, and of its result."""
    return timeline.before_and_after(queries.timeline(task, internal=False))


def goes_on_as(task: Task) -> Task | None:
    """The task under which a merged report goes on, however often that was merged again."""
    last = task.merged_into
    while last and last.merged_into:
        last = last.merged_into
    return last


def open_steps(task: Task) -> list[Action]:
    """What the reporter could do now, once the telephone is proven."""
    if not task.contact_phone:
        return []
    reporter = VerifiedReporter(task_id=task.pk)
    return [
        option.action
        for option in WORKFLOW.options(task, reporter)
        if option.is_open and option.action in STEPS
    ]


def send_code(*, task: Task, now: datetime) -> None:
    """Sends a code to the telephone that was left. Raises Refused for a landline, TooOften."""
    one_time_codes.send_code(phone=task.contact_phone, purpose=_purpose(task), now=now)


def prove(*, task: Task, code: str, now: datetime) -> datetime:
    """Checks a code; until when the proof lasts. Raises Refused for a wrong one."""
    one_time_codes.check_code(phone=task.contact_phone, purpose=_purpose(task), code=code, now=now)
    return now + PROOF_LASTS


def _purpose(task: Task) -> str:
    return f"task:{task.number}"
