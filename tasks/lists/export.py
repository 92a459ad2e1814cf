"""The roster of residents' demands (居民诉求登记表) as a workbook, as communities keep it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, TYPE_CHECKING, Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, TooLarge
from orgs.imports.workbooks import spreadsheets
from orgs.units.queries import PatrolAreas, patrol_area_of, patrol_areas
from orgs.values import phones
from tasks.enums import DeclineReason, Outcome, Permission, Stars, Status
from tasks.models import Event, Task
from tasks.workflow import timeline
from tasks.workflow.queries import rows
from tasks.workflow.rules.workflow import WORKFLOW
from tasks.workflow.specification import those

if TYPE_CHECKING:
    from orgs.models import User

# The headings that communities have on paper, in their order.
TITLE = "居民诉求登记表"
HEADINGS = (
    "序号",
    "登记日期",
    "诉求人姓名",
    "联系电话",
    "居住地址",
    "网格",
    "诉求类型",
    "诉求内容",
    "受理人",
    "处理措施",
    "处理结果",
    "完成日期",
    "满意度",
    "备注",
)
MAX_ROWS = 20_000
# So many tasks are read at a time, with six statements.
CHUNK = 500
# Who first took a report in hand, and the entries that are no measure.
_TAKING_ON = those(lambda specification: specification.takes_on)
_NO_MEASURE = those(lambda specification: not specification.is_measure)


@dataclass(frozen=True)
class TaskWorkbook:
    """A workbook to be sent, and how many tasks it holds."""

    file: IO[bytes]
    rows: int


def export(
    *, tasks: QuerySet[Task], filters: Mapping[str, str], by: "User", now: datetime
) -> TaskWorkbook:
    """Writes the roster of some tasks, which `by` has to see, the oldest first.

    `filters` says for the audit how the tasks were chosen. Raises NotAllowed for those who keep no
    roster, TooLarge for more than `MAX_ROWS` tasks.
    """
    if not by.has_perm(Permission.EXPORT_LEDGER):
        raise NotAllowed(_("You may not export this roster."))
    count = tasks.order_by()[: MAX_ROWS + 1].count()
    if count > MAX_ROWS:
        raise TooLarge(
            _(
                "At most %(count)d tasks go into one sheet: narrow the filters, for example the dates."
            )
            % {"count": MAX_ROWS}
        )
    file = spreadsheets.stream(HEADINGS, _lines(tasks, by), TITLE)
    kept = {name: _without_numbers(value) for name, value in filters.items() if value}
    audit.record("tasks.export-ledger", by=by, now=now, detail={"filters": kept, "rows": count})
    return TaskWorkbook(file, count)


def _without_numbers(text: str) -> str:
    """What was searched for, without telephone numbers in clear."""
    return re.sub(r"\d{7,}", lambda number: phones.mask(number[0]), text)


def _lines(tasks: QuerySet[Task], by: "User") -> Iterator[list[Any]]:
    number = 0
    for chunk in _chunks(tasks):
        grids = patrol_areas({task.unit.tree_id for task in chunk})
        for task in chunk:
            number += 1
            yield [number, *_line(task, by, grids)]


def _chunks(tasks: QuerySet[Task]) -> Iterator[Sequence[Task]]:
    """The tasks by key, with their stories: memory and each statement stay small."""
    story = Event.objects.filter(internal=False).exclude(action__in=_NO_MEASURE)
    whole = (
        rows(tasks)
        .select_related("unit", "category", "merged_into")
        .defer(None)
        .prefetch_related(
            Prefetch("events", story.select_related("by", "department"), to_attr="story"),
            "ratings",
        )
        .order_by("pk")
    )
    last = 0
    while chunk := list(whole.filter(pk__gt=last)[:CHUNK]):
        yield chunk
        last = chunk[-1].pk


def _line(task: Task, by: "User", grids: PatrolAreas) -> list[Any]:
    name, phone = timeline.contact_for(task, by)
    story: list[Event] = task.story  # type: ignore[attr-defined]  # prefetched
    took_on = next((event for event in story if event.action in _TAKING_ON), None)
    return [
        _day(task.received_at or task.created_at),
        name,
        phone,
        task.unit.path_name,
        patrol_area_of(task.unit, grids),
        task.category.name,
        task.text,
        timeline.author(took_on, task, by) if took_on else "",
        "\n".join(_measure(event, task, by) for event in story),
        _result(task),
        _day(task.resolved_at or task.closed_at),
        _rating(task),
        _note(task, by),
    ]


def _day(moment: datetime | None) -> date | None:
    return timezone.localdate(moment) if moment else None


def _measure(event: Event, task: Task, by: "User") -> str:
    """10-03 09:15 社区工作者 陈社工 受理: one step of the story."""
    what = capfirst(event.get_action_display())
    sentence = WORKFLOW.sentence(event, internal=False)
    when = timezone.localtime(event.at).strftime("%m-%d %H:%M")
    return f"{when} {timeline.author(event, task, by)} {what}" + (
        f" ({sentence})" if sentence else ""
    )


def _result(task: Task) -> str:
    if task.decline_reason:
        return str(DeclineReason(task.decline_reason).label)
    if not task.outcome:
        return ""
    return f"{capfirst(str(Outcome(task.outcome).label))} {task.result}".strip()


def _rating(task: Task) -> str:
    given = list(task.ratings.all())
    return str(Stars(given[-1].stars).label) if given else ""


def _note(task: Task, by: "User") -> str:
    """Under which number, how it stands, and the hotline's number for the authorities."""
    parts = [task.number, capfirst(str(Status(task.status).label))]
    if task.merged_into:
        parts.append(_("goes on under %(number)s") % {"number": task.merged_into.number})
    if task.outside_number and timeline.is_authority(task, by):
        parts.append(f"12345: {task.outside_number}")
    return " · ".join(parts)
