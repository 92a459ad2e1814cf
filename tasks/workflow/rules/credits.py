"""What a task is worth to whoever did or reported it: `volunteers.service` books, this calls down."""

from typing import TYPE_CHECKING

from tasks.enums import Action, Ending, Status
from volunteers.service.accounts import work_orders

if TYPE_CHECKING:
    from tasks.workflow.rules.workflow import TaskStep

# Taken up by the authorities: from here on a report is an accepted one.
_ACCEPTED = frozenset({Status.HANDLING, Status.OFFERED, Status.WHISTLED})
_NOT_YET = frozenset({Status.SUBMITTED, Status.DECLINED})


def settle(step: "TaskStep") -> None:
    """Books what a step makes due, in its transaction: work closed, taken up again, reports accepted."""
    task = step.task
    if step.target is None or step.target == step.source:
        return
    if step.source == Status.CLOSED:
        work_orders.take_work_back(number=task.number, reason=step.text[:300], now=step.now)
    elif step.target == Status.CLOSED and task.ending != Ending.MERGED:
        _credit(step)
    _reward_report(step)


def _credit(step: "TaskStep") -> None:
    task = step.task
    if task.worked_from != Status.TAKEN or task.taker is None or task.resolved_at is None:
        return
    if step.action == Action.RATE and not step.data["resolved"]:
        return
    confirmed_by = step.account
    if step.action != Action.CONFIRM:
        last = task.events.filter(action=Action.CONFIRM).select_related("by").order_by("-pk")
        confirmed_by = last[0].by
    work_orders.credit_work(
        number=task.number,
        unit=task.unit,
        taker=task.taker,
        minutes=task.offered_minutes or 0,
        points=task.offered_points or 0,
        done_at=task.resolved_at,
        text=task.category.name,
        approved_by=confirmed_by,
        now=step.now,
    )


def _reward_report(step: "TaskStep") -> None:
    task = step.task
    if task.reporter_id is None:
        return
    if step.source in _NOT_YET and step.target in _ACCEPTED:
        work_orders.award_report(
            task=task.pk, reporter=task.reporter_id, text=task.category.name, now=step.now
        )
    elif step.source not in _NOT_YET and (
        step.target == Status.WITHDRAWN or task.ending == Ending.MERGED
    ):
        work_orders.take_report_back(
            task=task.pk, reporter=task.reporter_id, text=task.category.name, now=step.now
        )
