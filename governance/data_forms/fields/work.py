"""What the portal knows of tasks and departments, as forms ask for it; figures come from the rates."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from governance.data_forms.enums import Subject
from governance.data_forms.fields.registry import Field, Read, register
from orgs.models import Department
from orgs.scoping import lies_in
from orgs.units.queries import patrol_area_of, patrol_areas
from tasks.enums import ACTIVE_ASSIGNMENT, AssignmentRole, RateGrouping, Stars
from tasks.models import Assignment, Task
from tasks.rates import live
from tasks.rates.rates import Rates, rates_by
from tasks.rates.scopes import Scope
from tasks.workflow import queries, timeline

if TYPE_CHECKING:
    from orgs.models import Unit, User
    from tasks.rates.periods import Period

CHUNK = 200


@dataclass(frozen=True)
class TaskLine:
    """A task with its departments and its ratings; who reported it is masked as on its page."""

    task: Any
    user: "User"
    grid: str

    @property
    def key(self) -> int:
        key: int = self.task.pk
        return key

    @property
    def name(self) -> str:
        return f"{self.task.number} · {self.task.title}"

    @property
    def unit(self) -> "Unit":
        unit: Unit = self.task.unit
        return unit

    def departments(self, role: AssignmentRole) -> str:
        """Who leads or assists, in the dispatch in force."""
        called = [
            assignment.department.short_name
            for assignment in self.task.assignments.all()
            if assignment.role == role and assignment.round == self.task.dispatch_round
        ]
        return "、".join(called)

    @property
    def rating(self) -> Any:
        return next(reversed(self.task.ratings.all()), None)


@dataclass(frozen=True)
class DepartmentLine:
    """A department with what it was called for in a place and a period."""

    department: Department
    rates: Rates
    led: int
    at_hand: int

    @property
    def key(self) -> int:
        return self.department.pk

    @property
    def name(self) -> str:
        return self.department.name


def task_lines(found: QuerySet[Task], user: "User") -> Iterator[TaskLine]:
    """The lines of tasks in the order of their keys; the same number of queries for each chunk."""
    whole = (
        queries.rows(found)
        .select_related("unit__parent__parent__parent", "category")
        .defer(None)
        .prefetch_related("ratings")
        .order_by("pk")
    )
    last = 0
    while chunk := list(whole.filter(pk__gt=last)[:CHUNK]):
        areas = patrol_areas({task.unit.tree_id for task in chunk})
        for task in chunk:
            yield TaskLine(task, user, patrol_area_of(task.unit, areas))
        last = chunk[-1].pk


def department_lines(
    found: QuerySet[Department], unit: "Unit", period: "Period", user: "User", now: datetime
) -> Iterator[DepartmentLine]:
    """The lines of departments in the order of their keys, with the figures of a place and a period."""
    departments = list(found.order_by("pk"))
    figures = {rates.key: rates for rates in _rates(unit, period, user, now)}
    begins, ends = period.moments
    seen = Task.objects.visible_to(user).order_by().values("pk")
    led = Assignment.objects.filter(
        lies_in(unit, "task__unit"), role=AssignmentRole.LEAD, task__in=seen
    ).order_by()
    made = _by_department(led.filter(dispatched_at__gte=begins, dispatched_at__lt=ends))
    at_hand = _by_department(led.filter(status__in=sorted(ACTIVE_ASSIGNMENT)))
    for department in departments:
        none = Rates(department.code, department.short_name)
        yield DepartmentLine(
            department, figures.get(department.code, none), made.get(department.pk, 0),
            at_hand.get(department.pk, 0),
        )  # fmt: skip


def _rates(unit: "Unit", period: "Period", user: "User", now: datetime) -> list[Rates]:
    """As the page of the rates has them: kept by day, of a compound counted now."""
    scope = Scope(unit)
    if scope.is_small:
        return live.by(RateGrouping.DEPARTMENT, live.counts_of(scope, period, now))
    return rates_by(user, RateGrouping.DEPARTMENT, period, scope)


def _by_department(led: QuerySet[Assignment]) -> dict[int, int]:
    return dict(led.values_list("department").annotate(number=Count("pk")))


def percent(rate: int | None) -> float | None:
    """A rate per mille as forms write it, in per cent with one decimal."""
    return None if rate is None else rate / 10


# --- Reading ---------------------------------------------------------------------------------------


def _of_task(name: str) -> Read:
    return lambda line: getattr(line.task, name)


def _display(name: str) -> Read:
    def read(line: TaskLine) -> str:
        value = getattr(line.task, name)
        return str(getattr(line.task, f"get_{name}_display")()) if value else ""

    return read


def _day(name: str) -> Read:
    def read(line: TaskLine) -> date | None:
        moment: datetime | None = getattr(line.task, name)
        return timezone.localdate(moment) if moment else None

    return read


def _unit(level: int) -> Read:
    """The name of the street (0), community, compound or building of a task."""

    def read(line: TaskLine) -> str:
        unit: Unit | None = line.unit
        while unit is not None and unit.level > level:
            unit = unit.parent
        return unit.short_name if unit is not None and unit.level == level else ""

    return read


def _departments(role: AssignmentRole) -> Read:
    return lambda line: line.departments(role)


def _contact(part: int) -> Read:
    """The name (0) or the telephone (1) of who reported it, as the reader may see it."""
    return lambda line: timeline.contact_for(line.task, line.user)[part]


def _stars(line: TaskLine) -> str:
    return str(Stars(line.rating.stars).label) if line.rating else ""


def _solved(line: TaskLine) -> str:
    return ("是" if line.rating.resolved else "否") if line.rating else ""


def figure(name: str) -> Read:
    """A number of the rates of a line."""
    return lambda line: getattr(line.rates, name)


def rate(name: str) -> Read:
    """A rate of a line in per cent."""
    return lambda line: percent(getattr(line.rates, name))


# --- The fields ------------------------------------------------------------------------------------


def _field(subject: Subject, code: str, read: Read, *headings: str, column: str = "") -> Field:
    return Field(f"{subject.value}.{code}", subject, headings, read, column)


_TASK, _DEPARTMENT = Subject.TASK, Subject.DEPARTMENT

register([
    _field(_TASK, "number", _of_task("number"), "任务编号", "工单编号", "工单号", "编号", "受理编号"),
    _field(_TASK, "title", _of_task("title"), "标题", "事项", "事项名称", "任务名称", "问题", "隐患名称"),
    _field(_TASK, "text", _of_task("text"), "诉求内容", "问题描述", "内容", "问题内容", "具体内容", "事项内容",
           "隐患描述", "隐患情况"),
    _field(_TASK, "category", lambda line: line.task.category.name, "诉求类型", "问题类别", "类别", "类型",
           "事项类别", "隐患类别", "隐患类型"),
    _field(_TASK, "channel", _display("channel"), "来源", "诉求来源", "渠道", "受理渠道", "发现方式"),
    _field(_TASK, "status", _display("status"), "办理状态", "状态", "办理情况", "当前状态", "整改状态",
           "整改情况"),
    _field(_TASK, "created", _day("created_at"), "登记日期", "上报时间", "上报日期", "受理时间", "受理日期",
           "发现时间", "发现日期", "排查日期"),
    _field(_TASK, "due", _day("resolve_by"), "办理时限", "应办结日期", "整改期限", "限期"),
    _field(_TASK, "closed", _day("closed_at"), "办结时间", "办结日期", "完成日期", "整改完成日期", "销号日期"),
    _field(_TASK, "street", _unit(0), "街道", "所属街道", "所在街道", "镇街"),
    _field(_TASK, "community", _unit(1), "社区", "所属社区", "所在社区"),
    _field(_TASK, "compound", _unit(2), "小区", "小区名称", "所属小区", "所在小区"),
    _field(_TASK, "building", _unit(3), "楼栋", "楼栋号", "栋号"),
    _field(_TASK, "place", lambda line: line.unit.path_name, "地点", "地址", "位置", "事发地点", "隐患地点",
           "隐患位置", "详细地址"),
    _field(_TASK, "grid", lambda line: line.grid, "网格", "所属网格", "网格名称"),
    _field(_TASK, "reporter", _contact(0), "诉求人姓名", "诉求人", "反映人", "上报人", "来电人"),
    _field(_TASK, "phone", _contact(1), "联系电话", "诉求人电话", "电话", "联系方式"),
    _field(_TASK, "lead", _departments(AssignmentRole.LEAD), "主办部门", "承办单位", "责任单位", "牵头部门",
           "主办单位", "承办部门", "整改责任单位"),
    _field(_TASK, "assists", _departments(AssignmentRole.ASSIST), "协办部门", "协办单位", "配合单位"),
    _field(_TASK, "result", _of_task("result"), "处理结果", "办理结果", "整改结果", "处理情况", "整改措施"),
    _field(_TASK, "stars", _stars, "满意度", "评价", "群众评价", "满意情况"),
    _field(_TASK, "solved", _solved, "是否解决", "是否整改到位", "解决情况"),
    _field(_DEPARTMENT, "name", lambda line: line.department.name, "部门", "部门名称", "单位名称", "单位",
           "责任部门", "职能部门"),
    _field(_DEPARTMENT, "short_name", lambda line: line.department.short_name, "简称", "部门简称"),
    _field(_DEPARTMENT, "phone", lambda line: line.department.phone, "联系电话", "电话", "办公电话"),
    _field(_DEPARTMENT, "led", lambda line: line.led, "派单数", "派单件数", "受理件数", "交办件数", "主办件数"),
    _field(_DEPARTMENT, "at_hand", lambda line: line.at_hand, "在办件数", "在办", "未办结件数", "办理中"),
    _field(_DEPARTMENT, "refused", figure("refused"), "拒单数", "退单数", "拒单件数"),
    _field(_DEPARTMENT, "due", figure("due"), "应响应件数", "应响应"),
    _field(_DEPARTMENT, "in_time", figure("in_time"), "按时响应件数", "按时响应"),
    _field(_DEPARTMENT, "response", rate("response"), "响应率", "响应率(%)"),
    _field(_DEPARTMENT, "rated", figure("rated"), "评价件数", "评价数", "回访件数"),
    _field(_DEPARTMENT, "resolved", figure("resolved"), "解决件数", "已解决件数"),
    _field(_DEPARTMENT, "resolution", rate("resolution"), "解决率", "解决率(%)"),
    _field(_DEPARTMENT, "satisfied", figure("satisfied"), "满意件数", "满意数"),
    _field(_DEPARTMENT, "satisfaction", rate("satisfaction_rate"), "满意率", "满意率(%)"),
])  # fmt: skip
