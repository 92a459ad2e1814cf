"""What the portal knows of a person, as forms ask for it; numbers are always masked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, QuerySet, Sum

from governance.data_forms.enums import Subject
from governance.data_forms.fields.registry import Field, Read, register
from orgs.units.queries import PatrolAreas, patrol_area_of, patrol_areas
from orgs.values import phones
from orgs.values.days import age_on
from residents.care import queries as care
from residents.enums import CareKind
from residents.models import Belonging, CareEntry, Person
from residents.roll.values import masking
from residents.rosters.residents_roster import RELATION_NAMES
from volunteers.models import PartyMembership
from volunteers.service.enums import MinutesKind
from volunteers.service.models import Credit

if TYPE_CHECKING:
    from orgs.models import Unit, User

# So many people are read at a time.
CHUNK = 500


@dataclass(frozen=True)
class PersonLine:
    """A person with all that a row may ask for, as far as it is in the reader's sight."""

    person: Any
    user: "User"
    today: date
    grid: str
    entries: dict[CareKind, CareEntry]
    # Served of each kind, as far as credited; none where nobody has served.
    minutes: dict[str, int]
    # The roster that the form lists, which tells of what measures and days it speaks.
    kind: CareKind | None

    @property
    def key(self) -> int:
        key: int = self.person.pk
        return key

    @property
    def name(self) -> str:
        """By which a reader tells the row from others: the name and the home."""
        return f"{_name(self)} · {_address(self)}"

    @property
    def masked_name(self) -> str:
        """The same for a page that a phone keeps: the door, and the family name alone."""
        compound = self.building.parent if self.building else None
        above = f"{compound.parent.path_name} " if compound and compound.parent else ""
        return f"{_address(self).removeprefix(above)} · {phones.mask_name(self.person.name)}"

    @property
    def home(self) -> Belonging | None:
        return next(iter(self.person.homes), None)

    @property
    def building(self) -> "Unit | None":
        return self.home.household.building if self.home else None

    @property
    def membership(self) -> PartyMembership | None:
        return next(iter(self.person.party), None)

    @property
    def entry(self) -> CareEntry | None:
        """The entry of the roster that the form lists, else the only one."""
        if self.kind:
            return self.entries.get(self.kind)
        return next(iter(self.entries.values())) if len(self.entries) == 1 else None


def lines(
    people: QuerySet[Person], user: "User", today: date, kind: CareKind | None
) -> Iterator[PersonLine]:
    """The lines of people, in the order of their keys; the same number of queries for each chunk."""
    homes = Prefetch(
        "belongings",
        Belonging.objects.visible_to(user)
        .filter(ends=None)
        .select_related("household__building__parent__parent__parent")
        .order_by("pk"),
        to_attr="homes",
    )
    party = Prefetch(
        "memberships",
        PartyMembership.objects.visible_to(user)
        .filter(ends=None)
        .select_related("organisation")
        .order_by("pk"),
        to_attr="party",
    )
    care_entries = Prefetch(
        "care_entries",
        CareEntry.objects.visible_to(user).filter(ends=None).order_by("pk"),
        to_attr="cared",
    )
    rows = people.select_related("place__parent__parent__parent", "guardian").prefetch_related(
        homes, party, care_entries
    )
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        areas: PatrolAreas = patrol_areas({person.place.tree_id for person in chunk})
        served = _served(chunk, user)
        for person in chunk:
            cared = {CareKind(entry.kind): entry for entry in person.cared}
            where = person.homes[0].household.building if person.homes else person.place
            grid, minutes = patrol_area_of(where, areas), served.get(person.pk, {})
            yield PersonLine(person, user, today, grid, cared, minutes, kind)
        last = chunk[-1].pk


def _served(people: Sequence[Person], user: "User") -> dict[int, dict[str, int]]:
    """The minutes credited to people, by kind."""
    credits = Credit.objects.visible_to(user).filter(participant__person__in=people, is_latest=True)
    found: dict[int, dict[str, int]] = {}
    sums = credits.order_by().values_list("participant__person", "minutes_kind")
    for person, kind, minutes in sums.annotate(sum=Sum("minutes")):
        found.setdefault(person, {})[kind] = minutes
    return found


# --- Reading ---------------------------------------------------------------------------------------


def _of_person(name: str) -> Read:
    return lambda line: getattr(line.person, name)


def _display(name: str) -> Read:
    def read(line: PersonLine) -> str:
        value = getattr(line.person, name)
        return str(getattr(line.person, f"get_{name}_display")()) if value else ""

    return read


def _name(line: PersonLine) -> str:
    return masking.name_for(line.person, line.user, line.person.place)


def _age(line: PersonLine) -> int | None:
    born = line.person.born
    return age_on(born, line.today) if born else None


