"""The user guides as the portal shows them: rendered, searched, and opened at the right heading."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from orgs.enums import Role
from orgs.scoping import reach_of

if TYPE_CHECKING:
    from orgs.scoping import Person

FOLDER = settings.BASE_DIR / "docs" / "guides"
ENDING = ".zh-CN.md"
EXCERPT = 120
# A picture as the files of docs/ name it.
PICTURE = re.compile(r'src="\.\./images/([\w.-]+)"')
# A link to another guide, and one to a paper of docs/ that the portal does not show.
TO_GUIDE = re.compile(r'href="([\w-]+)\.zh-CN\.md(#[^"]*)?"')
TO_PAPER = re.compile(r'<a href="\.\./[^"]+\.md[^"]*">(.*?)</a>')

# Whose guide is whose, the first that fits; residents and visitors read the last.
OF_ROLES: tuple[tuple[str, frozenset[Role]], ...] = (
    ("street", frozenset({Role.STREET_CADRE, Role.STREET_LEADER, Role.DISTRICT_OFFICE})),
    ("community", frozenset({Role.COMMUNITY_WORKER, Role.GRID_WORKER})),
    ("department", frozenset({Role.DEPARTMENT_OFFICER})),
    ("auditor", frozenset({Role.AUDITOR})),
    ("member", frozenset({Role.BRANCH_SECRETARY, Role.PARTY_MEMBER, Role.VOLUNTEER})),
    ("shop", frozenset({Role.SHOP_STAFF})),
)
EVERYBODY = "resident"
# Of one subject, whoever reads it.
OF_SUBJECTS = ("topics", "votes", "assessments")
NAMES = (*(name for name, _roles in OF_ROLES), "administrator", *OF_SUBJECTS, EVERYBODY)

_FORM_PAGES = tuple(
    f"data_forms:{name}"
    for name in (
        "forms",
        "form_add",
        "form",
        "form_fields",
        "form_rows",
        "form_delete",
        "form_preview",
        "form_complete",
        "form_import",
        "form_fill",
        "form_part",
        "form_number",
        "form_column",
        "lists",
        "list_add",
        "list",
        "list_rows",
        "list_file",
        "list_delete",
    )
)

_COLLECTION_PAGES = tuple(
    f"data_forms:{name}"
    for name in (
        *("collections", "collection_ask", "collection", "collection_act", "collection_copy"),
        *("submission", "submission_act", "catalogue", "catalogue_form", "catalogue_ask"),
        *("catalogue_end", "burden"),
    )
)

# Which heading of a guide tells of a page, by the name of its address.
TOPICS: dict[str, dict[str, str]] = {
    "street": {
        **dict.fromkeys(_FORM_PAGES, "一表通"),
        **dict.fromkeys(_COLLECTION_PAGES, "报表目录、准入和填报"),
        "tasks:board": "派单台",
        "tasks:act": "派单",
        "tasks:task": "派单",
        "tasks:refusals": "部门拒单",
        "tasks:visits": "联合到场",
        "tasks:visit": "联合到场",
        "tasks:call": "自办自核和回访",
        "tasks:call_backs": "自办自核和回访",
        "tasks:call_back": "自办自核和回访",
        "tasks:campaigns": "清单（挂图作战）",
        "tasks:campaign": "清单（挂图作战）",
        "tasks:measure": "清单（挂图作战）",
        "tasks:hotline": "热线工单、台账、批量办理",
        "tasks:list": "热线工单、台账、批量办理",
        "tasks:bulk": "热线工单、台账、批量办理",
        "residents:coverage": "五个全覆盖",
        **dict.fromkeys(("dashboards:boards", "dashboards:board", "dashboards:duty"), "一屏统览"),
        "residents:care_readers": "关爱台账查看人",
        **dict.fromkeys(
            ("orgs:duty", "orgs:duty_change", "orgs:duty_rotate", "orgs:duty_repeat"), "值班表"
        ),
        "tasks:rates": "三率",
        "tasks:exclusions": "三率",
        "orgs:notices": "通知",
        "orgs:notice_choices": "通知",
    },
    "community": {
        **dict.fromkeys(_FORM_PAGES, "一表通"),
        **dict.fromkeys(_COLLECTION_PAGES, "报表填报"),
        "home": "每天先看工作台",
        "tasks:list": "台账、常用筛选、批量办理、打印",
        "tasks:bulk": "台账、常用筛选、批量办理、打印",
        "tasks:saved": "台账、常用筛选、批量办理、打印",
        "tasks:task": "收到一件新的",
        "tasks:act": "收到一件新的",
        "tasks:visits": "联合到场",
        "tasks:visit": "联合到场",
        "tasks:report": "代居民录入",
        **dict.fromkeys(
            ("residents:person_data", "service:people", "service:participant"),
            "居民不用手机：窗口代办",
        ),
        "tasks:call": "接听来电",
        "tasks:call_backs": "电话回访",
        "tasks:call_back": "电话回访",
        "tasks:hotline": "热线工单整表导入",
        **dict.fromkeys(("data_forms:phone_forms", "data_forms:phone_rows"), "补填表格"),
        "tasks:patrols": "网格巡查",
        "tasks:patrol_new": "网格巡查",
        "tasks:rates": "三率和月报",
        **dict.fromkeys(("dashboards:boards", "dashboards:board", "dashboards:duty"), "一屏统览"),
        "tasks:reveal": "联系电话",
        "orgs:unit": "组织、物业和五个全覆盖",
        "residents:coverage": "组织、物业和五个全覆盖",
        "orgs:rosters": "台账从 Excel 导入、导出",
        "orgs:roster_send": "台账从 Excel 导入、导出",
        "orgs:import": "台账从 Excel 导入、导出",
        "orgs:unit_outlines": "地图、楼栋房屋图、房屋列表",
        "residents:households": "地图、楼栋房屋图、房屋列表",
        "residents:household": "地图、楼栋房屋图、房屋列表",
        **dict.fromkeys(
            ("residents:claim_desk", "residents:letters", "residents:letter_run"),
            "核实认领、打印入户信、查看明文",
        ),
        "residents:people": "核实认领、打印入户信、查看明文",
        "residents:person": "核实认领、打印入户信、查看明文",
        "volunteers:members": "党员台账、楼栋岗位、党员联户",
        "volunteers:posts": "党员台账、楼栋岗位、党员联户",
        "volunteers:contacts": "党员台账、楼栋岗位、党员联户",
        "service:report_ins": "报到和服务岗位",
        "service:report_in": "报到和服务岗位",
        "service:pairings": "报到和服务岗位",
        "service:posts": "报到和服务岗位",
        "service:items": "报到和服务岗位",
    },
    "department": {
        **dict.fromkeys(_COLLECTION_PAGES, "要社区填报表"),
        "home": "收件箱",
        "tasks:inbox": "收件箱",
        "tasks:visits": "联合到场",
        "tasks:visit": "联合到场",
        "tasks:task": "主办",
        "tasks:act": "主办",
        "tasks:campaigns": "清单（挂图作战）",
        "tasks:campaign": "清单（挂图作战）",
        **dict.fromkeys(
            ("orgs:duty", "orgs:duty_change", "orgs:duty_rotate", "orgs:duty_repeat"), "值班表"
        ),
        "tasks:rates": "时限和三率",
        **dict.fromkeys(("dashboards:boards", "dashboards:board"), "一屏统览"),
    },
    "auditor": {"orgs:audit": "审计", "residents:unmaskings": "谁看过谁"},
    "shop": {
        "service:counter": "交付物品",
        "service:rewards": "库存",
        "service:reward_stock": "库存",
    },
    "member": {
        "service:mine": "我的服务：本月、申诉、积分、证明",
        "service:rewards": "我的服务：本月、申诉、积分、证明",
        **dict.fromkeys(
            ("dashboards:boards", "dashboards:board", "dashboards:duty"), "一屏统览（支部书记）"
        ),
        "service:desk": "月度审核（支部书记）",
        "service:month": "月度审核（支部书记）",
        "service:result_rate": "月度审核（支部书记）",
        "tasks:orders": "找事做",
        "tasks:task": "接单",
        "tasks:act": "办完",
        "volunteers:members": "党员台账、楼栋岗位、一联十户",
        "tasks:rates": "本小区的三率",
        "volunteers:my_households": "我联系的户",
        "service:report": "报到",
        "service:report_in": "报到",
        "service:posts": "认岗",
        "service:post": "认岗",
        "service:activities": "报名活动、签到",
        "service:activity": "报名活动、签到",
        "service:activity_month": "报名活动、签到",
        "service:calendar_address": "报名活动、签到",
        "service:check": "报名活动、签到",
        "service:activity_plan": "组织活动、点名",
        "service:activity_codes": "组织活动、点名",
        "service:roll_call": "组织活动、点名",
        "service:attendance": "组织活动、点名",
        "service:attendance_review": "审核考勤",
        "service:report_ins": "确认报到、设岗定岗",
        "service:post_set": "确认报到、设岗定岗",
        "service:orders": "接居民的点单和服务铃",
        "service:order": "接居民的点单和服务铃",
        "service:rings": "接居民的点单和服务铃",
        "service:ring": "接居民的点单和服务铃",
        "service:order_act": "派单、建队伍（支部书记）",
        "service:proxy_desk": "派单、建队伍（支部书记）",
    },
    "administrator": {
        "orgs:staff": "人员和岗位",
        "orgs:appoint": "人员和岗位",
        "orgs:position": "人员和岗位",
        "orgs:units": "组织",
        "orgs:audit": "审计",
        "admin:index": "目录（在“后台管理”）",
    },
    "assessments": {
        "assessment:runs": "被考核的单位和个人",
        "assessment:run": "方案负责单位（区委党建办，物业信用由住建局）",
        "assessment:score": "被考核的单位和个人",
        "assessment:score_appeal": "被考核的单位和个人",
        "assessment:schemes": "方案负责单位（区委党建办，物业信用由住建局）",
        "assessment:scheme": "方案负责单位（区委党建办，物业信用由住建局）",
        "assessment:scheme_edit": "方案负责单位（区委党建办，物业信用由住建局）",
        "assessment:appeals": "方案负责单位（区委党建办，物业信用由住建局）",
        "assessment:figures": "方案负责单位（区委党建办，物业信用由住建局）",
        "assessment:classes": "小区创建类别（达标、示范、精品）",
        "assessment:class": "小区创建类别（达标、示范、精品）",
        "assessment:awards": "百佳名单",
        "assessment:to_rate": "街道和部门互评",
    },
    "topics": {
        "deliberation:topics": "居民、业主",
        "deliberation:topic": "居民、业主",
        "deliberation:topic_new": "居民、业主",
    },
    "votes": {
        "deliberation:polls": "业主：三步投票",
        "deliberation:poll": "业主：三步投票",
        "deliberation:poll_vote": "业主：三步投票",
        "deliberation:poll_receipt": "业主：三步投票",
        "deliberation:poll_new": "业主委员会",
        "deliberation:poll_roll": "业主委员会",
        "deliberation:poll_desk": "业主委员会",
        "deliberation:poll_desk_entry": "业主委员会",
        "deliberation:poll_plan": "业主委员会",
        "deliberation:poll_board": "监票员",
        "deliberation:poll_what_if": "监票员",
    },
    EVERYBODY: {
        "tasks:report": "上报",
        "tasks:public_report": "上报",
        "complaints": "投诉建议",
        "tasks:mine": "看进度",
        "tasks:progress": "看进度",
        "tasks:progress_task": "看进度",
        "tasks:task": "还能做什么",
        "tasks:duties": "哪件事归哪个部门管",
        "tasks:duties_choose": "哪件事归哪个部门管",
        "orgs:unit": "小区的组织和物业",
        "residents:my_home": "认领房屋与我的信息",
        "residents:my_data": "认领房屋与我的信息",
        "service:report": "志愿者、骑手、司机报到",
        "service:orders": "点单和按铃求助",
        "service:order": "点单和按铃求助",
        "service:order_add": "点单和按铃求助",
        "service:rings": "点单和按铃求助",
        "service:ring": "点单和按铃求助",
        "service:ring_add": "点单和按铃求助",
    },
}


@dataclass(frozen=True)
class Section:
    """A heading of a guide with what stands under it."""

    guide: str
    heading: str
    anchor: str
    text: str

    @property
    def excerpt(self) -> str:
        return Truncator(" ".join(self.text.split())).chars(EXCERPT)


@dataclass(frozen=True)
class Guide:
    """One guide: `html` is safe, for it comes from the source of the portal alone."""

    name: str
    title: str
    html: SafeString
    sections: tuple[Section, ...]


@lru_cache(maxsize=len(NAMES))
def guide(name: str) -> Guide:
    """A guide by its name, rendered once. Raises KeyError for another name."""
    # 2 MB of each process that shows none.
    from markdown import Markdown
    from markdown.extensions.tables import TableExtension
    from markdown.extensions.toc import TocExtension, slugify_unicode

    if name not in NAMES:
        raise KeyError(name)
    source = (FOLDER / f"{name}{ENDING}").read_text(encoding="utf-8")
    title, _line, body = source.partition("\n")
    # Aligned cells by an attribute: the Content-Security-Policy forbids inline styles.
    extensions = [TableExtension(use_align_attribute=True), TocExtension(slugify=slugify_unicode)]
    html = Markdown(extensions=[*extensions, "sane_lists"]).convert(body)
    html = PICTURE.sub(lambda found: f'src="{static(f"guides/{found[1]}")}" loading="lazy"', html)
    html = TO_GUIDE.sub(
        lambda found: f'href="{reverse("guide", args=[found[1]])}{found[2] or ""}"', html
    )
    html = TO_PAPER.sub(r"\1", html)
    sections = []
    for part in html.split("<h2 ")[1:]:
        head, _end, rest = part.partition("</h2>")
        attributes, _bracket, heading = head.partition(">")
        anchor = attributes.split('"')[1]
        sections.append(Section(name, strip_tags(heading), anchor, strip_tags(rest)))
    return Guide(
        name,
        title.removeprefix("# ").strip(),
        mark_safe(html),  # noqa: S308  a file of the source, not input
        tuple(sections),
    )


def guides_of(person: "Person") -> list[str]:
    """The guides of somebody's roles, the nearest first; everybody's last."""
    roles = reach_of(person).roles if person.is_authenticated else frozenset()
    names = [name for name, needed in OF_ROLES if roles & needed]
    if person.is_authenticated and (person.is_staff or person.is_superuser):
        names.append("administrator")
    return [*names, EVERYBODY]


def place_for(person: "Person", page: str) -> tuple[str, str]:
    """The guide and the heading's anchor ("" for its beginning) that tell somebody of a page."""
    own = guides_of(person)
    for name in (*own, *OF_SUBJECTS):
        heading = TOPICS[name].get(page)
        if heading:
            anchors = {section.heading: section.anchor for section in guide(name).sections}
            return name, anchors.get(heading, "")
    return own[0], ""


def search(words: str) -> list[Section]:
    """The sections of all guides in which every word stands, those with it in the heading first."""
    wanted = words.casefold().split()
    if not wanted:
        return []
    found = [
        section
        for name in NAMES
        for section in guide(name).sections
        if all(word in f"{section.heading} {section.text}".casefold() for word in wanted)
    ]
    return sorted(found, key=lambda one: not all(word in one.heading.casefold() for word in wanted))
