"""Months of the branch: what members did since they reported in, points, months closed and one to
look through, an appeal, rewards in every state."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from governance.demo.places import COMMUNITY, EMERALD, Places
from orgs.models import User
from volunteers.service.attendance import attendance
from volunteers.service.duty import appeals, letters, months, rules
from volunteers.service.enums import (
    ActivityState,
    AttendanceState,
    MinutesKind,
    ReliefKind,
    ReviewState,
)
from volunteers.service.items.items import in_force
from volunteers.service.models import (
    Activity,
    ActivityInterval,
    Attendance,
    Participant,
    ReportIn,
    ServiceItem,
)
from volunteers.service.rewards import redemptions, rewards

# The day of the month, title, kind, minutes.
MONTHLY = (
    (6, "小区清洁日", MinutesKind.VOLUNTARY, 120),
    (13, "政策宣讲进楼栋", MinutesKind.DUTY, 90),
    (20, "夜间平安巡逻", MinutesKind.DUTY, 120),
)
# What is on the shelf: goods, points, how many.
SHELF = (
    ("毛巾", 4, 30),
    ("洗衣液", 8, 12),
    ("雨伞", 10, 8),
    ("大米 5 千克", 20, 5),
    ("保温杯", 15, 0),
)
SHOP = "西湖爱心超市"


def make(places: Places, accounts: dict[str, User], now: datetime) -> None:
    """All of it, through the use-cases; activities that are over are written as they stand."""
    members = _members(places)
    for month in _months(members, now):
        _serve(places, accounts, members, month, now)
    _relief(members, accounts["secretary"], now)
    _close(now)
    _appeal(places, accounts, now)
    _rewards(places, accounts, now)


def _members(places: Places) -> list[Participant]:
    rows = ReportIn.objects.filter(unit=places.units[EMERALD], confirmed_at__isnull=False)
    return [row.participant for row in rows.select_related("participant__place").order_by("pk")]


def _months(members: list[Participant], now: datetime) -> list[date]:
    first, this = months.first_month(), rules.month_of(now)
    found = []
    month = rules.next_month(first) if first else this
    while month <= this:
        found.append(month)
        month = rules.next_month(month)
    return found


def _serve(
    places: Places,
    accounts: dict[str, User],
    members: list[Participant],
    month: date,
    now: datetime,
) -> None:
    """Three activities a month; most come, some come late, one does not."""
    items = {one.name: one for one in in_force()}
    item = next(iter(items.values()))
    for number, (day, title, kind, minutes) in enumerate(MONTHLY):
        begin = timezone.make_aware(datetime.combine(month.replace(day=day), time(19)))
        if begin + timedelta(days=2) > now:
            continue
        activity = _activity(places, accounts["secretary"], title, kind, begin, minutes, item)
        for place, member in enumerate(members):
            turn = (place + number + month.month) % 7
            if turn in (0, 4):
                continue
            done = 0 if turn == 1 and number == 2 else minutes if turn != 5 else minutes // 2
            _attend(activity, member, done, minutes, accounts)


def _activity(
    places: Places,
    organiser: User,
    title: str,
    kind: MinutesKind,
    begin: datetime,
    minutes: int,
    item: ServiceItem,
) -> Activity:
    end = begin + timedelta(minutes=minutes)
    activity: Activity = Activity.objects.create(
        unit=places.units[EMERALD],
        branch=places.branch,
        title=title,
        minutes_kind=kind,
        item=item,
        starts_at=begin,
        ends_at=end,
        places=40,
        organiser=organiser,
        created_at=begin - timedelta(days=10),
        published_at=begin - timedelta(days=9),
        held_at=end,
        state=ActivityState.HELD,
        secret="demo-" + f"{begin:%Y%m%d}".ljust(59, "0"),
    )
    ActivityInterval.objects.create(activity=activity, starts_at=begin, ends_at=end)
    return activity


def _attend(
    activity: Activity, member: Participant, done: int, minutes: int, accounts: dict[str, User]
) -> None:
    at = activity.ends_at + timedelta(days=1)
    states = {0: AttendanceState.NO_SHOW, minutes: AttendanceState.AS_PLANNED}
    row: Attendance = Attendance.objects.create(
        activity=activity,
        participant=member,
        state=states.get(done, AttendanceState.PARTIAL),
        review=ReviewState.APPROVED,
        minutes=done,
        planned_minutes=minutes,
        entered_by=accounts["secretary"],
        entered_at=activity.ends_at,
        reviewed_by=accounts["community"],
        reviewed_at=at,
    )
    if done:
        span = (activity.starts_at, activity.starts_at + timedelta(minutes=done))
        row.presence = attendance.dumped([span])
        # What a work order filled already is left out.
        attendance.book(
            row, [(activity.starts_at, activity.ends_at)], by=accounts["community"], now=at
        )
        row.save()


def _relief(members: list[Participant], secretary: User, now: datetime) -> None:
    last = rules.month_of(now) - timedelta(days=1)
    rules.grant_relief(
        participant=members[-1],
        kind=ReliefKind.LEAVE,
        starts=last.replace(day=1),
        ends=last.replace(day=14),
        by=secretary,
        now=now,
    )


def _close(now: datetime) -> None:
    """All but the month that is just over, which waits for the branch."""
    last = (rules.month_of(now) - timedelta(days=1)).replace(day=1)
    before = (last - timedelta(days=1)).replace(day=1)
    months.close_by_hand(before, now - timedelta(days=3))
    letters.send(now - timedelta(days=3))
    months.review_month(last, now)


def _appeal(places: Places, accounts: dict[str, User], now: datetime) -> None:
    """A member says that an entry is wrong."""
    row = (
        Attendance.objects.filter(participant__account=accounts["member2"])
        .exclude(state=AttendanceState.AS_PLANNED)
        .order_by("-pk")
        .first()
    )
    if row is not None:
        credited = row.credits.filter(is_latest=True).first()
        entry = f"credit-{credited.pk}" if credited else f"attendance-{row.pk}"
        appeals.appeal(
            entry=entry, reason="那天我全程在场，麻烦再核对。", by=accounts["member2"], now=now
        )


def _rewards(places: Places, accounts: dict[str, User], now: datetime) -> None:
    began = now - timedelta(days=60)
    community, member, other = (accounts[name] for name in ("community", "member", "member2"))
    shelf = [
        rewards.add(
            unit=places.units[COMMUNITY], shop=SHOP, name=name, points=points, stock=stock,
            by=community, now=began,
        )
        for name, points, stock in SHELF
    ]  # fmt: skip
    held = redemptions.redeem(reward=shelf[0], by=member, now=now - timedelta(days=40))
    redemptions.hand_over(
        redemption=held, code=held.code, by=accounts["shop"], now=now - timedelta(days=39)
    )
    held = redemptions.redeem(reward=shelf[0], by=other, now=now - timedelta(days=30))
    redemptions.cancel(redemption=held, by=other, now=now - timedelta(days=29))
    redemptions.redeem(reward=shelf[0], by=other, now=now - timedelta(days=20))
    redemptions.expire_due(now - timedelta(days=10))
    redemptions.redeem(reward=shelf[1], by=member, now=now - timedelta(hours=3))
