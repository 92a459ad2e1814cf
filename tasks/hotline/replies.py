"""The answers to hotline tickets as a workbook: the columns of its own sheet, then what was done."""

from collections.abc import Iterator
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.errors import NotAllowed, TooLarge
from orgs.imports.workbooks import spreadsheets
from tasks.enums import Action, Channel, DeclineReason, Light, Outcome, Permission, Stars
from tasks.hotline.roster import COLUMNS
from tasks.models import Event, Task
from tasks.workflow import timeline
from tasks.workflow.queries import rows
from tasks.workflow.states import holder, receiver

if TYPE_CHECKING:
    from orgs.models import User

TITLE = "热线工单回复表"
HEADINGS = (
    *(column.heading for column in COLUMNS),
    "承办单位",
    "联系诉求人时间",
    "办理结果",
    "答复内容",
    "办结时间",
    "是否按时",
    "满意度",
    "平台编号",
)
MAX_ROWS = 20_000
CHUNK = 500


def export(*, tasks: QuerySet[Task], by: "User", now: datetime) -> IO[bytes]:
    """Writes the answers to the hotline tickets among some tasks, which `by` has to see.

    Raises NotAllowed for those who enter no tickets, TooLarge for more than `MAX_ROWS` of them.
    """
    if not by.has_perm(Permission.IMPORT_HOTLINE):
        raise NotAllowed(_("You may not export these answers."))
    tickets = tasks.filter(channel=Channel.HOTLINE).order_by()
    count = tickets[: MAX_ROWS + 1].count()
    if count > MAX_ROWS:
        message = _("At most %(count)d tickets go into one sheet: narrow the filters.")
        raise TooLarge(message % {"count": MAX_ROWS})
    file = spreadsheets.stream(HEADINGS, _lines(tickets, by, now), TITLE)
    audit.record("tasks.export-replies", by=by, now=now, detail={"rows": count})
    return file


def _lines(tickets: QuerySet[Task], by: "User", now: datetime) -> Iterator[list[Any]]:
    contacts = Event.objects.filter(action=Action.CONTACT).order_by("pk")
    found = (
        rows(tickets)
        .defer(None)
        .prefetch_related(Prefetch("events", contacts, to_attr="contacts"), "ratings")
        .order_by("pk")
    )
    last = 0
    while chunk := list(found.filter(pk__gt=last)[:CHUNK]):
        for task in chunk:
            yield _line(task, by, now)
        last = chunk[-1].pk


def _line(task: Task, by: "User", now: datetime) -> list[Any]:
    name, phone = timeline.contact_for(task, by)
    contacts: list[Event] = task.contacts  # type: ignore[attr-defined]  # prefetched
    ratings = list(task.ratings.all())
    return [
        task.outside_number,
        _moment(task.received_at or task.created_at),
        task.unit.path_name,
        task.category.name,
        task.text,
        name,
        phone,
        _moment(task.reply_by),
        _handled_by(task),
        _moment(contacts[0].at) if contacts else "",
        _outcome(task),
        task.result,
        _moment(task.resolved_at or task.closed_at),
        _in_time(task, now),
        str(Stars(ratings[-1].stars).label) if ratings else "",
        task.number,
    ]


def _moment(value: datetime | None) -> str:
    """As the hotline's own sheet writes it: 2026-03-10 09:15."""
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else ""


def _handled_by(task: Task) -> str:
    lead = task.lead_part
    return lead.department.name if lead else holder(task) or receiver(task)


def _outcome(task: Task) -> str:
    if task.decline_reason:
        return str(DeclineReason(task.decline_reason).label)
    if task.outcome:
        return capfirst(str(Outcome(task.outcome).label))
    return capfirst(task.get_status_display())


def _in_time(task: Task, now: datetime) -> str:
    light, answered = task.reply_light(now), task.resolved_at or task.closed_at
    if light == Light.RED:
        return "否"
    return "是" if light and answered else ""
