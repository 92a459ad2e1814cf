"""Half a year of activities of the branch: held with roll-calls, one to be looked at, two ahead."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from governance.demo.places import EMERALD, Places
from orgs.models import User
from volunteers.service.activities import activities, sign_ups
from volunteers.service.activities.activities import hold
from volunteers.service.attendance import roll_calls
from volunteers.service.attendance.roll_calls import Line
from volunteers.service.enums import ActivityKind, AttendanceState, MinutesKind
from volunteers.service.items.items import item_of
from volunteers.service.models import Activity, Participant, ReportIn

# Weeks from now, title, kind, item, minutes, hours, places.
HELD = (
    (-26, "清理楼道杂物", ActivityKind.SERVICE, "B01", MinutesKind.VOLUNTARY, 2, 20),
    (-22, "主题党日：学条例、讲变化", ActivityKind.STUDY, None, MinutesKind.DUTY, 2, 40),
    (-18, "夏夜平安巡逻", ActivityKind.PATROL, None, MinutesKind.DUTY, 3, 12),
    (-13, "独居老人上门走访", ActivityKind.SERVICE, "D01", MinutesKind.VOLUNTARY, 2, 12),
    (-9, "小区清洁日", ActivityKind.SERVICE, "B01", MinutesKind.VOLUNTARY, 3, 20),
    (-5, "邻里节摊位帮忙", ActivityKind.EVENT, None, MinutesKind.VOLUNTARY, 4, 16),
    (-2, "消防通道大检查", ActivityKind.PATROL, None, MinutesKind.DUTY, 2, 16),
)
AHEAD = (
    (1, "周末清洁日", ActivityKind.SERVICE, "B01", MinutesKind.VOLUNTARY, 2, 6),
    (2, "主题党日：听居民说", ActivityKind.STUDY, None, MinutesKind.DUTY, 2, 40),
)
COME, ABSENT_EACH = 9, 6


def make(places: Places, accounts: dict[str, User], now: datetime) -> None:
    """All of it, through the use-cases."""
    people = [
        row.participant
        for row in ReportIn.objects.filter(unit=places.units[EMERALD], confirmed_at__isnull=False)
        .select_related("participant")
        .order_by("pk")
    ]
    for number, plan in enumerate(HELD):
        activity = _publish(places, accounts, plan, now)
        _hold(activity, accounts, people[number % 3 : number % 3 + COME])
    for plan in AHEAD:
        activity = _publish(places, accounts, plan, now)
        for who in people[: activity.places + 2 if activity.places < 10 else 8]:
            _sign_up(activity, who, accounts, now)
    late = _publish(places, accounts, (-1, "电动车飞线劝导", ActivityKind.PATROL, None,
                                       MinutesKind.DUTY, 2, 10), now)  # fmt: skip
    for who in people[:4]:
        _sign_up(late, who, accounts, late.starts_at - timedelta(days=1))
    # Entered the day after: another person has to look.
    roll_calls.roll_call(
        activity=late,
        people=[Line(who.pk, AttendanceState.AS_PLANNED) for who in people[:4]],
        by=accounts["secretary"],
        now=late.ends_at + timedelta(hours=20),
    )
    hold(activity=late, by=accounts["secretary"], now=late.ends_at + timedelta(hours=21))


def _publish(places: Places, accounts: dict[str, User], plan: tuple, now: datetime) -> Activity:
    weeks, title, kind, code, minutes_kind, hours, seats = plan
    # On Saturdays at nine.
    day = timezone.localdate(now) + timedelta(weeks=weeks)
    day += timedelta(days=(5 - day.weekday()) % 7)
    starts = timezone.make_aware(datetime.combine(day, time(9)))
    planned = min(starts - timedelta(days=7), now - timedelta(hours=1))
    made = activities.create(
        unit=places.units[EMERALD], title=title, kind=kind, item=item_of(code) if code else None,
        minutes_kind=minutes_kind, places=seats, starts_at=starts,
        ends_at=starts + timedelta(hours=hours), where="小区中心广场",
        risk="请穿防滑鞋，注意来往车辆。", insurance="示例保险 2026-01", text="工具由社区准备，请自带水杯。",
        by=accounts["secretary"], now=planned,
    )  # fmt: skip
    return activities.publish(activity=made, by=accounts["secretary"], now=planned)


def _sign_up(
    activity: Activity, who: Participant, accounts: dict[str, User], now: datetime
) -> None:
    """By themselves, or at the desk for whoever has no account."""
    if who.account is not None:
        sign_ups.sign_up(activity=activity, by=who.account, now=now)
    else:
        sign_ups.sign_up(activity=activity, participant=who, by=accounts["secretary"], now=now)


def _hold(activity: Activity, accounts: dict[str, User], people: list[Participant]) -> None:
    secretary = accounts["secretary"]
    for who in people:
        _sign_up(activity, who, accounts, activity.starts_at - timedelta(days=3))
    lines = [
        Line(
            who.pk,
            AttendanceState.NO_SHOW
            if number % ABSENT_EACH == ABSENT_EACH - 1
            else AttendanceState.AS_PLANNED,
        )
        for number, who in enumerate(people)
    ]
    ended = activity.ends_at + timedelta(minutes=20)
    roll_calls.roll_call(activity=activity, people=lines, by=secretary, now=ended)
    held = hold(activity=activity, by=secretary, now=ended)
    activities.summarise(
        activity=held, summary=f"到场 {len(people) - len(people) // ABSENT_EACH} 人，顺利完成。",
        people_served=30, by=secretary, now=ended + timedelta(minutes=10),
    )  # fmt: skip