def _address(line: PersonLine) -> str:
    return str(line.home.household) if line.home else str(line.person.place)


def _unit(level: int) -> Read:
    """The name of the street (0), community, compound or building that the person is on the roll of."""

    def read(line: PersonLine) -> str:
        unit = line.building or line.person.place
        while unit is not None and unit.level > level:
            unit = unit.parent
        return unit.short_name if unit is not None and unit.level == level else ""

    return read


def _of_home(name: str) -> Read:
    return lambda line: getattr(line.home.household, name) if line.home else ""


def _relation(line: PersonLine) -> str:
    return RELATION_NAMES[line.home.relation] if line.home else ""


def _moved_in(line: PersonLine) -> date | None:
    return line.home.starts if line.home else None


def _state(line: PersonLine) -> str:
    return str(line.home.household.get_state_display()) if line.home else ""


def _detail(name: str, *kinds: CareKind) -> Read:
    """A detail of the care roster that keeps it, in words; without kinds, of the listed roster."""

    def read(line: PersonLine) -> str:
        entries = [line.entries[kind] for kind in kinds if kind in line.entries]
        entry = next(iter(entries), None) if kinds else line.entry
        value = getattr(entry, name) if entry else None
        return "" if value in (None, "") else care.value_text(name, value)

    return read


def _amount(line: PersonLine) -> float | None:
    """In yuan: a number, so that totals of the form add up."""
    entry = line.entries.get(CareKind.ALLOWANCE)
    return entry.amount / care.FEN if entry and entry.amount is not None else None


def _family_size(line: PersonLine) -> int | None:
    entry = line.entries.get(CareKind.ALLOWANCE)
    return entry.family_size if entry else None


def _cared_since(line: PersonLine) -> date | None:
    return line.entry.starts if line.entry else None


def _next_visit(line: PersonLine) -> date | None:
    return line.entry.next_visit_on if line.entry else None


def _guardian_name(line: PersonLine) -> str:
    entry = line.entries.get(CareKind.DISABILITY)
    if entry and entry.guardian_name:
        return phones.mask_name(entry.guardian_name)
    guardian = line.person.guardian
    return phones.mask_name(guardian.name) if guardian else ""


def _of_party(name: str) -> Read:
    return lambda line: getattr(line.membership, name) if line.membership else None


def _organisation(line: PersonLine) -> str:
    return line.membership.organisation.name if line.membership else ""


def _member_class(line: PersonLine) -> str:
    return str(line.membership.get_member_class_display()) if line.membership else ""


def _hours(kind: MinutesKind) -> Read:
    """Hours served, with one decimal; None of who never served so."""

    def read(line: PersonLine) -> float | None:
        minutes = line.minutes.get(kind)
        return round(minutes / 60, 1) if minutes else None

    return read


def _is_member(line: PersonLine) -> str:
    return "是" if line.membership else "否"


# --- The fields ------------------------------------------------------------------------------------


def _field(code: str, read: Read, column: str, *headings: str, of_care: bool = False) -> Field:
    return Field(f"person.{code}", Subject.PERSON, headings, read, column, of_care)


def _care_field(code: str, read: Read, column: str, *headings: str) -> Field:
    return _field(code, read, f"residents.CareEntry.{column}", *headings, of_care=True)


_PERSON, _HOME, _PARTY = "residents.Person", "residents.Belonging", "volunteers.PartyMembership"
_SERVICE = "service.Credit"
_ALONE, _ALLOWANCE = CareKind.LIVING_ALONE, CareKind.ALLOWANCE
_DISABILITY, _ASSISTANCE = CareKind.DISABILITY, CareKind.ASSISTANCE

