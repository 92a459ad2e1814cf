"""Which headings ask for what the law calls sensitive of people: by words, for columns that are typed.

个人信息保护法 (PIPL) art. 28: biometrics, religious belief, specific identities, medical health, financial
accounts, whereabouts, and everything about minors under fourteen. What the portal knows itself has its
sensitivity in the register of purposes (residents/privacy/purposes.py).
"""

import re
import unicodedata
from dataclasses import dataclass

from governance.data_forms.enums import Subject

# Below this age everything that is told of somebody is sensitive (art. 28, 31).
MINOR_AGE = 14
# A list that ends before this age, and begins below MINOR_AGE, is one of children.
GROWN_UP = 18


@dataclass(frozen=True)
class Matter:
    """One sensitive matter: the words by which headings ask for it, and those that only look like them."""

    words: tuple[str, ...]
    unlike: tuple[str, ...] = ()


MATTERS = {
    "health": Matter(
        (
            "病", "残疾", "伤残", "致残", "残障", "疾", "精神", "孕", "产检", "生育", "药", "血型", "血压",
            "血糖", "健康", "身体", "体检", "医", "治疗", "住院", "手术", "诊断", "症", "癌", "肿瘤", "失能",
            "失智", "自理", "瘫", "聋", "盲", "哑", "视力", "听力", "智力", "肢体", "心理", "抑郁",
            "自闭", "透析", "过敏", "疫苗", "接种", "护理", "卧床", "慢性", "遗传", "性取向", "艾滋", "肝炎",
            "结核", "康复", "辅具", "轮椅", "假肢",
        ),
        ("精神文明", "精神面貌"),
    ),
    "religion": Matter(("宗教", "信仰", "教徒", "信教", "教派", "基督", "天主", "佛教", "道教", "伊斯兰")),
    "identity": Matter(
        (
            "身份证", "身份号", "证件", "护照", "通行证", "户口簿号", "社保卡号", "社保号", "社会保障号",
            "残疾证", "军官证", "驾驶证号", "居住证号",
        )
    ),
    "specific identity": Matter(
        (
            "犯罪", "前科", "刑满", "刑释", "刑事", "社区矫正", "矫正对象", "吸毒", "戒毒", "涉毒", "邪教",
            "上访", "信访人", "性少数", "征信", "失信",
        )
    ),
    "biometrics": Matter(
        ("指纹", "人脸", "面部", "虹膜", "声纹", "掌纹", "基因", "dna", "生物识别", "步态")
    ),
    "finance": Matter(("银行", "账号", "帐号", "账户", "帐户", "卡号", "存折", "开户")),
    "whereabouts": Matter(("行踪", "轨迹", "定位", "行程", "去向")),
    "minors": Matter(
        (
            "儿童", "未成年", "幼儿", "婴", "新生儿", "婴幼", "学龄前", "小学", "孤儿", "留守", "就读学校",
            "就读班级", "子女姓名", "子女情况", "孩子",
        )
    ),
}  # fmt: skip


# Of a row that is no person and no home, a heading may still ask for somebody's number or fingerprint;
# what it says of health there is a number of people.
_OF_ANY_ROW = ("identity", "biometrics")


def matter_of(heading: str, subject: Subject) -> str:
    """The sensitive matter of people that a heading asks for, of rows of a subject; "" for none."""
    of_people = subject in (Subject.PERSON, Subject.HOUSEHOLD)
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", heading)).casefold()
    for name in MATTERS if of_people else _OF_ANY_ROW:
        left = text
        for other in MATTERS[name].unlike:
            left = left.replace(other, "")
        if any(word in left for word in MATTERS[name].words):
            return name
    return ""
