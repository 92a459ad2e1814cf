"""The demo's votes: one in every state, so that every page shows something."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from governance.demo.places import EMERALD, Places
from orgs.models import User
from residents.deliberation.enums import (
    BallotKind,
    BallotState,
    Channel,
    DeliveryWay,
    Electorate,
    Matter,
    PollMode,
    QuestionKind,
    Rule,
)
from residents.deliberation.models import Ballot, Poll, RollEntry
from residents.deliberation.polls.box import chain, paper
from residents.deliberation.polls.course import polls
from residents.deliberation.polls.roll import rolls

YES_NO = QuestionKind.YES_NO.value


def _question(text: str, key: str = "1") -> dict[str, Any]:
    return {"id": key, "text": text, "kind": YES_NO}


def make(places: Places, accounts: dict[str, User], now: datetime, random: Random) -> None:
    """All of them, through the use-cases, each on its day."""
    _published(places, accounts, now, random)
    _closed(places, accounts, now, random)
    _open(places, accounts, now, random)
    _rehearsal(places, accounts, now)
    _announced(places, accounts, now)
    _draft(places, accounts, now)


def _create(
    places: Places, by: User, now: datetime, opens: int, closes: int, **values: Any
) -> Poll:
    """A vote of 翡翠一品小区; days are counted from `now`."""
    defaults: dict[str, Any] = {
        "electorate": Electorate.OWNERS,
        "mode": PollMode.STATUTORY_PAPER,
        "rule": Rule.CIVIL_CODE_278,
        "matter": Matter.USE_FUND,
    }
    return polls.create(
        unit=places.units[EMERALD],
        opens_at=now + timedelta(days=opens),
        closes_at=now + timedelta(days=closes),
        by=by,
        now=now + timedelta(days=min(0, opens - 17)),
        **defaults | values,
    )


def _published(places: Places, accounts: dict[str, User], now: datetime, random: Random) -> None:
    committee = accounts["committee"]
    poll = _create(
        places, committee, now, -90, -60, title="续聘物业服务企业", matter=Matter.PROPERTY_FIRM,
        questions=[_question("是否续聘示范物业甲公司，合同期两年？")],
    )  # fmt: skip
    _run(poll, committee, now, -90)
    _fill(poll, now - timedelta(days=70), random, share=0.78, agree=0.7)
    poll = polls.close(poll=poll, by=committee, now=now - timedelta(days=60))
    polls.publish(poll=poll, by=committee, now=now - timedelta(days=56))


def _closed(places: Places, accounts: dict[str, User], now: datetime, random: Random) -> None:
    secretary = accounts["secretary"]
    building = places.buildings(EMERALD)[4]
    options = ["傍晚6点到8点", "晚上8点到10点", "周末全天"]
    poll = _create(
        places, secretary, now, -20, -1, title="5栋一楼活动室开放时间（微评议）",
        questions=[
            {"id": "1", "text": "活动室什么时候开放？", "kind": "multiple", "options": options, "max": 2}
        ],
        electorate=Electorate.HOUSEHOLDS, mode=PollMode.ADVISORY, rule=Rule.OPINION,
        matter=None, buildings=[building], settings={"notice_days": 3},
    )  # fmt: skip
    _run(poll, secretary, now, -20)
    _fill(poll, now - timedelta(days=5), random, share=0.66, agree=0.5, options=options)
    polls.close(poll=poll, by=secretary, now=now - timedelta(hours=20))


def _open(places: Places, accounts: dict[str, User], now: datetime, random: Random) -> None:
    """The story of the guides: a lift replaced from the repair fund (民法典 278, item 5)."""
    committee, community = accounts["committee"], accounts["community"]
    poll = _create(
        places, committee, now, -3, 12, title="使用维修资金更换5栋电梯",
        questions=[
            _question("是否同意使用维修资金48万元更换5栋两部电梯？"),
            _question("是否同意由业主委员会组织比选电梯企业？", "2"),
        ],
    )  # fmt: skip
    _run(poll, committee, now, -3)
    _fill(poll, now - timedelta(days=2), random, share=0.41, agree=0.75)
    waiting = RollEntry.objects.filter(poll=poll, ballots=None, person__account=None)
    entries = list(waiting.select_related("poll__unit").order_by("number")[:8])
    for place, entry in enumerate(entries):
        choices = {"1": "for" if place % 3 else "against", "2": "for"}
        moment = now - timedelta(hours=6)
        rolls.deliver(entry=entry, how=DeliveryWay.HANDED_OVER, by=community, now=moment)
        paper.enter(entry=entry, choices=choices, by=community, now=moment)
        if place < 5:
            paper.enter(entry=entry, choices=choices, by=committee, now=moment)
        elif place < 7:
            other = choices | {"2": "abstain"}
            paper.enter(entry=entry, choices=other, by=committee, now=moment)
    with_checkpoint = chain.locked_box(poll)
    chain.checkpoint(with_checkpoint, now - timedelta(hours=5))


def _rehearsal(places: Places, accounts: dict[str, User], now: datetime) -> None:
    """Open to try voting without any weight."""
    committee = accounts["committee"]
    poll = _create(
        places, committee, now, -1, 30, title="请来试一试手机投票", rehearsal=True, matter=Matter.OTHER,
        questions=[_question("小区广场今晚放电影，您来吗？")],
        mode=PollMode.ADVISORY, ballot=BallotKind.NAMED,
    )  # fmt: skip
    poll = polls.announce(poll=poll, by=committee, now=now - timedelta(days=1))
    polls.open_poll(poll=poll, by=committee, now=now - timedelta(days=1))


def _announced(places: Places, accounts: dict[str, User], now: datetime) -> None:
    committee = accounts["committee"]
    poll = _create(
        places, committee, now, 14, 44, title="电梯广告收益用于公共照明",
        matter=Matter.COMMON_PARTS,
        questions=[_question("是否同意在电梯轿厢内设置广告，收益用于公共照明？")],
    )  # fmt: skip
    polls.announce(poll=poll, by=committee, now=now - timedelta(days=3))


def _draft(places: Places, accounts: dict[str, User], now: datetime) -> None:
    _create(
        places, accounts["committee"], now, 40, 70, title="修改管理规约：电动自行车集中充电",
        matter=Matter.COVENANT,
        questions=[_question("是否同意在管理规约中写明电动自行车集中充电？")],
    )  # fmt: skip


def _run(poll: Poll, by: User, now: datetime, opens: int) -> None:
    """Announced sixteen days before it opens."""
    day = now + timedelta(days=opens)
    polls.announce(poll=poll, by=by, now=day - timedelta(days=16))
    opened = polls.open_poll(poll=poll, by=by, now=day)
    vars(poll).update(vars(opened))


def _fill(
    poll: Poll,
    at: datetime,
    random: Random,
    *,
    share: float,
    agree: float,
    options: list[str] | None = None,
) -> None:
    """Ballots of many voters without accounts, chained as if each had cast its own."""
    box = chain.locked_box(poll)
    voters = RollEntry.objects.filter(poll=poll, is_void=False, person__account=None)
    ballots = []
    for entry in voters.order_by("pk"):
        if random.random() > share:
            continue
        choices: dict[str, Any] = {
            question["id"]: sorted(random.sample(options, random.choice((1, 2))), key=options.index)
            if options
            else "for" if random.random() < agree else random.choice(("against", "abstain"))
            for question in poll.questions
        }  # fmt: skip
        nonce = f"{random.getrandbits(128):032x}"
        commitment = chain.commitment(poll.pk, entry.pk, choices, nonce)
        hash_ = chain.link(box.head, commitment)
        ballots.append(
            Ballot(
                poll=poll, entry=entry, i=box.length + 1, prev=box.head, commitment=commitment,
                hash=hash_, choices=chain.canonical(choices), nonce=nonce, at=at,
                channel=random.choice((Channel.ONLINE, Channel.ONLINE, Channel.PAPER)),
                state=BallotState.LIVE,
            )
        )  # fmt: skip
        box.length, box.head = box.length + 1, hash_
    Ballot.objects.bulk_create(ballots, batch_size=500)
    box.save(update_fields=["length", "head"])
