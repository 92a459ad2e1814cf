"""Work for members and volunteers (点单派单接单): offer, take back, take, give back."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from orgs.errors import Refused
from tasks.enums import WITH_DEPARTMENTS, Action, AssignmentStatus
from tasks.models import Task
from tasks.workflow.rules.workflow import WORKFLOW, TaskStep, change
from volunteers.service.accounts.work_orders import most_minutes

if TYPE_CHECKING:
    from tasks.workflow.rules.relations import Actor


def offer(
    *,
    task: Task,
    by: "Actor",
    now: datetime,
    minutes: int | None = None,
    points: int | None = None,
) -> Task:
    """Offers a task to the members and volunteers reported in at its place.

    Raises Refused (`too_many_minutes`) for more minutes than the rule in force credits.
    """
    with WORKFLOW.step(Action.OFFER, task, by=by, now=now) as move:
        if minutes and minutes > (most := most_minutes()):
            message = _("At most %(most)d minutes are credited for one work order.") % {
                "most": most
            }
            raise Refused(message, code="too_many_minutes", field="minutes")
        move.task.offered_by_id, move.task.offered_as = by.pk, move.who
        move.task.offered_minutes, move.task.offered_points = minutes, points
        move.data = {"minutes": minutes, "points": points}
        return move.task


def recall(*, task: Task, by: "Actor", now: datetime) -> Task:
    """Takes back what was handed out: the community an offer, the street a dispatch."""
    with WORKFLOW.step(Action.RECALL, task, by=by, now=now) as move:
        if move.task.status in WITH_DEPARTMENTS:
            end_dispatch(move)
        else:
            clear_offer(move.task)
        return move.task


def take(*, task: Task, by: "Actor", now: datetime) -> Task:
    """A member or volunteer takes an offered task."""
    with WORKFLOW.step(Action.TAKE, task, by=by, now=now) as move:
        move.task.taker_id = by.pk
        return move.task


def drop(*, task: Task, reason: str, by: "Actor", now: datetime) -> Task:
    """Gives a taken task back to the offered ones."""
    with WORKFLOW.step(Action.DROP, task, by=by, now=now) as move:
        move.task.taker = None
        move.text = reason
        return move.task


def clear_offer(task: Task) -> None:
    """Forgets to whom and on what terms a task was offered."""
    task.taker = task.offered_by = None
    task.offered_minutes = task.offered_points = None
    task.offered_as = ""


def end_dispatch(move: TaskStep) -> None:
    """Ends all assignments and pending requests; the task waits for another dispatch."""
    task = move.task
    active = [part for part in task.assignments.all() if part.is_active]
    change(active, status=AssignmentStatus.ENDED, ended_at=move.now)
    change(task.undecided(), granted=False, decided_at=move.now)
