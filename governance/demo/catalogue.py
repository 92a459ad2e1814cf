"""The demo's catalogue: the kinds of problem that residents report most, departments, duties.

The names, search words and bases are Chinese data. A district replaces them with its own lists.
"""

from dataclasses import dataclass

from orgs.models import Department, District, Unit
from tasks.catalogue import synonyms
from tasks.enums import AssignmentRole
from tasks.models import Category, Duty


@dataclass(frozen=True)
class Kind:
    """A kind of problem: who leads, with the basis of that, and who assists."""

    code: str
    name: str
    keywords: str
    lead: str
    basis: str
    assist: tuple[str, ...] = ()
    is_urgent: bool = False


@dataclass(frozen=True)
class Heading:
    """A heading of the catalogue and the kinds below it."""

    code: str
    name: str
    kinds: tuple[Kind, ...]


# code: full name, short name
DEPARTMENTS = {
    "urban-management": ("黄州区城市管理执法局", "城管局"),
    "housing": ("黄州区住房和城乡建设局", "住建局"),
    "fire": ("黄州区消防救援大队", "消防大队"),
    "public-security": ("黄州公安分局", "公安分局"),
    "traffic": ("黄州交警大队", "交警大队"),
    "market": ("黄州区市场监督管理局", "市场监管局"),
    "environment": ("黄州生态环境分局", "生态环境分局"),
    "health": ("黄州区卫生健康局", "卫健局"),
    "civil-affairs": ("黄州区民政局", "民政局"),
    "water": ("黄州区供水服务中心", "供水中心"),
    "power": ("黄州区供电服务中心", "供电中心"),
}
OFFICE_HOURS = "工作日 8:30–12:00，14:30–17:30"
STREET_OFFICE = ("xihu-safety-office", "西湖街道平安建设办公室", "西湖平安办")

# What residents read who read no Chinese, by code.
IN_ENGLISH = {
    "safety": "Public safety",
    "traffic-and-roads": "Traffic and roads",
    "environment": "Environment and hygiene",
    "order": "Public order",
    "homes-and-service": "Homes, property service, water and power",
    "fly-wire-charging": "Charging by loose cables",
    "fire-lanes": "Blocked fire lane",
    "lifts": "Lift out of order",
    "lift-trapped": "People trapped in a lift",
    "falling-objects": "Things thrown or falling from above",
    "gas-leak": "Gas leak",
    "gas-heating": "Gas and heating safety",
    "parking": "Parking",
    "road-surface": "Damaged road",
    "street-lights": "Street light out",
    "cooking-fumes": "Cooking fumes",
    "noise": "Noise",
    "rubbish": "Rubbish not collected",
    "posters": "Illegal posters",
    "pests": "Mosquitoes, flies, rats",
    "dogs": "Dogs",
    "trees": "Trees to be cut back",
    "illegal-building": "Illegal building",
    "vendors": "Vendors blocking the way",
    "pipes": "Blocked pipe or drain",
    "leaks": "Leaking building",
    "fences": "Damaged wall or fence",
    "property-service": "Property service",
    "facilities": "Damaged public facility",
    "water-pressure": "Water cut off or too weak",
}

