"""The roster of patrols (安全巡查记录表) as communities keep it."""

from collections.abc import Iterator
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs.audit import audit
from orgs.enums import UnitKind
from orgs.errors import TooLarge
from orgs.imports.workbooks import spreadsheets
from tasks.enums import PatrolItem
from tasks.models import Patrol

if TYPE_CHECKING:
    from orgs.models import User

MAX_ROWS = 20_000
TITLE = "安全巡查记录表"
# The headings are part of the form, in Chinese.
HEADINGS = (
    "序号", "巡查日期", "巡查区域", "巡查楼栋", "巡查人", "巡查项目", "发现问题", "整改建议", "整改期限",
    "整改结果", "复查人", "复查日期", "备注",
)  # fmt: skip


def export(*, patrols: QuerySet[Patrol], by: "User", now: datetime) -> IO[bytes]:
    """Writes the roster of some rounds, which `by` has to see, the newest first.

    Raises TooLarge for more than `MAX_ROWS` rounds.
    """
    count = patrols.order_by()[: MAX_ROWS + 1].count()
    if count > MAX_ROWS:
        raise TooLarge(
            _("At most %(count)d rounds go into one sheet: choose fewer days.")
            % {"count": MAX_ROWS}
        )
    audit.record("tasks.export-patrols", by=by, now=now, detail={"rows": count})
    return spreadsheets.stream(HEADINGS, _lines(patrols), TITLE)


def _lines(patrols: QuerySet[Patrol]) -> Iterator[list[Any]]:
    rows = patrols.select_related("unit__parent", "by", "rechecked_by", "task").order_by("-pk")
    for number, patrol in enumerate(rows.iterator(chunk_size=1000), 1):
        yield [number, *_line(patrol)]


def _line(patrol: Patrol) -> list[Any]:
    labels = dict(PatrolItem.choices)
    parent = patrol.unit.parent
    building = patrol.unit.kind == UnitKind.BUILDING
    return [
        f"{timezone.localtime(patrol.at):%Y-%m-%d %H:%M}",
        parent.path_name if building and parent else patrol.unit.path_name,
        patrol.unit.name if building else "",
        str(patrol.by),
        "、".join(str(labels.get(item, item)) for item in patrol.items),
        patrol.finding,
        patrol.advice,
        str(patrol.due_on or ""),
        patrol.result,
        str(patrol.rechecked_by or ""),
        f"{timezone.localtime(patrol.rechecked_at):%Y-%m-%d}" if patrol.rechecked_at else "",
        patrol.task.number if patrol.task else "",
    ]
