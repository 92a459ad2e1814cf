"""What is open now: tasks by state and light, topics by stage."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from governance.dashboards.counting.places import PLACE, Boards, Sums, at_places, make_missing
from governance.dashboards.counting.rows import reckoning, replace
from governance.dashboards.enums import Part
from governance.dashboards.models import Board
from residents.deliberation.enums import FINAL_STAGES, TopicStage
from residents.deliberation.models import Topic
from tasks.enums import ACTIVE_ASSIGNMENT, AT_WORK, OPEN, WITH_DEPARTMENTS, Status
from tasks.models import Assignment, Task
from tasks.workflow.limits.limits import late, nearly_due

STAGES = tuple(stage for stage in TopicStage if stage not in FINAL_STAGES)
OF_DEPARTMENTS = ("open", "late", "soon", "urgent", "departments")
OF_TASKS = (*OF_DEPARTMENTS, "submitted", "whistled", "rating")
OF_TOPICS = (*(stage.value for stage in STAGES), "topics_late")


def count(now: datetime) -> int | None:
    """Counts all that is open, whole; answers how many dashboards changed, None where it is newer."""
    with reckoning(Part.NOW, now) as is_due:
        if not is_due:
            return None
        make_missing()
        sums = sums_of(Boards.all(), now)
        wanted = {
            (pk,): {name: sums[pk][name] for name in (*OF_TASKS, *OF_TOPICS)}
            for pk in Board.objects.order_by().values_list("pk", flat=True)
        }
        return replace(Board.objects.all(), ("pk",), wanted)


def sums_of(boards: Boards, now: datetime) -> Sums:
    """What is open at each dashboard; three statements."""
    sums: Sums = defaultdict(Counter)
    for part in (boards.rolled_up(_tasks(now)), boards.rolled_up(_topics(now))):
        for board, counts in part.items():
            sums[board].update(counts)
    for row in _led(now):
        led = boards.departments.get(row.pop("department"))
        if led is not None:
            sums[led].update(row)
    return sums


def _conditions(now: datetime) -> dict[str, Q]:
    return {
        "late": late(now),
        "soon": nearly_due(now),
        "urgent": Q(is_urgent=True, status__in=AT_WORK),
        "submitted": Q(status=Status.SUBMITTED),
        "whistled": Q(status=Status.WHISTLED),
        "departments": Q(status__in=WITH_DEPARTMENTS),
        "rating": Q(status=Status.RATING),
    }


def _tasks(now: datetime) -> Iterator[dict[str, Any]]:
    counts = {
        f"n_{name}": Count("pk", filter=condition) for name, condition in _conditions(now).items()
    }
    rows = at_places(Task.objects.filter(status__in=OPEN), "unit").order_by()
    yield from _renamed(rows.values(*PLACE).annotate(n_open=Count("pk"), **counts))


def _led(now: datetime) -> Iterator[dict[str, Any]]:
    """Tasks on which a department works, led or assisted."""
    tasks = Task.objects.filter(status__in=OPEN)
    works = Assignment.objects.filter(status__in=ACTIVE_ASSIGNMENT, task__in=tasks)
    conditions = {
        name: condition for name, condition in _conditions(now).items() if name in OF_DEPARTMENTS
    }
    counts = {
        f"n_{name}": Count("task", distinct=True, filter=_of_task(condition))
        for name, condition in conditions.items()
    }
    rows = works.order_by().values("department")
    yield from _renamed(rows.annotate(n_open=Count("task", distinct=True), **counts))


def _of_task(condition: Q) -> Q:
    """The same condition, of rows that lead to a task."""
    children: list[Any] = condition.children
    parts = [
        _of_task(part) if isinstance(part, Q) else (f"task__{part[0]}", part[1])
        for part in children
    ]
    return Q(*parts, _connector=condition.connector, _negated=condition.negated)


def _topics(now: datetime) -> Iterator[dict[str, Any]]:
    counts = {f"n_{stage}": Count("pk", filter=Q(stage=stage)) for stage in STAGES}
    rows = at_places(Topic.objects.exclude(stage__in=FINAL_STAGES), "unit").order_by()
    late_ones = Count("pk", filter=Q(due_by__lt=now))
    yield from _renamed(rows.values(*PLACE).annotate(n_topics_late=late_ones, **counts))


def _renamed(rows: Any) -> Iterator[dict[str, Any]]:
    """Counts without the prefix that keeps them apart from columns."""
    return ({name.removeprefix("n_"): value for name, value in row.items()} for row in rows)
