"""Service orders and rings for help of 翡翠一品小区 in every state, with a team and a pair of cloud help."""

from datetime import datetime, timedelta

from governance.demo.places import EMERALD, Places
from orgs.models import Unit, User
from volunteers.service.models import Ring, ServiceItem, ServiceOrder
from volunteers.service.orders import orders, work
from volunteers.service.orders.queries import items_to_order
from volunteers.service.proxies import rings, teams

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def make(places: Places, accounts: dict[str, User], now: datetime) -> None:
    """All of it; `now` is the demo's moment."""
    _make_orders(places, accounts, now)
    _make_rings(places, accounts, now)


def _item(number: int) -> ServiceItem:
    """An item that anybody who serves can do."""
    return items_to_order().filter(skill="")[number]


def _ordered(
    places: Places, accounts: dict[str, User], who: str, number: int, text: str, at: datetime
) -> ServiceOrder:
    by = accounts[who]
    home: Unit = by.home or places.units[EMERALD]
    return orders.order(unit=home, item=_item(number), text=text, by=by, now=at)


def _make_orders(places: Places, accounts: dict[str, User], now: datetime) -> None:
    by = accounts

    def offered(who: str, number: int, text: str, at: datetime) -> ServiceOrder:
        row = _ordered(places, by, who, number, text, at)
        return orders.offer(serviceorder=row, by=by["secretary"], now=at + HOUR)

    def done(who: str, number: int, text: str, days: int) -> ServiceOrder:
        at = now - days * DAY
        row = work.take(
            serviceorder=offered(who, number, text, at), by=by["volunteer"], now=at + 6 * HOUR
        )
        return work.resolve(
            serviceorder=row, minutes=min(row.item.minutes, 60), by=by["volunteer"],
            now=at + 9 * HOUR, text="已上门办好",
        )  # fmt: skip

    _ordered(places, by, "owner", 0, "周末下午都在家", now - 2 * HOUR)
    offered("owner2", 1, "老人腿脚不便", now - 5 * HOUR)
    offered("tenant", 2, "晚上七点后方便", now - 30 * HOUR)
    work.raise_orders(now - 4 * HOUR)
    row = offered("owner", 3, "请提前打电话", now - 26 * HOUR)
    work.take(serviceorder=row, by=by["member2"], now=now - 22 * HOUR)
    done("owner2", 0, "想找人陪着聊聊天", 2)
    work.rate(
        serviceorder=done("tenant", 1, "搬家后第一次点单", 5), stars=5, text="很细心，谢谢",
        by=by["tenant"], now=now - 4 * DAY,
    )  # fmt: skip
    done("owner", 2, "帮忙看看", 12)
    work.close_unrated(now)
    row = _ordered(places, by, "owner2", 3, "需要专业设备", now - 6 * DAY)
    orders.decline(
        serviceorder=row, reason="需要持证人员，已告知物业联系专业公司", by=by["secretary"],
        now=now - 6 * DAY + HOUR,
    )  # fmt: skip
    row = offered("owner", 1, "家人已经办好", now - 3 * DAY)
    orders.withdraw(serviceorder=row, by=by["owner"], now=now - 3 * DAY + 2 * HOUR)


def _make_rings(places: Places, accounts: dict[str, User], now: datetime) -> None:
    by, compound = accounts, places.units[EMERALD]
    team = teams.found(
        unit=compound, name="翡翠一品红邻帮代办队", hours="工作日 9:00-17:30",
        by=by["secretary"], now=now - 60 * DAY,
    )  # fmt: skip
    for name, duty in (("volunteer", "代缴代办"), ("member2", "跑腿陪同")):
        teams.add_member(
            team=team, person=by[name], duty=duty, weekdays=[1, 3, 5], by=by["secretary"],
            now=now - 60 * DAY,
        )  # fmt: skip
    teams.pair(
        unit=compound, volunteer=by["volunteer"], helper=by["street"],
        matters="社保、医保、居住证", by=by["secretary"], now=now - 30 * DAY,
    )  # fmt: skip

    def rung(who: str, matter: str, at: datetime) -> Ring:
        home = by[who].home or compound
        return rings.ring(unit=home, matter=matter, by=by[who], now=at)

    rung("owner", "不会在手机上交水费", now - 3 * HOUR)
    rings.take(
        ring=rung("owner2", "想办老年优待证", now - 9 * HOUR),
        by=by["volunteer"],
        now=now - 2 * HOUR,
    )
    row = rings.take(
        ring=rung("tenant", "居住证到期换领", now - 6 * DAY), by=by["volunteer"], now=now - 5 * DAY
    )
    rings.finish(
        ring=row, zero_trips=True, at_once=True, text="材料已在线提交，证件寄到家",
        by=by["volunteer"], now=now - 4 * DAY,
    )  # fmt: skip
