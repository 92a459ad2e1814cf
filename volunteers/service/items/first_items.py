"""The items with which an installation begins: five classes, 39 items, all of them examples (示例).

The official list is not published; whoever runs the portal puts their own versions in force.
"""

from volunteers.service.enums import ItemClass, ItemUse, MinutesKind

SOURCE = "示例：官方五类三十九项目录未公开，本表由平台拟定，请按本地文件修订"

_P, _E, _S, _C, _L = (
    ItemClass.PARTY,
    ItemClass.ENVIRONMENT,
    ItemClass.SAFETY,
    ItemClass.CARE,
    ItemClass.CULTURE,
)
_A, _O, _B = ItemUse.ACTIVITY, ItemUse.ORDER, ItemUse.BOTH
_DUTY, _FREE = MinutesKind.DUTY, MinutesKind.VOLUNTARY

# Code, class, name, for, minutes, points, counts as, needs insurance, from which age, skill.
FIRST_ITEMS = (
    ("A01", _P, "（示例）参加小区党支部组织生活", _A, 90, 6, _DUTY, False, 18, ""),
    ("A02", _P, "（示例）政策宣讲进楼栋", _A, 60, 5, _DUTY, False, 18, ""),
    ("A03", _P, "（示例）入户走访听意见", _B, 60, 5, _DUTY, False, 18, ""),
    ("A04", _P, "（示例）红色驿站值班", _A, 120, 8, _DUTY, False, 18, ""),
    ("A05", _P, "（示例）议事会现场服务", _A, 90, 6, _DUTY, False, 18, ""),
    ("A06", _P, "（示例）老党员送学上门", _B, 60, 5, _DUTY, False, 18, ""),
    ("A07", _P, "（示例）政务事项帮代办", _O, 60, 6, _FREE, False, 18, ""),
    ("A08", _P, "（示例）手机办事教学", _B, 45, 4, _FREE, False, 16, ""),
    ("B01", _E, "（示例）小区清洁日", _A, 120, 8, _FREE, False, 14, ""),
    ("B02", _E, "（示例）垃圾分类桶边引导", _A, 90, 6, _FREE, False, 14, ""),
    ("B03", _E, "（示例）楼道杂物清理", _B, 90, 7, _FREE, False, 16, ""),
    ("B04", _E, "（示例）绿地认养养护", _A, 60, 5, _FREE, False, 14, ""),
    ("B05", _E, "（示例）非机动车摆放整理", _A, 60, 4, _FREE, False, 16, ""),
    ("B06", _E, "（示例）小广告清除", _A, 60, 4, _FREE, False, 16, ""),
    ("B07", _E, "（示例）河湖岸线巡护", _A, 120, 9, _FREE, True, 18, ""),
    ("B08", _E, "（示例）灭蚊灭鼠药具投放", _A, 90, 7, _FREE, False, 18, ""),
    ("C01", _S, "（示例）夜间平安巡逻", _A, 120, 9, _DUTY, True, 18, ""),
    ("C02", _S, "（示例）消防通道巡查劝导", _A, 60, 5, _FREE, False, 18, ""),
    ("C03", _S, "（示例）飞线充电劝导", _A, 60, 5, _FREE, False, 18, ""),
    ("C04", _S, "（示例）学校周边护学", _A, 45, 4, _FREE, False, 18, ""),
    ("C05", _S, "（示例）反诈宣传", _A, 60, 5, _FREE, False, 16, ""),
    ("C06", _S, "（示例）邻里矛盾调解", _O, 90, 8, _FREE, False, 18, "mediation"),
    ("C07", _S, "（示例）防汛防冻值守", _A, 240, 16, _DUTY, True, 18, ""),
    ("C08", _S, "（示例）高空抛物隐患排查", _A, 60, 5, _FREE, True, 18, ""),
    ("D01", _C, "（示例）独居老人探访", _B, 45, 4, _FREE, False, 16, ""),
    ("D02", _C, "（示例）代买药品生活用品", _O, 40, 4, _FREE, False, 16, ""),
    ("D03", _C, "（示例）陪同就医", _O, 180, 14, _FREE, False, 18, ""),
    ("D04", _C, "（示例）上门理发", _O, 40, 5, _FREE, False, 18, "hairdressing"),
    ("D05", _C, "（示例）水电小修", _O, 45, 6, _FREE, True, 18, "repair"),
    ("D06", _C, "（示例）课后看护辅导", _B, 90, 7, _FREE, False, 18, "teaching"),
    ("D07", _C, "（示例）残疾人出行陪伴", _O, 90, 8, _FREE, False, 18, ""),
    ("D08", _C, "（示例）义诊量血压", _A, 120, 9, _FREE, False, 18, "medical"),
    ("E01", _L, "（示例）社区文艺演出服务", _A, 120, 8, _FREE, False, 14, ""),
    ("E02", _L, "（示例）节日邻里百家宴", _A, 180, 10, _FREE, False, 14, ""),
    ("E03", _L, "（示例）阅读角管理", _A, 90, 6, _FREE, False, 14, ""),
    ("E04", _L, "（示例）健身活动带领", _A, 60, 5, _FREE, False, 18, ""),
    ("E05", _L, "（示例）移风易俗劝导", _A, 60, 5, _FREE, False, 18, ""),
    ("E06", _L, "（示例）文明养犬劝导", _A, 60, 5, _FREE, False, 18, ""),
    ("E07", _L, "（示例）家电书籍以旧换新集市", _A, 120, 8, _FREE, False, 14, ""),
)
