"""What the last round through a building or a compound found, as forms of inspections ask for it."""

from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from governance.data_forms.enums import Subject
from governance.data_forms.fields.registry import Field, Read, register
from orgs.models import Unit
from tasks.enums import PatrolItem
from tasks.models import Patrol

if TYPE_CHECKING:
    from orgs.models import User

# What stands in a form where a round found nothing.
ALL_WELL, NOTHING_TO_DO = "未发现隐患", "无需整改"
_OF = (Subject.BUILDING, Subject.COMPOUND)


def latest(keys: list[int], subject: Subject, user: "User") -> dict[int, Patrol]:
    """The last round in sight through each unit, or what lies in it; two statements."""
    if subject not in _OF:
        return {}
    inside = Q(unit=OuterRef("pk")) | Q(unit__parent=OuterRef("pk"))
    rounds = Patrol.objects.visible_to(user).filter(inside).order_by("-at", "-pk")
    last = dict(
        Unit.objects.filter(pk__in=keys)
        .order_by()
        .annotate(last=Subquery(rounds.values("pk")[:1]))
        .values_list("pk", "last")
    )
    found = Patrol.objects.select_related("by").in_bulk([key for key in last.values() if key])
    return {unit: found[key] for unit, key in last.items() if key}


def _of_round(read: Read) -> Read:
    return lambda line: read(line.round) if line.round else None


def _items(patrol: Patrol) -> str:
    names = dict(PatrolItem.choices)
    return "、".join(str(names[item]) for item in patrol.items if item in names)


def _what(name: str, nothing: str) -> Read:
    """A text of a round with a finding; `nothing` where all was well."""

    def read(patrol: Patrol) -> Any:
        return getattr(patrol, name) if patrol.finding else nothing

    return read


def _field(subject: Subject, code: str, read: Read, *headings: str) -> Field:
    return Field(f"{subject.value}.{code}", subject, headings, _of_round(read))


for _subject in _OF:
    register([
        _field(_subject, "round_on", lambda patrol: timezone.localdate(patrol.at), "排查日期", "检查日期",
               "巡查日期", "排查时间", "检查时间"),
        _field(_subject, "round_by", lambda patrol: patrol.by.name, "排查人", "检查人", "巡查人", "排查人员",
               "检查人员", "巡查人员"),
        _field(_subject, "round_items", _items, "排查内容", "检查内容", "检查项目", "排查项目"),
        _field(_subject, "round_found", lambda patrol: "是" if patrol.finding else "否", "是否存在隐患",
               "是否有隐患", "是否发现问题"),
        _field(_subject, "finding", _what("finding", ALL_WELL), "存在隐患", "隐患描述", "隐患情况",
               "存在问题", "发现问题", "主要隐患"),
        _field(_subject, "advice", _what("advice", NOTHING_TO_DO), "整改措施", "整改建议", "处理意见",
               "处置措施"),
        _field(_subject, "due_on", lambda patrol: patrol.due_on, "整改期限", "整改时限", "限期整改日期"),
        _field(_subject, "result", _what("result", NOTHING_TO_DO), "整改情况", "复查结果", "整改结果",
               "整改完成情况"),
    ])  # fmt: skip
