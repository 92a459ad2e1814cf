"""The demo's campaign list: 6 aspects, 20 problems, 51 invented measures, every step by its use-case."""

from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from governance.demo.people import ACCOUNTS, BACKGROUND
from orgs.enums import Role
from orgs.models import Department, District, User
from tasks.campaigns import measures
from tasks.campaigns.campaigns import add_measure, create_campaign
from tasks.models import Campaign, Measure

NAME = "小区治理突出问题百日攻坚（演示）"
DOCUMENT = "演示文件：小区治理问题责任任务清单"
BEFORE, AFTER = timedelta(days=120), timedelta(days=120)

# aspect: problem: (measure, lead, who assists)
LIST: dict[str, dict[str, list[tuple[str, str, str]]]] = {
    "党建引领": {
        "小区党支部覆盖不全": [
            ("摸清没有党支部的小区，逐个列明组建方式和时间", "civil-affairs", "housing"),
            ("规模小的小区联合组建党支部，派驻党建指导员", "civil-affairs", ""),
            ("新交付小区同步组建党支部", "civil-affairs", "housing"),
        ],
        "在职党员到小区报到不实": [
            ("每月核对报到名单，缺席的通报派出单位", "civil-affairs", "xihu-safety-office"),
            ("按特长设岗，公布党员岗位和联系方式", "civil-affairs", ""),
        ],
        "议事协商走过场": [
            ("每个小区建成一处固定议事场所", "housing", "civil-affairs"),
            ("议定事项限时公开办理结果", "civil-affairs", "housing"),
            ("整理一批议事案例，编成操作手册", "civil-affairs", ""),
        ],
    },
    "物业服务": {
        "物业服务质量不高": [
            ("公布物业服务等级和收费标准，接受业主评议", "housing", "market"),
            ("每季度开展一次物业服务检查，结果上墙", "housing", ""),
            ("对连续两次不合格的物业企业约谈并限期整改", "housing", "market"),
        ],
        "无物业小区无人管": [
            ("建立无物业小区清单，落实社区兜底保洁", "housing", "urban-management"),
            ("引导相邻小区打捆引进物业服务", "housing", "civil-affairs"),
            ("老旧小区改造后同步落实长效管护", "housing", ""),
        ],
        "业委会成立难、运转难": [
            ("指导符合条件的小区成立业委会或物管会", "housing", "civil-affairs"),
            ("业委会成员集中培训，规范用章和公示", "housing", ""),
            ("开展公共收益专项审计，公开收支", "housing", "market"),
        ],
        "维修资金使用难": [
            ("简化应急维修申请材料，三个工作日内答复", "housing", ""),
            ("编印维修资金使用指南，发到每个小区", "housing", ""),
        ],
    },
    "公共安全": {
        "飞线充电和电动车进楼": [
            ("每个小区建成集中充电桩和停车棚", "fire", "housing、power"),
            ("每周夜间巡查楼道，发现一起清理一起", "fire", "public-security、xihu-safety-office"),
            ("高层住宅电梯加装电动车识别装置", "fire", "housing、market"),
        ],
        "消防通道堵塞": [
            ("重新施划消防通道标线并公告", "fire", "traffic"),
            ("清理占道杂物和僵尸车", "fire", "traffic、urban-management"),
            ("每半年组织一次小区消防演练", "fire", "xihu-safety-office"),
        ],
        "治安防范薄弱": [
            ("补齐小区出入口视频监控盲点", "public-security", "housing"),
            ("民警每月进小区接待群众一次", "public-security", ""),
            ("开展出租房屋集中登记", "public-security", "xihu-safety-office"),
        ],
        "电梯带病运行": [
            ("老旧电梯逐台安全评估，建立台账", "market", "housing"),
            ("困人故障三十分钟到场，结果公示", "market", "housing"),
        ],
    },
    "环境秩序": {
        "乱搭乱建": [
            ("存量违建分类建账，限期拆除", "urban-management", "housing"),
            ("新增违建二十四小时内制止", "urban-management", "public-security"),
            ("拆违点位同步恢复绿化", "urban-management", ""),
        ],
        "毁绿种菜": [
            ("清理毁绿种菜点位并补植", "urban-management", "housing"),
            ("设立共享菜园，疏堵结合", "urban-management", "civil-affairs"),
        ],
        "垃圾分类不到位": [
            ("改造分类投放点，配齐雨棚和洗手池", "urban-management", "housing"),
            ("志愿者早晚两个时段守桶引导", "urban-management", "civil-affairs"),
            ("大件和装修垃圾预约上门清运", "urban-management", ""),
        ],
        "油烟噪声扰民": [
            ("小区周边餐饮油烟逐户检测", "environment", "urban-management、market"),
            ("中高考期间夜间施工巡查", "environment", "urban-management、public-security"),
        ],
    },
    "便民服务": {
        "停车难": [
            ("挖潜新增停车泊位，划线编号", "urban-management", "traffic"),
            ("规范小区内部停车收费，明码标价", "market", "housing"),
            ("机关单位夜间错时开放停车场", "urban-management", "traffic"),
        ],
        "养老托幼设施不足": [
            ("建成社区养老服务站", "civil-affairs", "health"),
            ("独居老人每周上门探访一次", "civil-affairs", "health"),
        ],
        "二次供水水质差": [
            ("水箱每半年清洗消毒一次并公示检测结果", "housing", "water、health"),
            ("老旧供水管网分批改造", "housing", "water"),
        ],
    },
    "执法进小区": {
        "执法力量进不了小区": [
            ("每个小区公示城管、公安、消防、市场监管联系人", "urban-management", "public-security、fire、market"),
            ("每月一次联合执法进小区", "urban-management", "public-security、fire、market、environment"),
        ],
        "群众诉求回应慢": [
            ("群众诉求二十四小时内联系，结果回访", "urban-management", "xihu-safety-office"),
            ("疑难诉求由街道牵头会商，一事一策", "civil-affairs", "housing、urban-management"),
        ],
    },
}  # fmt: skip


