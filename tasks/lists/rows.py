"""A task as one row of a list: light, number, title, place, who has it, time left, one next step."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from orgs.scoping import reach_of
from tasks.enums import Action, Light
from tasks.models import Task
from tasks.workflow.next_action import next_action
from tasks.workflow.specification import SPECIFICATIONS
from tasks.workflow.states import holder

if TYPE_CHECKING:
    from orgs.models import User


@dataclass(frozen=True)
class Row:
    task: Task
    light: Light | None
    # The limit that the light speaks of; None before dispatch and once it is done.
    limit: datetime | None
    holder: str
    # Without the street for those who work in one street only.
    place: str
    step: Action | None

    @property
    def one_click(self) -> bool:
        return self.step is not None and SPECIFICATIONS[self.step].is_one_click


def as_rows(tasks: Iterable[Task], user: "User", now: datetime) -> list[Row]:
    """Rows for one reader, without a query: see `tasks.lists.desk.with_rule`."""
    streets = {held.area.tree_id for held in reach_of(user).holdings if held.area}
    return [_row(task, user, now, short=len(streets) == 1) for task in tasks]


def _row(task: Task, user: "User", now: datetime, *, short: bool) -> Row:
    limit = task.limit_at
    late = limit is not None and limit < now
    place = task.unit.path_name
    if short:
        place = place.partition(" ")[2] or place
    return Row(
        task, task.light(now), limit, holder(task), place, next_action(task, user, late=late)
    )
