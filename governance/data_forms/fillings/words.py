"""Whom the words of a form mean: 其中：80 岁以上独居老人 is a filter of people.

Read are the words that forms use for what the portal knows; words that are left over make it unsure,
and below SURE_FROM nothing is proposed: 户籍人口 is not 人口, and a wrong number is worse than none.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from governance.data_forms.enums import Subject, TaskState
from governance.data_forms.fillings.filters import Filter
from residents.enums import CareKind, HouseholdState, Relation, Sex
from tasks.enums import PeriodName
from volunteers.enums import MemberClass

# 以上 and 以下 include the number itself, 不满 and 超过 do not (民法典, art. 1259).
_SPAN = re.compile(r"(\d{1,3})(?:周?岁)?[-~—–至到](\d{1,3})周?岁?")
_FROM = re.compile(r"(?:年满|满)?(\d{1,3})周?岁?[(]?(?:含|及|或)?(?:\d{0,3})[)]?以上")
_UNTIL = re.compile(r"(\d{1,3})周?岁?[(]?(?:含|及|或)?(?:\d{0,3})[)]?以[下内]")
_BELOW = re.compile(r"(?:不满|未满)(\d{1,3})周?岁")
_ABOVE = re.compile(r"超过(\d{1,3})周?岁")
_REACHED = re.compile(r"(?:年满|满)(\d{1,3})周?岁")
SURE_FROM = 90
TOTALS = frozenset({"合计", "总计", "小计", "共计", "计", "总合计"})
PART = "其中"
# What stands after 独居 or 80 岁以上 and narrows nothing there.
_OLD_FROM = 60

# Longest first; the subject, and what it asks for.
_WORDS: tuple[tuple[str, Subject | None, dict[str, Any]], ...] = tuple(
    sorted(
        (
            (word, subject, asked)
            for words, subject, asked in (
                ("独居老年人 独居老人 孤寡独居 独居", Subject.PERSON, {"care": CareKind.LIVING_ALONE}),
                ("最低生活保障对象 最低生活保障户 最低生活保障 低保对象 低保人员 低保家庭 低保户 低保",
                 Subject.PERSON, {"care": CareKind.ALLOWANCE}),
                ("持证残疾人 残疾人员 残疾人 残疾", Subject.PERSON, {"care": CareKind.DISABILITY}),
                ("重点帮扶对象 帮扶对象 帮扶人员 需帮扶", Subject.PERSON, {"care": CareKind.ASSISTANCE}),
                ("百岁老人", Subject.PERSON, {"min_age": 100}),
                ("高龄老年人 高龄老人 高龄", Subject.PERSON, {"min_age": 80}),
                # 老年人权益保障法, art. 2; 未成年人保护法, art. 2; 刑法, art. 262.
                ("老年人口 老年人 老人", Subject.PERSON, {"min_age": _OLD_FROM}),
                ("未成年人 未成年", Subject.PERSON, {"max_age": 17}),
                ("儿童", Subject.PERSON, {"max_age": 13}),
                ("男性 男", Subject.PERSON, {"sex": Sex.MALE}),
                ("女性 妇女 女", Subject.PERSON, {"sex": Sex.FEMALE}),
                ("流动人口 租住人口 租住人员 外来人口 租户 租客 承租人", Subject.PERSON,
                 {"relation": Relation.TENANT}),
                ("业主 产权人", Subject.PERSON, {"relation": Relation.OWNER}),
                ("在职党员", Subject.PERSON, {"member_class": MemberClass.IN_SERVICE}),
                ("离退休党员 退休党员", Subject.PERSON, {"member_class": MemberClass.RETIRED}),
                ("流动党员", Subject.PERSON, {"member_class": MemberClass.MOBILE}),
                ("中共党员 党员", Subject.PERSON, {"members_only": True}),
                ("常住人口 实有人口 居住人口 总人口 人口 居民 人员 总人数 人数", Subject.PERSON, {}),
                ("空置房屋 空置房 空置户 空置 空房", Subject.HOUSEHOLD, {"state": HouseholdState.EMPTY}),
                ("出租房屋 出租房 出租户 出租 租赁房", Subject.HOUSEHOLD, {"state": HouseholdState.LET}),
                ("自住房 自住户 自住", Subject.HOUSEHOLD, {"state": HouseholdState.LIVED_IN}),
                ("商铺 门面", Subject.HOUSEHOLD, {"state": HouseholdState.SHOP}),
                ("车位", Subject.HOUSEHOLD, {"state": HouseholdState.PARKING}),
                ("居民户数 居民户 住户 家庭户 房屋套数 房屋 总户数 户数", Subject.HOUSEHOLD, {}),
                ("楼栋 栋数", Subject.BUILDING, {}),
                ("居民小区 住宅小区 小区", Subject.COMPOUND, {}),
                ("居委会 社区", Subject.COMMUNITY, {}),
                ("居民诉求 诉求 工单 任务 事件 上报", Subject.TASK, {}),
                ("已办结 办结 已销号 销号", Subject.TASK, {"task_state": TaskState.CLOSED}),
                ("正在办理 办理中 未办结 在办", Subject.TASK, {"task_state": TaskState.OPEN}),
                ("本周", Subject.TASK, {"period": PeriodName.WEEK}),
                ("本月", Subject.TASK, {"period": PeriodName.MONTH}),
                ("上月", Subject.TASK, {"period": PeriodName.LAST_MONTH}),
                ("本季度 本季", Subject.TASK, {"period": PeriodName.QUARTER}),
                ("上季度 上季", Subject.TASK, {"period": PeriodName.LAST_QUARTER}),
            )
            for word in words.split()
        ),
        key=lambda one: -len(one[0]),
    )
)  # fmt: skip
# What says how much and not of what; 人 and 户 also say of what, where nothing else does.
_AROUND = re.compile(
    r"其中|辖区内?|本社区|本街道|社区内|总数|数量|个数|件数|户数|人数|合计|小计|情况|统计|[数量总共个的名件栋套位人户数约:,、()/·.]"
)
_UNITS = {"人": Subject.PERSON, "名": Subject.PERSON, "户": Subject.HOUSEHOLD, "件": Subject.TASK,
          "栋": Subject.BUILDING, "套": Subject.HOUSEHOLD}  # fmt: skip
_NOTHING_SAID = re.compile(r"^(数量|人数|个数|数|合计数|总数|数值|数据|户数|件数)$")


@dataclass(frozen=True)
class Meaning:
    """What words ask for; no subject where they only narrow. `certainty` in per cent, 0 for nothing."""

    subject: Subject | None
    filters: Filter
    certainty: int

    @property
    def is_known(self) -> bool:
        return self.certainty >= SURE_FROM


UNKNOWN = Meaning(None, Filter(), 0)


def normalised(text: str) -> str:
    """Words as they are compared: no blanks, the usual brackets and signs."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("：", ":")


