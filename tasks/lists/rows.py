"""A task as one row of a list: light, number, title, place, who has it, time left, one next step."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from orgs.calendar.working_time import calendar
from orgs.scoping import reach_of
from orgs.templatetags.portal import left
from tasks.enums import AT_WORK, Action, AssignmentRole, Light, LimitKind, Status
from tasks.models import Assignment, Task
from tasks.workflow.limits.clock import QUARTERS
from tasks.workflow.next_action import next_action
from tasks.workflow.rules.relations import Handed, handed, parts_of
from tasks.workflow.specification import SPECIFICATIONS
from tasks.workflow.states import holder

if TYPE_CHECKING:
    from orgs.models import User


@dataclass(frozen=True)
class Row:
    task: Task
    light: Light | None
    # The limit that the light speaks of, and which it is; None where none runs.
    limit: datetime | None
    limit_name: str
    # What `Task.moved_at` says where no limit runs.
    moved_name: str
    holder: str
    # How the hotline's own limit stands; None for what is no ticket of it.
    reply: Light | None
    # Without the street for those who work in one street only.
    place: str
    url: str
    step: Action | None
    step_url: str
    now: datetime
    # As what the reader's department was called, if it was.
    role: str = ""
    # To whom of the reader's own office it was handed.
    handed: Handed | None = None
    is_mine: bool = False

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


class OwnLimit(NamedTuple):
    """The limit that runs for the reader, which it is, its light, and as what a department works."""

    kind: LimitKind | None
    at: datetime | None
    light: Light | None
    role: str = ""


def own_limit(task: Task, user: "User", now: datetime) -> OwnLimit:
    """The task's limit; an assisting department's is its own: to report in, then to be done."""
    running = LimitKind(task.limit_kind) if task.limit_kind else None
    of_task = OwnLimit(running, task.limit_at, task.light(now))
    part = next(iter(parts_of(task, user)), None)
    if part is None:
        return of_task
    role = str(part.get_role_display())
    if part.role == AssignmentRole.LEAD:
        return of_task._replace(role=role)
    if not part.is_active:
        return OwnLimit(None, None, None, role)
    if part.reported_in_at is None:
        kind, limit = LimitKind.REPORT_IN, part.report_in_by
    else:
        kind, limit = LimitKind.RESOLVE, task.resolve_by
    return OwnLimit(kind, limit, _light(task, part, kind, limit, now), role)


def _light(
    task: Task, part: Assignment, kind: LimitKind, limit: datetime | None, now: datetime
) -> Light | None:
    if limit is None or task.whistle_rule is None:
        return None
    if now > limit:
        return Light.RED
    unit = task.whistle_rule.span(kind).unit
    reminded = calendar().part_of(part.dispatched_at, limit, unit, QUARTERS)
    return Light.YELLOW if now > reminded else Light.GREEN


_SINCE = gettext_lazy("here since")
_MOVED = {
    Status.RESOLVED: gettext_lazy("reported as done"),
    Status.RATING: gettext_lazy("confirmed"),
    Status.CLOSED: gettext_lazy("closed"),
    Status.DECLINED: gettext_lazy("not taken up"),
    Status.WITHDRAWN: gettext_lazy("withdrawn"),
}
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
        mine = own_limit(task, user, now)
        place = f"{task.unit.path_name} · {task.spot}" if task.spot else task.unit.path_name
        step = next_action(task, user, late=late)
        handed_to = handed(task, user)
        rows.append(
            Row(
                task=task,
                light=mine.light,
                limit=mine.at,
                limit_name=str(mine.kind.label) if mine.kind else "",
                moved_name=str(_MOVED.get(Status(task.status), _SINCE)),
                holder=holder(task),
                reply=task.reply_light(now),
                place=(place.partition(" ")[2] or place) if short else place,
                url=page.replace(_NUMBER, task.number),
                step=step,
                now=now,
                step_url=act.replace(_NUMBER, task.number).replace(_STEP, step) if step else "",
                role=mine.role,
                handed=handed_to,
                is_mine=handed_to is not None and handed_to.is_mine(user),
            )
        )
    return rows
