"""A task as one row of a list: light, number, title, place, who has it, time left, one next step."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from orgs.scoping import reach_of
from orgs.templatetags.portal import left
from tasks.enums import AT_WORK, Action, Light
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
    # How the hotline's own limit stands; None for what is no ticket of it.
    reply: Light | None
    # Without the street for those who work in one street only.
    place: str
    url: str
    step: Action | None
    step_url: str
    now: datetime

    @property
    def reply_words(self) -> str:
        """The hotline's limit in words: until when, or how late."""
        assert self.task.reply_by is not None
        if self.task.resolved_at or self.task.closed_at:
            return gettext("answered late") if self.reply == Light.RED else gettext("answered")
        return gettext("answer: %(left)s") % {"left": left(self.task.reply_by, self.now)}

    @property
    def urgent(self) -> bool:
        """An emergency on which somebody still has to act."""
        return self.task.is_urgent and self.task.status in AT_WORK

    @property
    def one_click(self) -> bool:
        return self.step is not None and SPECIFICATIONS[self.step].is_one_click


# Stands in an address for what a row puts there.
_NUMBER, _STEP = "-number-", "-step-"


def as_rows(tasks: Iterable[Task], user: "User", now: datetime) -> list[Row]:
    """Rows for one reader, without a query: see `tasks.lists.desk.with_rule`."""
    streets = {held.area.tree_id for held in reach_of(user).holdings if held.area}
    short = len(streets) == 1
    # Asked of the address table once, not twice for each row.
    page, act = reverse("tasks:task", args=[_NUMBER]), reverse("tasks:act", args=[_NUMBER, _STEP])
    rows = []
    for task in tasks:
        late = task.limit_at is not None and task.limit_at < now
        place = task.unit.path_name
        step = next_action(task, user, late=late)
        rows.append(
            Row(
                task=task,
                light=task.light(now),
                limit=task.limit_at,
                holder=holder(task),
                reply=task.reply_light(now),
                place=(place.partition(" ")[2] or place) if short else place,
                url=page.replace(_NUMBER, task.number),
                step=step,
                now=now,
                step_url=act.replace(_NUMBER, task.number).replace(_STEP, step) if step else "",
            )
        )
    return rows