register([
    _field("name", _name, f"{_PERSON}.name", "姓名", "老人姓名", "户主姓名", "申请人姓名", "党员姓名",
           "残疾人姓名", "人员姓名", "居民姓名", "对象姓名", "本人姓名", "姓名(户主)"),
    _field("sex", _display("sex"), f"{_PERSON}.sex", "性别"),
    _field("age", _age, f"{_PERSON}.born", "年龄", "周岁", "年龄周岁", "现年龄"),
    _field("born", _of_person("born"), f"{_PERSON}.born", "出生日期", "出生年月", "出生年月日", "生日"),
    _field("id_number", lambda line: masking.id_number(line.person), f"{_PERSON}.id_number",
           "身份证号", "身份证号码", "公民身份号码", "身份证", "证件号码", "居民身份证号"),
    _field("phone", lambda line: masking.phone(line.person), f"{_PERSON}.phone",
           "联系电话", "电话", "手机号", "手机号码", "联系方式", "本人电话", "联系手机"),
    _field("ethnicity", _of_person("ethnicity"), f"{_PERSON}.ethnicity", "民族"),
    _field("marital", _display("marital"), f"{_PERSON}.marital", "婚姻状况", "婚否", "婚姻"),
    _field("employment", _of_person("employment"), f"{_PERSON}.employment",
           "就业状态", "就业情况", "职业", "从业状况", "工作情况"),
    _field("insurance", _of_person("insurance"), f"{_PERSON}.insurance",
           "医保类型", "医疗保险", "参保类型", "参保情况"),
    _field("address", _address, "", "居住地址", "现住址", "家庭住址", "详细地址", "住址", "家庭地址",
           "现居住地", "常住地址", "现居住地址", "居住地"),
    _field("street", _unit(0), "", "街道", "所属街道", "所在街道", "镇街"),
    _field("community", _unit(1), "", "社区", "所属社区", "所在社区", "村社区", "社区村"),
    _field("compound", _unit(2), "", "小区", "所属小区", "小区名称", "所在小区", "居住小区"),
    _field("building", _unit(3), "", "楼栋", "楼栋号", "栋号", "所在楼栋"),
    _field("entrance", _of_home("entrance"), "", "单元", "单元号"),
    _field("room", _of_home("room"), "", "房号", "室", "门牌号", "房间号"),
    _field("grid", lambda line: line.grid, "", "网格", "所属网格", "网格名称", "所在网格"),
    _field("relation", _relation, f"{_HOME}.relation", "与户主关系", "与业主关系", "居住关系",
           "人员类型", "与房屋关系", "关系"),
    _field("moved_in", _moved_in, f"{_HOME}.starts", "登记日期", "入住日期", "来本地日期", "居住开始日期",
           "起租日期", "迁入日期"),
    _field("home_state", _state, "", "房屋性质", "房屋状态", "居住类型", "住房类型"),
    _field("is_member", _is_member, f"{_PARTY}.member_class", "是否党员"),
    _field("member_class", _member_class, f"{_PARTY}.member_class", "党员类别", "党员类型", "类别",
           "党员身份"),
    _field("joined_on", _of_party("joined_on"), f"{_PARTY}.joined_on", "入党时间", "入党日期",
           "加入中共组织日期"),
    _field("organisation", _organisation, f"{_PARTY}.organisation", "所在党组织", "党组织", "所属党支部",
           "所在党支部", "党支部名称", "组织关系所在支部"),
    _field("member_since", _of_party("starts"), f"{_PARTY}.starts", "转入时间", "组织关系转入日期",
           "报到日期", "报到时间"),
    _field("voluntary", _hours(MinutesKind.VOLUNTARY), f"{_SERVICE}.minutes", "志愿服务时长",
           "志愿服务时长(小时)", "服务时长", "服务时长(小时)", "志愿时长"),
    _field("duty", _hours(MinutesKind.DUTY), f"{_SERVICE}.minutes", "双报到服务时长", "履职时长",
           "报到服务时长"),
    _care_field("cared_since", _cared_since, "starts", "纳入日期", "享受起始时间", "开始时间", "建档日期",
                "纳入时间", "起始日期"),
    _care_field("health", _detail("health", _ALONE), "health", "健康状况", "身体状况", "身体情况"),
    _care_field("next_visit", _next_visit, "next_visit_on", "下次走访日期", "下次走访时间"),
    _care_field("allowance", _detail("allowance", _ALLOWANCE), "allowance", "低保类型", "低保类别",
                "救助类型", "保障类别"),
    _care_field("family_size", _family_size, "family_size", "家庭人口", "保障人口", "家庭人口数",
                "享受人数"),
    _care_field("amount", _amount, "amount", "享受金额", "月保障金额", "低保金额", "月发放金额",
                "保障金额"),
    _care_field("hardship", _detail("hardship", _ALLOWANCE), "hardship", "困难原因", "致贫原因",
                "致困原因"),
    _care_field("disability", _detail("disability", _DISABILITY), "disability", "残疾类别", "残疾类型"),
    _care_field("grade", _detail("grade", _DISABILITY), "grade", "残疾等级", "残疾级别"),
    _care_field("subsidised", _detail("subsidised", _DISABILITY), "subsidised", "是否享受补贴",
                "是否享受两补", "享受补贴"),
    _care_field("guardian_name", _guardian_name, "guardian_name", "监护人姓名", "监护人"),
    _care_field("guardian_phone", _detail("guardian_phone", _DISABILITY), "guardian_phone",
                "监护人电话", "监护人联系电话", "监护人联系方式"),
    _care_field("needs", _detail("needs", _ASSISTANCE), "needs", "帮扶需求", "需求", "服务需求"),
    _care_field("measures", _detail("measures", _ASSISTANCE, _ALLOWANCE), "measures", "帮扶措施",
                "帮扶情况", "救助措施"),
])  # fmt: skip
