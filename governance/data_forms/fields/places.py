"""What the portal knows of households and places, as forms ask for it; sums are counted in chunks."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, QuerySet

from governance.data_forms.enums import Subject
from governance.data_forms.fields import members, patrol_rounds, unit_counts
from governance.data_forms.fields.registry import Field, Read, register
from governance.data_forms.fields.work import figure, rate
from orgs.enums import UnitKind
from orgs.models import Unit
from orgs.units.queries import patrol_area_of, patrol_areas
from residents.enums import OWNING
from residents.models import Belonging, BodyMember, Household, PropertyContract
from residents.roll.values import masking
from tasks.models import Patrol
from tasks.rates.rates import Rates
from volunteers.enums import BuildingRole
from volunteers.models import BuildingPost

if TYPE_CHECKING:
    from orgs.models import User

CHUNK = 200
KINDS = {
    Subject.BUILDING: UnitKind.BUILDING,
    Subject.COMPOUND: UnitKind.COMPOUND,
    Subject.COMMUNITY: UnitKind.COMMUNITY,
}


@dataclass(frozen=True)
class PlaceLine:
    """A unit with its sums, posts, contract and committee, as far as they are in sight."""

    unit: Unit
    grid: str
    counts: dict[str, int] = field(default_factory=dict)
    posts: dict[str, BuildingPost] = field(default_factory=dict)
    contract: PropertyContract | None = None
    chair: BodyMember | None = None
    seats: int = 0
    rates: Rates = field(default_factory=lambda: Rates("", ""))
    # The last round through it.
    round: Patrol | None = None

    @property
    def key(self) -> int:
        return self.unit.pk

    @property
    def name(self) -> str:
        return self.unit.short_name


@dataclass(frozen=True)
class HomeLine:
    """A household with those who live in it, as far as they are in sight."""

    home: Any
    user: "User"
    grid: str

    @property
    def key(self) -> int:
        key: int = self.home.pk
        return key

    @property
    def name(self) -> str:
        return str(self.home)

    @property
    def owner(self) -> Belonging | None:
        return next((one for one in self.home.living if one.relation in OWNING), None)

    @property
    def unit(self) -> Unit:
        building: Unit = self.home.building
        return building


def home_lines(homes: QuerySet[Household], user: "User") -> Iterator[HomeLine]:
    """The lines of households in the order of their keys."""
    living = Prefetch(
        "belongings",
        Belonging.objects.visible_to(user)
        .filter(ends=None)
        .select_related("person__place")
        .order_by("pk"),
        to_attr="living",
    )
    rows = homes.select_related("building__parent__parent__parent").prefetch_related(living)
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        areas = patrol_areas({home.building.tree_id for home in chunk})
        for home in chunk:
            yield HomeLine(home, user, patrol_area_of(home.building, areas))
        last = chunk[-1].pk


def place_lines(
    units: QuerySet[Unit], subject: Subject, user: "User", today: date
) -> Iterator[PlaceLine]:
    """The lines of units in the order of the tree; the same number of queries for each chunk."""
    rows = units.filter(kind=KINDS[subject]).select_related("parent__parent__parent", "profile")
    keys = list(rows.order_by("tree_id", "lft").values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        wanted = keys[start : start + CHUNK]
        chunk = list(rows.filter(pk__in=wanted).order_by("tree_id", "lft"))
        areas = patrol_areas({unit.tree_id for unit in chunk})
        counts = unit_counts.counts(wanted, subject, user)
        of_members = members.counts(wanted, subject, user)
        last_rounds = patrol_rounds.latest(wanted, subject, user)
        posts = unit_counts.posts(wanted, user) if subject == Subject.BUILDING else {}
        contracts = (
            unit_counts.contracts(wanted, user, today) if subject == Subject.COMPOUND else {}
        )
        chairs = unit_counts.chairs(wanted, user, today) if subject == Subject.COMPOUND else {}
        seats = unit_counts.seats(wanted, user, today) if subject == Subject.COMPOUND else {}
        rates = unit_counts.rates(user, today) if subject == Subject.COMMUNITY else {}
        for unit in chunk:
            yield PlaceLine(
                unit, patrol_area_of(unit, areas), counts.get(unit.pk, {}) | of_members[unit.pk],
                posts.get(unit.pk, {}), contracts.get(unit.pk), chairs.get(unit.pk),
                seats.get(unit.pk, 0), rates.get(unit.code, Rates(unit.code, "")),
                last_rounds.get(unit.pk),
            )  # fmt: skip


# --- Reading ---------------------------------------------------------------------------------------


def _above(level: int) -> Read:
    """The name of the street (0), community, compound or building of a line."""

    def read(line: PlaceLine | HomeLine) -> str:
        unit: Unit | None = line.unit
        while unit is not None and unit.level > level:
            unit = unit.parent
        return unit.short_name if unit is not None and unit.level == level else ""

    return read


def _count(name: str) -> Read:
    return lambda line: line.counts[name]


def _of_home(name: str) -> Read:
    return lambda line: getattr(line.home, name)


def _area(line: HomeLine) -> float | None:
    """In m²."""
    return line.home.area / 100 if line.home.area else None


def _owner_name(line: HomeLine) -> str:
    owner = line.owner
    return masking.name_for(owner.person, line.user, line.unit) if owner else ""


def _owner_phone(line: HomeLine) -> str:
    return masking.phone(line.owner.person) if line.owner else ""


def _holder(role: BuildingRole) -> Read:
    return lambda line: line.posts[role].holder if role in line.posts else ""


def _holder_phone(role: BuildingRole) -> Read:
    def read(line: PlaceLine) -> str:
        post = line.posts.get(role)
        return masking.phone(post.person) if post and post.person else ""

    return read


def _since(role: BuildingRole) -> Read:
    return lambda line: line.posts[role].starts if role in line.posts else None


def _profile(name: str) -> Read:
    def read(line: PlaceLine) -> Any:
        profile = getattr(line.unit, "profile", None)
        display = getattr(profile, f"get_{name}_display", None)
        return str(display()) if display else getattr(profile, name, None)

    return read


def _of_contract(name: str) -> Read:
    return lambda line: getattr(line.contract, name) if line.contract else None


def _firm(line: PlaceLine) -> str:
    return str(line.contract.firm or "") if line.contract else ""


def _fee(line: PlaceLine) -> float | None:
    """In yuan per m² a month."""
    fee = line.contract.fee if line.contract else None
    return None if fee is None else fee / 100


def _has_committee(line: PlaceLine) -> str:
    return "是" if line.chair else "否"


def _chair(line: PlaceLine) -> str:
    return line.chair.shown_name if line.chair else ""


def _of_term(name: str) -> Read:
    return lambda line: getattr(line.chair.term, name) if line.chair else None


def _hours(line: PlaceLine) -> float:
    """Minutes served as hours, with one decimal."""
    return round(line.counts["minutes"] / 60, 1)


# --- The fields ------------------------------------------------------------------------------------


def _field(subject: Subject, code: str, read: Read, *headings: str, column: str = "") -> Field:
    return Field(f"{subject.value}.{code}", subject, headings, read, column)


_HOME, _BUILDING, _COMPOUND = Subject.HOUSEHOLD, Subject.BUILDING, Subject.COMPOUND
_COMMUNITY = Subject.COMMUNITY
_STREET_WORDS = ("街道", "所属街道", "所在街道", "镇街")
_COMMUNITY_WORDS = ("社区", "所属社区", "所在社区", "社区名称")
_COMPOUND_WORDS = ("小区", "小区名称", "所属小区", "所在小区")
_BUILDING_WORDS = ("楼栋", "楼栋号", "栋号", "楼栋名称", "楼号")
_GRID_WORDS = ("网格", "所属网格", "网格名称", "所在网格")

for _subject in (_HOME, _BUILDING, _COMPOUND, _COMMUNITY):
    register([
        _field(_subject, "street", _above(0), *_STREET_WORDS),
        _field(_subject, "community", _above(1), *_COMMUNITY_WORDS),
    ])  # fmt: skip
for _subject in (_HOME, _BUILDING, _COMPOUND):
    register([
        _field(_subject, "compound", _above(2), *_COMPOUND_WORDS),
        _field(_subject, "grid", lambda line: line.grid, *_GRID_WORDS),
    ])  # fmt: skip
for _subject in (_HOME, _BUILDING):
    register([_field(_subject, "building", _above(3), *_BUILDING_WORDS)])
for _subject in (_BUILDING, _COMPOUND, _COMMUNITY):
    register([
        _field(_subject, "code", lambda line: line.unit.code, "编码", "单位编码", "区划代码"),
        _field(_subject, "address", lambda line: line.unit.path_name, "地址", "详细地址", "坐落",
               "小区地址", "位置"),
        _field(_subject, "households", _count("households"), "户数", "总户数", "住户数", "居民户数"),
        _field(_subject, "people", _count("people"), "人数", "总人数", "常住人口", "居住人口", "人口数"),
        _field(_subject, "tenants", _count("tenants"), "租户人数", "租户数", "流动人口", "租住人数"),
    ])  # fmt: skip
for _subject in (_COMPOUND, _COMMUNITY):
    register([
        _field(_subject, "buildings", _count("buildings"), "楼栋数", "栋数", "楼栋总数"),
        _field(_subject, "heads", _count("heads"), "楼栋长数", "楼栋长人数", "已配楼栋长数"),
        _field(_subject, "tasks", _count("tasks"), "诉求件数", "上报件数", "受理诉求件数", "任务数"),
        _field(_subject, "open_tasks", _count("open_tasks"), "在办件数", "未办结件数"),
        _field(_subject, "hours", _hours, "志愿服务时长", "服务时长(小时)", "志愿服务小时数", "服务总时长"),
    ])  # fmt: skip

_PERSON = "residents.Person"
register([
    _field(_HOME, "address", lambda line: str(line.home), "地址", "房屋地址", "家庭住址", "详细地址", "住址"),
    _field(_HOME, "entrance", _of_home("entrance"), "单元", "单元号"),
    _field(_HOME, "floor", _of_home("floor"), "楼层", "层"),
    _field(_HOME, "room", _of_home("room"), "房号", "室", "门牌号", "房间号"),
    _field(_HOME, "code", _of_home("code"), "户编号", "房屋编码"),
    _field(_HOME, "area", _area, "建筑面积", "面积", "房屋面积"),
    _field(_HOME, "state", lambda line: str(line.home.get_state_display()), "房屋状态", "居住状态",
           "房屋性质", "使用情况"),
    _field(_HOME, "owner", _owner_name, "户主姓名", "业主姓名", "户主", "业主", "产权人",
           column=f"{_PERSON}.name"),
    _field(_HOME, "owner_phone", _owner_phone, "联系电话", "户主电话", "业主电话", "电话", "联系方式",
           column=f"{_PERSON}.phone"),
    _field(_HOME, "people", lambda line: len(line.home.living), "居住人数", "家庭人口", "人数", "人口数"),
    _field(_BUILDING, "head", _holder(BuildingRole.HEAD), "楼栋长", "楼栋长姓名", "楼长", "姓名"),
    _field(_BUILDING, "head_phone", _holder_phone(BuildingRole.HEAD), "楼栋长电话", "联系电话", "电话",
           "联系方式", column=f"{_PERSON}.phone"),
    _field(_BUILDING, "head_since", _since(BuildingRole.HEAD), "任职时间", "任职日期", "担任时间"),
    _field(_BUILDING, "leader", _holder(BuildingRole.GROUP_LEADER), "党小组长", "楼栋党小组长"),
    _field(_BUILDING, "grid_manager", _holder(BuildingRole.GRID), "网格员", "网格管理员"),
    _field(_COMPOUND, "year_built", _profile("year_built"), "建成年份", "建成年代", "建成时间"),
    _field(_COMPOUND, "type", _profile("type"), "小区类型", "小区性质", "类型"),
    _field(_COMPOUND, "planned", _profile("planned_households"), "规划户数", "设计户数"),
    _field(_COMPOUND, "property_mode", _profile("property_mode"), "物业服务方式", "物业管理方式",
           "管理模式"),
    _field(_COMPOUND, "firm", _firm, "物业公司", "物业企业", "物业服务企业", "物业公司名称",
           "物业服务企业名称"),
    _field(_COMPOUND, "fee", _fee, "物业费标准", "物业费", "收费标准"),
    _field(_COMPOUND, "contract_starts", _of_contract("starts"), "合同开始日期", "合同起始日期",
           "进驻时间"),
    _field(_COMPOUND, "contract_ends", _of_contract("ends"), "合同到期日期", "合同结束日期",
           "合同到期时间"),
    _field(_COMPOUND, "has_committee", _has_committee, "是否成立业委会", "有无业委会", "业委会"),
    _field(_COMPOUND, "chair", _chair, "业委会主任", "业委会主任姓名"),
    _field(_COMPOUND, "committee_seats", lambda line: line.seats or None, "业委会人数", "业委会成员数",
           "业委会委员数"),
    _field(_COMPOUND, "committee_number", _of_term("number"), "业委会届数", "届次"),
    _field(_COMPOUND, "committee_starts", _of_term("starts"), "业委会成立时间", "业委会任期开始"),
    _field(_COMPOUND, "committee_ends", _of_term("ends"), "业委会任期届满", "业委会到期时间", "任期届满日期"),
    _field(_COMMUNITY, "compounds", _count("compounds"), "小区数", "小区总数"),
    _field(_COMMUNITY, "response", rate("response"), "响应率", "响应率(%)"),
    _field(_COMMUNITY, "resolution", rate("resolution"), "解决率", "解决率(%)"),
    _field(_COMMUNITY, "satisfaction", rate("satisfaction_rate"), "满意率", "满意率(%)"),
    _field(_COMMUNITY, "rated", figure("rated"), "评价件数", "回访件数"),
])  # fmt: skip