def is_total(text: str) -> bool:
    """Whether words say that the others are added up."""
    return re.sub(r"[\s:()人户]", "", unicodedata.normalize("NFKC", text)) in TOTALS


def is_part(text: str) -> bool:
    """Whether words say that what they mean is contained in something before."""
    return normalised(text).startswith(PART)


def read(text: str, places: Mapping[str, str]) -> Meaning:
    """Whom words mean. `places`: the codes of units by their names, as they are compared."""
    rest = normalised(text)
    if code := places.get(rest):
        return Meaning(None, Filter(unit=code), 100)
    length = len(rest)
    if not length:
        return UNKNOWN
    asked, rest = _ages(rest)
    subjects = {Subject.PERSON} if asked else set()
    for word, subject, more in _WORDS:
        if word not in rest:
            continue
        # The old people of 80 岁以上老人 are those of 80 and more; of a roster, all on it.
        if more != {"min_age": _OLD_FROM} or not (asked.keys() & {"min_age", "max_age", "care"}):
            clash = {name for name in more if asked.get(name, more[name]) != more[name]}
            if clash == {"care"} and "also_care" not in asked:
                asked["also_care"] = more["care"]
            elif clash:
                return UNKNOWN
            else:
                asked |= more
        rest = rest.replace(word, "·", 1)
        if subject:
            subjects.add(subject)
    left = _AROUND.sub("", rest)
    certainty = round(100 * (length - len(left)) / length)
    if len(subjects) > 1:
        return UNKNOWN
    subject = next(iter(subjects), None) or _counted_in(text)
    if subject is None and not asked and not _NOTHING_SAID.match(normalised(text)):
        return UNKNOWN
    return Meaning(subject, Filter(**asked), certainty)


def _ages(text: str) -> tuple[dict[str, Any], str]:
    """The ages that words name, and the words without them."""
    for pattern, ages in (
        (_SPAN, lambda found: {"min_age": int(found[1]), "max_age": int(found[2])}),
        (_FROM, lambda found: {"min_age": int(found[1])}),
        (_UNTIL, lambda found: {"max_age": int(found[1])}),
        (_BELOW, lambda found: {"max_age": int(found[1]) - 1}),
        (_ABOVE, lambda found: {"min_age": int(found[1]) + 1}),
        (_REACHED, lambda found: {"min_age": int(found[1])}),
    ):
        if found := pattern.search(text):
            return ages(found), text[: found.start()] + text[found.end() :]
    return {}, text


def _counted_in(text: str) -> Subject | None:
    """What is counted where only the measure says it: 数量（户）."""
    measures = re.findall(r"[(（]\s*([人名户件栋套])\s*[)）]", text)
    if measures:
        return _UNITS[measures[-1]]
    return {"人数": Subject.PERSON, "户数": Subject.HOUSEHOLD, "件数": Subject.TASK}.get(
        normalised(text)
    )