HEADINGS = (
    Heading(
        "safety",
        "公共安全",
        (
            Kind(
                "fly-wire-charging",
                "飞线充电",
                "飞线 电动车 电瓶车 充电 上楼 拉线",
                "fire",
                "《高层民用建筑消防安全管理规定》第三十七条",
                ("housing", "power"),
            ),
            Kind(
                "fire-lanes",
                "占用消防通道",
                "消防通道 堵塞 楼道堆物 杂物 安全出口",
                "fire",
                "《消防法》第二十八条",
                ("traffic", "housing"),
                is_urgent=True,
            ),
            Kind(
                "lifts",
                "电梯故障",
                "电梯 困人 停运 抖动 异响 维保",
                "market",
                "《特种设备安全法》",
                ("housing",),
            ),
            Kind(
                "lift-trapped",
                "电梯困人",
                "电梯 困人 关在里面 被困",
                "fire",
                "《特种设备安全法》",
                ("market", "housing"),
                is_urgent=True,
            ),
            Kind(
                "falling-objects",
                "高空抛物",
                "高空抛物 坠物 扔东西 外墙脱落",
                "public-security",
                "《民法典》第一千二百五十四条",
                ("housing",),
            ),
            Kind(
                "gas-leak",
                "燃气泄漏",
                "燃气 煤气 天然气 漏气 泄漏 煤气味",
                "housing",
                "《城镇燃气管理条例》",
                ("fire", "market"),
                is_urgent=True,
            ),
            Kind(
                "gas-heating",
                "燃气和供暖安全",
                "燃气 煤气 暖气 供暖 不热",
                "housing",
                "《城镇燃气管理条例》",
                ("market",),
            ),
        ),
    ),
    Heading(
        "traffic-and-roads",
        "出行和道路",
        (
            Kind(
                "parking",
                "停车难和乱停车",
                "停车 车位 占道 堵门 僵尸车 地锁",
                "traffic",
                "《道路交通安全法》",
                ("housing", "urban-management"),
            ),
            Kind(
                "road-surface",
                "路面破损",
                "路面 坑洼 塌陷 井盖 地砖 台阶",
                "urban-management",
                "《城市道路管理条例》",
                ("housing",),
            ),
            Kind(
                "street-lights",
                "路灯不亮",
                "路灯 照明 灯不亮 黑 楼道灯",
                "urban-management",
                "《城市照明管理规定》",
                ("power",),
            ),
        ),
    ),
    Heading(
        "environment",
        "环境和卫生",
        (
            Kind(
                "cooking-fumes",
                "油烟扰民",
                "油烟 餐馆 烧烤 排烟 味道",
                "urban-management",
                "《大气污染防治法》第一百一十八条",
                ("environment", "market"),
            ),
            Kind(
                "noise",
                "噪声扰民",
                "噪音 噪声 吵 广场舞 装修 施工 音响",
                "public-security",
                "《噪声污染防治法》",
                ("environment", "urban-management"),
            ),
            Kind(
                "rubbish",
                "垃圾清运",
                "垃圾 清运 分类 桶 建筑垃圾 大件 臭",
                "urban-management",
                "《城市生活垃圾管理办法》",
                ("housing",),
            ),
            Kind(
                "posters",
                "小广告乱张贴",
                "小广告 乱贴 涂写 牛皮癣",
                "urban-management",
                "《城市市容和环境卫生管理条例》第十七条",
            ),
            Kind(
                "pests",
                "蚊蝇鼠害",
                "蚊子 苍蝇 老鼠 蟑螂 白蚁 消杀",
                "health",
                "《传染病防治法》",
                ("urban-management",),
            ),
            Kind(
                "dogs",
                "养犬扰民",
                "狗 犬 不牵绳 狗叫 粪便 流浪狗",
                "public-security",
                "《动物防疫法》第三十条",
                ("urban-management",),
            ),
            Kind(
                "trees",
                "树木修剪",
                "树 修剪 枯枝 倒伏 挡光 绿化",
                "urban-management",
                "《城市绿化条例》",
                ("housing", "power"),
            ),
        ),
    ),
    Heading(
        "order",
        "秩序和执法",
        (
            Kind(
                "illegal-building",
                "违法建设",
                "违建 搭建 阳光房 私搭 加层 圈地",
                "urban-management",
                "《城乡规划法》第六十四条",
                ("housing", "xihu-safety-office"),
            ),
            Kind(
                "vendors",
                "占道经营",
                "摆摊 小贩 占道 夜市 流动摊",
                "urban-management",
                "《城市市容和环境卫生管理条例》第十四条",
                ("market", "public-security"),
            ),
        ),
    ),
    Heading(
        "homes-and-service",
        "房屋、物业和水电",
        (
            Kind(
                "pipes",
                "管道堵塞",
                "管道 下水 堵 污水 返水 化粪池",
                "housing",
                "《城镇排水与污水处理条例》",
                ("water",),
            ),
            Kind(
                "leaks",
                "房屋渗漏",
                "漏水 渗水 外墙 屋顶 防水",
                "housing",
                "《住宅专项维修资金管理办法》",
            ),
            Kind(
                "fences",
                "围墙护栏损坏",
                "围墙 护栏 栏杆 大门 门禁 道闸",
                "housing",
                "《物业管理条例》",
                ("urban-management",),
            ),
            Kind(
                "property-service",
                "物业服务",
                "物业 保洁 保安 收费 公共收益 维修不及时",
                "housing",
                "《物业管理条例》",
                ("civil-affairs",),
            ),
            Kind(
                "facilities",
                "公共设施损坏",
                "健身器材 座椅 滑梯 凉亭 快递柜",
                "housing",
                "《物业管理条例》",
            ),
            Kind(
                "water-pressure",
                "停水和水压不足",
                "水压 停水 水小 水质 二次供水 水泵",
                "water",
                "《城市供水条例》",
                ("housing", "health"),
            ),
        ),
    ),
)


def make_departments(district: District, street: Unit) -> dict[str, Department]:
    """The district's departments and one office of a street, by code."""
    all_departments = [
        Department(
            code=code,
            name=name,
            short_name=short,
            district=district,
            phone=f"0713-800{number:04}",
            address=f"黄州区示例路{number}号{short}（虚构）",
            hours=OFFICE_HOURS,
        )
        for number, (code, (name, short)) in enumerate(DEPARTMENTS.items(), 1)
    ]
    code, name, short = STREET_OFFICE
    all_departments.append(
        Department(
            code=code,
            name=name,
            short_name=short,
            district=district,
            street=street,
            phone="0713-8000100",
            address="西湖街道办事处二楼（虚构）",
            hours=OFFICE_HOURS,
        )
    )
    Department.objects.bulk_create(all_departments)
    return {department.code: department for department in all_departments}


def make_categories(departments: dict[str, Department]) -> dict[str, Category]:
    """Headings and kinds with their duties; answers the kinds by code."""
    headings = [
        Category(
            code=heading.code,
            name=heading.name,
            name_en=IN_ENGLISH[heading.code],
            is_selectable=False,
            position=number * 10,
        )
        for number, heading in enumerate(HEADINGS, 1)
    ]
    Category.objects.bulk_create(headings)
    kinds = [
        (
            kind,
            Category(
                code=kind.code,
                name=kind.name,
                name_en=IN_ENGLISH[kind.code],
                keywords=kind.keywords,
                is_urgent=kind.is_urgent,
                parent=parent,
                position=number * 10,
            ),
        )
        for parent, heading in zip(headings, HEADINGS, strict=True)
        for number, kind in enumerate(heading.kinds, 1)
    ]
    Category.objects.bulk_create(category for _kind, category in kinds)
    synonyms.add(category for _kind, category in kinds)
    Duty.objects.bulk_create(
        Duty(
            department=departments[code],
            category=category,
            role=AssignmentRole.LEAD if code == kind.lead else AssignmentRole.ASSIST,
            basis=kind.basis if code == kind.lead else f"配合牵头单位：{kind.basis}",
        )
        for kind, category in kinds
        for code in (kind.lead, *kind.assist)
    )
    return {kind.code: category for kind, category in kinds}
