"""Topics of 翡翠一品小区 in every stage, with what was said, decided, promised and judged."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from governance.demo.places import EMERALD, Places
from governance.demo.tasks import photos
from orgs.models import User
from residents.deliberation.discussion import discussion
from residents.deliberation.enums import Decider, PetitionBasis, SideKind, Threshold
from residents.deliberation.meetings import meetings
from residents.deliberation.models import Topic
from residents.deliberation.promises import objections, promises
from residents.deliberation.topics import proposals, rules, steps

SIDES = ("branch", "committee", "property", "residents")

_FAIR = {"members": 5, "present": 5, "in_favour": 4}


class _Teller:
    """Takes the steps of topics, each on its day."""

    def __init__(self, places: Places, accounts: dict[str, User], now: datetime) -> None:
        self.unit, self.accounts, self.now = places.units[EMERALD], accounts, now
        self.random = Random(EMERALD)  # noqa: S311 (repeatable, guards nothing)

    def at(self, days: float) -> datetime:
        return self.now - timedelta(days=days)

    def propose(self, days: float, who: str, title: str, text: str, **values: Any) -> Topic:
        by, at = self.accounts[who], self.at(days)
        return proposals.propose(
            unit=self.unit, title=title, text=text, by=by, now=at,
            **{"decider": Decider.COMMITTEE} | values,
        )  # fmt: skip

    def take(
        self, topic: Topic, days: float, step: Callable[..., Topic], who: str, **body: Any
    ) -> Topic:
        return step(topic=topic, by=self.accounts[who], now=self.at(days), **body)

    def signed(self, topic: Topic, days: float, *names: str) -> Topic:
        for number, name in enumerate(names):
            topic = self.take(topic, days - number / 10, proposals.co_sign, name)
        return topic

    def discussing(self, days: float, who: str, title: str, text: str, **values: Any) -> Topic:
        """Raised, signed by enough, and opened three days later."""
        topic = self.propose(days, who, title, text, **values)
        others = [name for name in ("owner", "owner2", "member", "member2") if name != who]
        topic = self.signed(topic, days - 1, *others)
        return self.take(topic, days - 3, steps.discuss, "community")

    def heard(self, topic: Topic, days: float) -> Topic:
        """What the four sides say."""
        words = {
            "secretary": ("branch", "党支部支持，请业委会和物业一起算清费用。"),
            "committee": ("committee", "业委会同意列入本季度议程。"),
            "property": ("property", "物业可以负责施工和日常维护。"),
            "community": ("residents", "走访 42 户，37 户支持，5 户担心费用。"),
        }
        for who, (side, text) in words.items():
            topic = self.take(topic, days, steps.state, who, side=side, text=text)
        return topic

    def approved(self, days: float, who: str, title: str, text: str, **values: Any) -> Topic:
        topic = self.heard(self.discussing(days, who, title, text, **values), days - 4)
        topic = self.take(topic, days - 6, steps.review, "community")
        reason = "内容合法，不涉及个人权益争议，同意提交表决。"
        return self.take(topic, days - 8, steps.approve, "secretary", reason=reason)

    def published(self, days: float, who: str, title: str, text: str, decision: str) -> Topic:
        topic = self.approved(days, who, title, text)
        on = timezone.localdate(self.at(days - 10))
        topic = self.take(
            topic, days - 10, steps.record_decision, "committee", on=on, text=decision, **_FAIR
        )
        return self.take(topic, days - 11, steps.announce, "committee", text=decision)

    def photo(self, who: str, days: float) -> Any:
        return photos.draw(self.random, self.accounts[who], self.at(days))


def make(places: Places, accounts: dict[str, User], now: datetime) -> None:
    """All of it, through the use-cases."""
    tell = _Teller(places, accounts, now)
    rules.set_rule(
        place=tell.unit, threshold=3, counted_by=Threshold.PEOPLE,
        petition_basis=PetitionBasis.OWNERS, petition_percent=20, review_days=5, convene_days=30,
        publicity_days=15, evaluation_days=7, low_score=300, sides=SIDES,
        source="翡翠一品小区业主大会议事规则第八条（演示）", by=accounts["community"], now=tell.at(120),
    )  # fmt: skip
    tell.propose(
        2, "owner", "东门加装照明", "东门外一段路晚上没有灯，老人孩子进出不安全，建议加装两盏路灯。"
    )
    tell.signed(
        tell.propose(4, "tenant", "快递柜移到岗亭旁", "现在的位置雨天进水，建议移到岗亭旁边。"),
        3,
        "member",
    )
    _discussion(tell)
    topic = tell.heard(
        tell.discussing(9, "member2", "地下车库充电桩分时段使用", "晚高峰抢桩，建议分时段并公示。"),
        5,
    )
    tell.take(topic, 1, steps.review, "community")
    tell.approved(
        20, "owner2", "5栋1单元电梯更换（使用维修资金）",
        "电梯已用 16 年，半年困人三次。建议使用维修资金更换，预算 32 万元，按本单元业主分摊。",
        decider=Decider.OWNERS, matter=5,
    )  # fmt: skip
    _publicity(tell)
    _executing(tell)
    _evaluating(tell)
    _micro(tell)
    topic = tell.discussing(40, "owner", "给每户发一箱苹果", "过节热闹一下。")
    topic = tell.take(topic, 36, steps.review, "community")
    reason = "用公共收益给个人发放实物，不属于共同管理事项，不予采纳；可以办邻里节。"
    tell.take(topic, 34, steps.reject, "secretary", reason=reason)


def _discussion(tell: _Teller) -> None:
    """A discussion with answers, one contribution hidden, an appeal that waits, and a meeting."""
    topic = tell.discussing(
        8,
        "owner",
        "3栋后面建一处宠物活动角",
        "遛狗和带娃常有矛盾，建议划一处宠物活动角，装围栏和拾便袋。",
    )

    def say(days: float, who: str, text: str, **more: Any) -> Any:
        return discussion.say(
            topic=topic, text=text, by=tell.accounts[who], now=tell.at(days), **more
        )

    first = say(4, "member", "支持，最好离儿童滑梯远一点。")
    say(3.9, "property", "可以放在 3 栋北侧，离滑梯约 60 米。", answers=first)
    rude = say(3.5, "tenant", "养狗的都没素质，点名 302 那家。")
    discussion.hide(
        comment=rude,
        reason="点名指责邻居，涉及个人",
        by=tell.accounts["secretary"],
        now=tell.at(3.4),
    )
    discussion.appeal(
        comment=rude, reason="我可以改成不点名。", by=tell.accounts["tenant"], now=tell.at(3)
    )
    tell.heard(topic, 3)
    meeting = meetings.call(
        unit=tell.unit, title="四方联席会议", starts_at=tell.at(2), where="小区党群驿站",
        agenda="一、宠物活动角选址；二、费用与维护。", topics=[topic], by=tell.accounts["secretary"],
        now=tell.at(4),
    )  # fmt: skip
    meetings.write_minutes(
        meeting=meeting,
        minutes="选址定在 3 栋北侧；围栏由物业报价，业委会核价；下周提交党支部审议。",
        attendance={
            "branch": "方支书",
            "committee": "朱业委",
            "property": "杨物业",
            "residents": "梁议事",
        },
        by=tell.accounts["secretary"],
        now=tell.at(1.5),
    )


def _publicity(tell: _Teller) -> None:
    """A decision that is public, with an objection and its answer."""
    topic = tell.published(
        16, "owner", "东侧停车位重新划线", "现有划线模糊，常有车压线堵住消防通道。",
        "业委会决定：重新划线 36 个车位，留足消防通道，费用 1.8 万元从公共收益列支。",
    )  # fmt: skip
    objection = objections.object_to(
        topic=topic, text="划线后会少两个车位，请说明怎么补。", by=tell.accounts["owner2"],
        now=tell.at(3),
    )  # fmt: skip
    objections.answer(
        objection=objection, answer="南侧空地增加两个临时车位，总数不变。",
        by=tell.accounts["committee"], now=tell.at(2),
    )  # fmt: skip


def _promised(tell: _Teller, topic: Topic, days: float, due: int, **values: Any) -> Any:
    return promises.promise(
        topic=topic, due_on=timezone.localdate(tell.at(days - due)),
        by=tell.accounts["committee"], now=tell.at(days), **values,
    )  # fmt: skip


def _executing(tell: _Teller) -> None:
    """A joint work order with a part for each side, one of which is done."""
    topic = tell.published(
        45, "member", "单元门禁换成刷卡加手机", "旧门禁坏了 5 个单元，外人随意进出。",
        "业委会决定：28 个单元门禁全部更换，预算 8.4 万元从公共收益列支，分两批施工。",
    )  # fmt: skip
    one = _promised(
        tell, topic, 30, 40, text="更换 28 个单元门禁", owner="物业公司", budget_fen=8_400_000,
        parts={"property": "施工安装", "committee": "核价和验收", "branch": "协调入户和告知老人"},
    )  # fmt: skip
    tell.take(topic, 17, steps.execute, "committee")
    promises.finish_part(
        promise=one, side=SideKind.BRANCH, result="已入户告知 61 户老人，代办门卡 40 张。",
        by=tell.accounts["secretary"], now=tell.at(9),
    )  # fmt: skip
    promises.report(
        promise=one, text="第一批 14 个单元已装好，第二批下周一开工。", by=tell.accounts["committee"],
        now=tell.at(4), attachments=[tell.photo("committee", 4)],
    )  # fmt: skip


def _done(
    tell: _Teller, days: float, who: str, words: tuple[str, str, str], **promise: Any
) -> Topic:
    """A topic that is done `days` ago and waits to be judged."""
    title, text, decision = words
    topic = tell.published(days + 45, who, title, text, decision)
    one = _promised(tell, topic, days + 30, 40, **promise)
    topic = tell.take(topic, days + 17, steps.execute, "committee")
    promises.end(
        promise=one, text="全部完工，已验收。", by=tell.accounts["committee"], now=tell.at(days),
        attachments=[tell.photo("committee", days)],
    )  # fmt: skip
    return tell.take(topic, days, steps.evaluate, "committee")


def _evaluating(tell: _Teller) -> None:
    words = (
        "儿童滑梯更换", "滑梯开裂，有孩子划伤。", "业委会决定：更换滑梯和地垫，预算 2.6 万元从公共收益列支。",
    )  # fmt: skip
    topic = _done(
        tell, 3, "owner2", words, text="更换滑梯和地垫", owner="业委会", budget_fen=2_600_000
    )
    for who, stars, text in (("owner", 5, "孩子很喜欢。"), ("tenant", 4, "")):
        tell.take(topic, 1, steps.rate, who, stars=stars, text=text)


def _micro(tell: _Teller) -> None:
    """红色微评议: a hot issue, a round of comments, the fix with pictures before and after."""
    topic = tell.propose(
        60, "secretary", "楼道堆物集中清理", "7栋、9栋楼道堆放纸箱和旧家具，堵塞消防通道。请大家评一评怎么清。",
        is_micro=True, attachments=[tell.photo("secretary", 60)],
    )  # fmt: skip
    topic = tell.take(topic, 59, steps.discuss, "secretary")
    discussion.say(
        topic=topic, text="先发通知，给三天自己清。", by=tell.accounts["owner"], now=tell.at(58)
    )
    topic = tell.take(topic, 57, steps.review, "community")
    topic = tell.take(topic, 56, steps.approve, "secretary", reason="属于日常管理，同意。")
    decision = "业委会决定：通知三天后由物业统一清运，费用 3000 元从公共收益列支。"
    on = timezone.localdate(tell.at(55))
    topic = tell.take(topic, 55, steps.record_decision, "committee", on=on, text=decision, **_FAIR)
    topic = tell.take(topic, 54, steps.announce, "committee", text=decision)
    one = _promised(tell, topic, 53, 30, text="清运楼道堆物", owner="物业公司", budget_fen=300_000)
    topic = tell.take(topic, 37, steps.execute, "committee")
    promises.end(
        promise=one, text="已清运 4 车，楼道贴了提示。", by=tell.accounts["committee"],
        now=tell.at(33), attachments=[tell.photo("committee", 33)],
    )  # fmt: skip
    topic = tell.take(topic, 33, steps.evaluate, "committee")
    for who, stars in (("owner", 5), ("owner2", 4), ("member", 5)):
        tell.take(topic, 30, steps.rate, who, stars=stars)
    tell.take(topic, 25, steps.finish, "committee")
