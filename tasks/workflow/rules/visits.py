"""Joint visits as they end: written down, called off, or called off with their task."""

from typing import TYPE_CHECKING, Any

from tasks.enums import FINAL, Action
from tasks.models import JointVisit

if TYPE_CHECKING:
    from tasks.workflow.rules.workflow import TaskStep


def close(visit: JointVisit, **columns: Any) -> None:
    """Ends a visit; nobody is reminded of it any more."""
    JointVisit.objects.filter(pk=visit.pk).update(remind_at=None, **columns)
    for name, value in columns.items():
        setattr(visit, name, value)


def told(visit: JointVisit) -> dict[str, Any]:
    """What the timeline keeps of an appointment, and notices say of it."""
    return {
        "visit": visit.pk,
        "starts_at": visit.starts_at.isoformat(),
        "place": visit.place,
        "subject": visit.subject,
    }


def call_off_with_task(step: "TaskStep") -> None:
    """Where a task ends, the visit that still lies ahead is called off, and those invited are told.

    One that has begun stays: whoever runs the task still writes down who came.
    """
    task = step.task
    if step.target not in FINAL:
        return
    visit = task.pending_visit
    if visit is None or visit.starts_at <= step.now:
        return
    # The portal, or a passer-by, ends a task without an account: then in the name of who arranged it.
    by = step.account.pk if step.account else visit.arranged_by_id
    close(visit, cancelled_by_id=by, cancelled_at=step.now)
    task.events.create(
        action=Action.CANCEL_VISIT,
        by=step.account,
        who=step.who,
        at=step.now,
        from_status=step.source,
        to_status=step.target,
        internal=True,
        data=told(visit),
    )
