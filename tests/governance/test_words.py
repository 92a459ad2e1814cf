"""Words that were changed stay changed: nowhere in the catalogue, the templates, the guides, the scripts."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

BASE = Path(settings.BASE_DIR)
# What nobody says any more, and what is said instead.
BANNED = {
    r"你": "您",
    r"不要了": "放弃本次导入、放弃填写",
    r"\d ?分内|已超时 ?[^，。]*\d ?分(?!钟)": "30 分钟内、已超时 5 分钟",
    r"户外的人": "本户以外人员",
    r"约数": "科学计数",
    r"等待自": "已等待 3 小时 15 分钟",
    r"替班|代班": "副班",
    r"谁在这里": "工作力量",
    r"来修改": "组织列表",
    r"销号，谢谢": "谢谢您的评价，这件事办完了。",
    r"太相似": "至少 10 位，不要只用数字",
    r"密码（重复）": "再输一次密码",
    r"新的输入值必须不同": "这就是您现在的号码。",
    r"请选择哪些同时": "哪些事要另外通知您？",
    r"没有任职|不需要任职": "（不显示）",
    r"^名称的一部分，或代码": "输入小区名",
    r"几分钟内有效": "10 分钟内有效",
    r"操作成功": "说清发生了什么",
    r"[\u4e00-\u9fff]: ": "全角冒号",
}


def texts() -> dict[str, list[str]]:
    """All that people read in Chinese, by where it stands."""
    catalogue = BASE / "locale/zh_Hans/LC_MESSAGES/django.po"
    with catalogue.open("rb") as file:
        messages = list(read_po(file, locale="zh_Hans"))
    found = {
        "catalogue": [
            one
            for message in messages
            if message.id
            for one in (
                message.string if isinstance(message.string, tuple | list) else [message.string]
            )
        ]
    }
    for folder, ending in (("templates", "*.html"), ("docs/guides", "*.md"), ("static/js", "*.js")):
        for path in sorted((BASE / folder).rglob(ending)):
            found[str(path.relative_to(BASE))] = path.read_text(encoding="utf-8").splitlines()
    return found


@pytest.mark.parametrize("words", BANNED)
def test_nobody_says_it_any_more(words):
    pattern = re.compile(words)
    said = [
        (place, line.strip()[:80])
        for place, lines in texts().items()
        for line in lines
        if pattern.search(line)
    ]
    assert said == [], f"say instead: {BANNED[words]}"
