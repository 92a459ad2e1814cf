"""The schemes that come with the portal: examples with their source, to be changed by whoever uses them.

Weights are figures of the sources where they give any; activities, minutes and visits weigh 0. None
asks an extra entry of the assessed.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from governance.assessment.enums import (
    CompoundClassKind,
    IndicatorRole,
    PeriodKind,
    SubjectKind,
)
from governance.assessment.models import Scheme
from governance.assessment.schemes import schemes
from governance.assessment.schemes.definitions import Band, Definition, Item
from orgs.models import Department, District

if TYPE_CHECKING:
    from orgs.models import User

HOUSING = "housing"
_BONUS, _OFF, _SHOWN = IndicatorRole.BONUS, IndicatorRole.DEDUCTION, IndicatorRole.SHOWN


@dataclass(frozen=True)
class Example:
    """One example."""

    code: str
    name: str
    subject_kind: SubjectKind
    period_kind: PeriodKind
    source: str
    definition: Definition
    publisher: str = ""
    compound_class: str = ""
    is_public: bool = False
    has_black_list: bool = False
    delay_days: int = 3


def _less(code: str, weight: int) -> Item:
    """An indicator of which less is better."""
    return Item(code, weight=weight, formula="(1 - value) * 100")


_RATES = Definition(
    (
        Item("response", weight=30),
        Item("resolution", weight=35),
        Item("satisfaction", weight=35),
        Item("denied", _SHOWN),
        Item("report_in", _SHOWN),
        Item("refusal", _SHOWN),
        Item("rework", _SHOWN),
        Item("reopened", _SHOWN),
        Item("overdue", _SHOWN),
    )
)
_WHISTLE_DEPARTMENT = Definition(
    (
        Item("rating_street", weight=40),
        Item("response", weight=20),
        Item("resolution", weight=20),
        _less("overdue", 20),
        Item("denied", _OFF, formula="band(n, 1, 1, 3, 3)", cap="5"),
    )
)
_WHISTLE_STREET = Definition(
    (Item("rating_department", weight=60), Item("resolution", weight=40), Item("reopened", _SHOWN))
)
_SECRETARY = (
    Item("rating_superior", weight=30, least=1),
    Item("rating_resident", weight=40, least=5),
    Item("party_work", weight=30),
)
_WORKER = (
    Item("rating_superior", weight=30, least=1),
    Item("rating_peer", weight=10, least=1),
    Item("rating_resident", weight=60, least=5),
)
_HEAD = (
    Item("rating_superior", weight=40, least=1),
    Item("rating_resident", weight=60, least=5),
)
_GRADES = (
    Band("excellent", "优秀", "score >= 90"),
    Band("good", "良好", "score >= 80"),
    Band("passed", "合格", "score >= 60"),
    Band("failed", "不合格", "score < 60"),
)
_FIRM = Definition(
    (
        Item("rating_resident", weight=40, least=5),
        Item("rating_superior", weight=20, least=1),
        Item("property_solved", weight=15),
        Item("put_right", weight=10),
        Item("inspection", weight=15),
        Item("good_records", _BONUS, formula="n * 2", cap="40"),
        Item("bad_records", _OFF, formula="n * 5"),
        Item("safety_incidents", _SHOWN),
    ),
    formula="min(base * 0.8, 80) + bonus - deduction",
    bands=(
        # The worst needs a bad record, not only few points.
        Band("black", "黑名单", "(score < 60) * (safety_incidents_n > 0)"),
        Band("C", "C（60分以下且有不良信息）", "(score < 60) * (bad_records_n > 0)"),
        Band("AAA", "AAA", "score >= 85"),
        Band("AA", "AA", "score >= 80"),
        Band("A", "A", "score >= 70"),
        Band("B", "B", "score < 70"),
    ),
)
_YANTAI = (
    "示例：烟台市2022年物业服务企业信用评价（基础分最高80、良好信息最高40、未写明期限的信息一年失效）；"
    "山东对60分以下区分有无不良信息"
)
_NANHU = "示例：嘉兴南湖区社区工作者考核（街道30%、同事10%、居民60%，评议人不少于50人、普通居民不少于70%）"
_BOARD = "示例：黄冈小区创建达标、示范、精品三类，评分标准未公开，权重由平台拟定"

EXAMPLES: tuple[Example, ...] = (
    Example(
        "department-rates", "部门三率月度监测", SubjectKind.DEPARTMENT, PeriodKind.MONTH,
        "示例：准格尔旗响应率30、解决率35、满意率35；本单位监测用，不排名", _RATES,
    ),
    Example(
        "whistle-departments", "吹哨报到双向评价（街道评部门）", SubjectKind.DEPARTMENT, PeriodKind.QUARTER,
        "示例：双向评价按季开展（鄂报道），权重由平台拟定", _WHISTLE_DEPARTMENT, delay_days=10,
    ),
    Example(
        "whistle-streets", "吹哨报到双向评价（部门评街道）", SubjectKind.STREET, PeriodKind.QUARTER,
        "示例：双向评价按季开展（鄂报道），权重由平台拟定", _WHISTLE_STREET, delay_days=10,
    ),
    *(
        Example(
            f"secretary-{kind.value}", f"小区党支部书记年度考核（{label}小区）", SubjectKind.SECRETARY,
            PeriodKind.YEAR, _BOARD, Definition(_SECRETARY, bands=_GRADES),
            compound_class=kind.value, is_public=True, delay_days=20,
        )
        for kind, label in (
            (CompoundClassKind.STANDARD, "达标"),
            (CompoundClassKind.MODEL, "示范"),
            (CompoundClassKind.PREMIUM, "精品"),
        )
    ),
    Example(
        "building-head-year", "楼栋长年度考核", SubjectKind.BUILDING_HEAD, PeriodKind.YEAR,
        "示例：百佳楼栋长从年度优秀中产生，不排名；评分标准未公开，权重由平台拟定",
        Definition(_HEAD, bands=_GRADES), is_public=True, delay_days=20,
    ),
    Example(
        "worker-month", "社区工作者月度考核", SubjectKind.COMMUNITY_WORKER, PeriodKind.MONTH, _NANHU,
        Definition(_WORKER, bands=_GRADES, least_raters=50, residents_percent=70), delay_days=5,
    ),
    Example(
        "worker-quarter", "社区工作者季度考核", SubjectKind.COMMUNITY_WORKER, PeriodKind.QUARTER, _NANHU,
        Definition((Item("closed_months", weight=100),), bands=_GRADES), delay_days=15,
    ),
    Example(
        "worker-year", "社区工作者年度考核", SubjectKind.COMMUNITY_WORKER, PeriodKind.YEAR, _NANHU,
        Definition(
            (Item("closed_months", weight=40), Item("closed_quarters", weight=60)), bands=_GRADES
        ),
        is_public=True, delay_days=30,
    ),
    *(
        Example(
            f"member-{kind.value}", name, SubjectKind.MEMBER, kind,
            "示例：黄冈市在职党员下沉，每月至少1次活动、4小时；只看是否完成，不打分",
            Definition(
                (
                    Item("duty_met", _SHOWN), Item("branch_rating", _SHOWN),
                    Item("minutes", _SHOWN, formula="n"), Item("activities", _SHOWN, formula="n"),
                ),
                formula="none",
                bands=(
                    Band("met", "已完成", "duty_met >= 100"),
                    Band("not_met", "未完成", "duty_met < 100"),
                ),
            ),
            delay_days=delay,
        )
        for kind, name, delay in (
            (PeriodKind.MONTH, "在职党员下沉月度情况", 10),
            (PeriodKind.YEAR, "在职党员下沉年度情况", 40),
        )
    ),
    Example(
        "property-credit", "物业服务企业信用评价", SubjectKind.FIRM, PeriodKind.HALF, _YANTAI, _FIRM,
        publisher=HOUSING, is_public=True, has_black_list=True, delay_days=20,
    ),
    Example(
        "branch-year-end", "居民年终评议小区党支部", SubjectKind.BRANCH, PeriodKind.YEAR,
        "示例：每户一票，纸质同等有效，不属网络投票", Definition((Item("rating_resident", weight=100, least=5),)),
        is_public=True, delay_days=20,
    ),
    Example(
        "committee-review", "居民委员会成员民主评议", SubjectKind.COMMITTEE_MEMBER, PeriodKind.YEAR,
        "居民委员会组织法第三十七条：每年至少一次，由居务监督委员会主持；连续两次不称职，职务终止",
        Definition(
            (Item("review", _SHOWN), Item("incompetent", _SHOWN, formula="n")),
            formula="none",
            bands=(
                Band("incompetent", "不称职", "incompetent > 0"),
                Band("competent", "称职", "incompetent == 0"),
            ),
        ),
        is_public=True, delay_days=20,
    ),
)  # fmt: skip


def add_examples(
    *, district: District, begins: date, by: "User | None", now: datetime
) -> list[Scheme]:
    """Makes a draft of each example that the district does not have; answers them."""
    known = set(Scheme.objects.filter(district=district).values_list("code", flat=True))
    departments = {row.code: row for row in Department.objects.filter(district=district)}
    made = []
    for example in EXAMPLES:
        publisher = departments.get(example.publisher)
        if example.code in known or (example.publisher and publisher is None):
            continue
        if by is not None and publisher is not None:
            # Only its authority makes such a scheme; the portal ships it as a draft.
            made.append(_draft(example, district, publisher, begins, None, now))
        else:
            made.append(_draft(example, district, publisher, begins, by, now))
    return made


def _draft(
    example: Example, district: District, publisher: Department | None, begins: date,
    by: "User | None", now: datetime,
) -> Scheme:  # fmt: skip
    return schemes.draft(
        district=district, code=example.code, name=example.name,
        subject_kind=example.subject_kind, period_kind=example.period_kind,
        definition=example.definition, begins=begins, source=example.source, by=by, now=now,
        publisher=publisher, compound_class=example.compound_class,
        delay_days=example.delay_days, is_public=example.is_public,
        has_black_list=example.has_black_list, is_example=True,
    )  # fmt: skip