def make(
    *,
    district: District,
    departments: dict[str, Department],
    accounts: dict[str, User],
    now: datetime,
    random: Random,
) -> Campaign:
    """The list of the district, with measures in every state and of every light."""
    keeper, began = accounts["district"], now - BEFORE
    campaign = create_campaign(
        owner=district,
        name=NAME,
        document=DOCUMENT,
        starts=timezone.localdate(began),
        ends=timezone.localdate(now + AFTER),
        by=keeper,
        now=began,
    )
    officers = {
        key: accounts[person.username]
        for person in (*ACCOUNTS, *BACKGROUND)
        for role, key in person.positions
        if role == Role.DEPARTMENT_OFFICER
    }
    lines = [
        (aspect, problem, *line)
        for aspect, problems in LIST.items()
        for problem, measure_lines in problems.items()
        for line in measure_lines
    ]
    for number, (aspect, problem, text, lead, assist) in enumerate(lines):
        due = now + timedelta(days=random.choice((-25, -10, 5, 12, 20, 45, 80, 110)))
        measure = add_measure(
            campaign=campaign,
            aspect=aspect,
            problem=problem,
            text=text,
            lead=departments[lead],
            assist=[departments[code] for code in assist.split("、") if code],
            due_on=timezone.localdate(due),
            by=keeper,
            now=began,
        )
        _work(measure, number, officers[lead], keeper, now, random)
    return campaign


def _work(
    measure: Measure, number: int, officer: User, keeper: User, now: datetime, random: Random
) -> None:
    """What has happened so far: four in ten struck off, one in ten waits, the rest is under way."""
    first = now - timedelta(days=random.randint(60, 100), hours=random.randint(1, 6))
    last = now - timedelta(days=random.randint(4, 50), hours=random.randint(1, 6))
    turn = number % 10
    if turn == 9:
        return
    measures.report(measure=measure, text="已成立专班，正在排查底数。", by=officer, now=first)
    if turn >= 5:
        return
    if turn == 4:
        last = now - timedelta(days=random.randint(0, 3), hours=random.randint(1, 6))
    measures.submit(
        measure=measure,
        text="措施已落实，请核验销号。",
        reference=f"演示验收单第{number + 1}号",
        by=officer,
        now=last,
    )
    if turn < 4:
        checked = last + timedelta(days=1)
        measures.close(measure=measure, text="现场核验属实。", by=keeper, now=checked)
    if number == 20:
        measures.reopen(measure=measure, reason="回访发现问题反弹。", by=keeper, now=now)
