"""Everyday words for kinds of problems: what residents write is found, and proposes the likely kind."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tasks.models import Category, Synonym
from tasks.models.catalogue import OTHER

# By the codes of usual catalogues; a district adds its own in the admin.
FIRST_SYNONYMS: dict[str, str] = {
    "fly-wire-charging": "飞线 拉电线 电瓶车上楼 电动车进楼 电动车上楼 楼道充电 充电桩",
    "fire-lanes": "消防通道 楼道杂物 堆杂物 堵通道 堵门 生命通道 消防栓 灭火器 地下室堆物",
    "lifts": "电梯坏 电梯停 电梯不动 电梯抖 坐电梯 维保",
    "lift-trapped": "电梯困人 困在电梯 关在电梯 被困 卡在电梯",
    "gas-leak": "煤气味 燃气味 漏气 煤气泄漏 燃气泄漏",
    "falling-objects": "高空抛物 楼上扔 扔东西 砸下来 掉下来 天上掉 坠物 空调外机松",
    "parking": "乱停车 停车 车位 僵尸车 地锁 挡车 共享单车",
    "road-surface": "坑洼 井盖 路不平 塌陷 地砖松 积水",
    "street-lights": "路灯 灯不亮 楼道灯 太黑 照明",
    "cooking-fumes": "油烟 烧烤 餐馆味",
    "noise": "噪音 噪声 太吵 广场舞 装修吵 半夜响 唱歌",
    "rubbish": "垃圾 快递盒 快递堆 大件 建筑垃圾 垃圾桶 臭味",
    "posters": "小广告 牛皮癣 贴广告 乱贴 乱张贴 涂鸦",
    "pests": "蚊子 老鼠 蟑螂 白蚁 苍蝇",
    "dogs": "狗 犬 狗叫 不牵绳 狗屎 流浪狗 遛狗",
    "trees": "树枝 枯树 大树 挡光 树倒",
    "facilities": "健身器材 健身器 滑梯 座椅 凉亭 儿童乐园 晾衣架 快递柜",
    "illegal-building": "违建 搭棚 加盖 阳光房 私搭 地下室住人",
    "vendors": "摆摊 小贩 占道 夜市",
    "pipes": "下水道 堵了 返水 污水 化粪池 马桶",
    "leaks": "漏水 渗水 地下室漏 地下室积水 屋顶漏 外墙",
    "fences": "围墙 护栏 大门 门禁 道闸",
    "property-service": "物业 保安 保洁 物业费 公共收益 快递",
    "water-pressure": "停水 水小 水压 水黄 二次供水",
}


@dataclass(frozen=True)
class Proposal:
    """A likely kind, and the word of the report that speaks for it."""

    category: Category
    word: str


def ensure_synonyms(**_signal: Any) -> None:
    """Kinds of usual catalogues that have no synonyms yet get the first ones."""
    kinds = Category.objects.filter(code__in=FIRST_SYNONYMS, synonyms=None)
    add(kinds)


def add(kinds: Iterable[Category]) -> None:
    """The first synonyms of some kinds."""
    Synonym.objects.bulk_create(
        (
            Synonym(category=kind, word=word)
            for kind in kinds
            for word in FIRST_SYNONYMS.get(kind.code, "").split()
        ),
        ignore_conflicts=True,
    )


def likely(text: str, kinds: Iterable[Category], most: int = 2) -> list[Proposal]:
    """The likeliest kinds of a report's words: the longest words first, each kind once.

    `kinds` come with their synonyms. A kind's own name counts like a synonym; the kind of what fits
    no other is never proposed.
    """
    text = "".join(text.casefold().split())
    if not text:
        return []
    best: dict[int, tuple[int, int, str, Category]] = {}
    for number, kind in enumerate(kinds):
        if not kind.is_selectable or kind.code == OTHER:
            continue
        hits = [word for word in words_of(kind) if len(word) > 1 and word.casefold() in text]
        if hits:
            # A whole longer word says more than two short ones; then the number of words.
            longest = max(hits, key=len)
            best[number] = (len(longest), len(hits), longest, kind)
    ordered = sorted(best.values(), key=lambda hit: (-hit[0], -hit[1]))
    return [Proposal(kind, word) for _length, _hits, word, kind in ordered[:most]]


def words_of(kind: Category) -> list[str]:
    """All by which a kind is known; without a query where its synonyms were read with it."""
    return [kind.name, *kind.keywords.split(), *(one.word for one in kind.synonyms.all())]
