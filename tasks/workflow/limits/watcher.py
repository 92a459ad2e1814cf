"""Limits watched: reminders before, and who is told after, each step of each limit once.

A step is due in the row itself (`Task.next_step_at`), so nothing is lost with a message or a
sleeping machine. Rows are claimed by locking them, many at a time, and written in three statements.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import JSONObject

from orgs.audit import audit
from orgs.db.insert_select import insert_from
from tasks.enums import Action, LimitStep, Who
from tasks.models import Event, LimitStepTaken, Task

BATCH = 2000


def watch(now: datetime, *, batch: int = BATCH) -> int:
    """Takes every step that is due, and says how many. Twice, or by two at once, changes nothing."""
    taken, more = 0, True
    while more:
        steps = _take_batch(now, batch)
        taken += steps or 0
        more = steps is not None
    return taken


def _take_batch(now: datetime, batch: int) -> int | None:
    """One step for each of so many tasks; None where nothing is due (or others hold it)."""
    with transaction.atomic():
        due = Task.objects.filter(next_step_at__lte=now).order_by("next_step_at", "pk")
        keys = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:batch])
        if not keys:
            return None
        tasks = Task.objects.filter(pk__in=keys)
        # A reminder that would come after its limit is none.
        tasks.filter(limit_step=0, limit_at__lte=now).update(limit_step=LimitStep.REMIND)
        taken = insert_from(
            LimitStepTaken,
            tasks,
            task=F("pk"),
            kind=F("limit_kind"),
            due_at=F("limit_at"),
            step=F("limit_step") + 1,
            at=Value(now, LimitStepTaken._meta.get_field("at")),
        )
        if taken:
            _add_to_timelines(taken)
            audit.record("tasks.watch-limits", by=None, now=now, detail={"steps": len(taken)})
        tasks.update(
            limit_step=F("limit_step") + 1,
            next_step_at=Case(
                When(limit_step=0, then=F("limit_at")),
                When(limit_step=LimitStep.REMIND, then=F("street_at")),
                When(limit_step=LimitStep.COMMUNITY, then=F("district_at")),
                default=None,
            ),
        )
        return len(taken)


def _add_to_timelines(taken: list[int]) -> None:
    """Puts the steps just taken on the timelines; a reminder is among the authorities.

    They are chosen by their keys: of rows that a transaction has just made the database knows no
    numbers yet, so that by anything else it would look through all of them for each.
    """
    reminds = Q(step=LimitStep.REMIND)
    insert_from(
        Event,
        LimitStepTaken.objects.filter(pk__in=taken),
        task=F("task_id"),
        action=Case(
            When(reminds, then=Value(Action.REMIND.value)),
            default=Value(Action.ESCALATE.value),
            output_field=CharField(),
        ),
        by=Value(None, Event._meta.get_field("by")),
        who=Value(Who.SYSTEM.value),
        office=Value(""),
        department=Value(None, Event._meta.get_field("department")),
        at=F("at"),
        text=Value(""),
        from_status=F("task__status"),
        to_status=F("task__status"),
        internal=Case(When(reminds, then=Value(True)), default=Value(False)),
        data=JSONObject(limit=F("kind"), step=F("step")),
    )
