"""Who is reported in, who waits, the pairing with a sending organisation, posts and who holds them."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from governance.demo.places import COMMUNITY, EMERALD, Places
from orgs.models import User
from residents.models import Person
from volunteers.enums import MemberClass
from volunteers.service.enums import PostGrade, PostKind, ServantKind
from volunteers.service.models import Participant, ReportIn
from volunteers.service.posts import posts
from volunteers.service.reportins import pairings, reportins
from volunteers.service.reportins.participants import enter, participant_for

# Of the branch's roster of members in service so many are reported in, and so many wait.
CONFIRMED, WAITING = 14, 3
COURIERS = (("示范骑手甲", "某外卖平台"), ("示范骑手乙", "某快递网点"))
DAYS_AGO = 210
# Building (0: the compound), kind, title, duty, places.
POSTS = (
    (0, PostKind.POST, "政策宣讲岗", "每月一次，把惠民政策讲到楼栋。", 2),
    (0, PostKind.POST, "矛盾调解岗", "邻里有争执时上门听双方说。", 2),
    (3, PostKind.POST, "楼道巡查岗", "每周查看一次楼道杂物和消防通道。", 1),
    (8, PostKind.POST, "独居老人陪伴岗", "每周上门或电话问候一次。", 2),
    (5, PostKind.MATTER, "加装晾衣架", "与物业一起选址，跟到装好为止。", 1),
)


def make(places: Places, accounts: dict[str, User], now: datetime) -> None:
    """All of it, through the use-cases."""
    began = now - timedelta(days=DAYS_AGO)
    community = places.units[COMMUNITY]
    pairings.pair(
        unit=community, organisation=places.employer,
        text="单位每季度来社区义诊和维修一次；社区提供场地，每月通报党员服务情况。",
        starts=timezone.localdate(began), by=accounts["community"], now=began,
    )  # fmt: skip
    reported = _report_in(places, accounts, began)
    _wait(places, accounts, now)
    _posts(places, accounts, reported, now)
    # As they said when they signed up for something that is not for every age.
    Participant.objects.filter(born_year=None).update(born_year=1985)


def _report_in(places: Places, accounts: dict[str, User], began: datetime) -> list[ReportIn]:
    """The demo's accounts by themselves, the others at the desk; the branch confirms."""
    compound, secretary = places.units[EMERALD], accounts["secretary"]
    found = [
        reportins.report(
            unit=compound, organisation=places.employer, by=accounts[name], now=began
        )
        for name in ("member", "member2")
    ]  # fmt: skip
    found.append(
        reportins.report(
            unit=compound, kind=ServantKind.VOLUNTEER, by=accounts["volunteer"], now=began
        )
    )
    for number, person in enumerate(_in_service(places)[:CONFIRMED]):
        day = began + timedelta(days=number)
        found.append(
            reportins.report(
                unit=compound, organisation=places.employer, by=secretary, now=day,
                participant=participant_for(person=person, by=secretary, now=day),
            )
        )  # fmt: skip
    return [
        reportins.confirm(reportin=one, by=secretary, now=one.reported_at + timedelta(days=1))
        for one in found
    ]


def _in_service(places: Places) -> list[Person]:
    rostered = Person.objects.filter(
        account=None,
        memberships__ends=None,
        memberships__organisation=places.branch,
        memberships__member_class=MemberClass.IN_SERVICE,
    )
    return list(rostered.select_related("place", "account").order_by("pk"))


def _wait(places: Places, accounts: dict[str, User], now: datetime) -> None:
    compound, secretary = places.units[EMERALD], accounts["secretary"]
    yesterday = now - timedelta(days=1)
    for person in _in_service(places)[CONFIRMED : CONFIRMED + WAITING]:
        reportins.report(
            unit=compound, organisation=places.employer, by=secretary, now=yesterday,
            participant=participant_for(person=person, by=secretary, now=yesterday),
        )  # fmt: skip
    for name, platform in COURIERS:
        who = enter(name=name, place=compound, by=secretary, now=yesterday)
        reportins.report(
            unit=compound, kind=ServantKind.COURIER, platform=platform, participant=who,
            by=secretary, now=yesterday,
        )  # fmt: skip


def _posts(
    places: Places, accounts: dict[str, User], reported: list[ReportIn], now: datetime
) -> None:
    """Some held, one of them rated, one claimed and to be decided, some free."""
    secretary, year = accounts["secretary"], timezone.localdate(now).year
    made = [
        posts.set_post(
            unit=places.units[f"{EMERALD}-{number:03}" if number else EMERALD], kind=kind,
            title=title, duty=duty, number=seats, starts=date(year, 1, 1),
            ends=date(year + 1, 12, 31), by=secretary, now=now - timedelta(days=DAYS_AGO - 30),
        )
        for number, kind, title, duty, seats in POSTS
    ]  # fmt: skip
    given = now - timedelta(days=60)
    desk: list[Participant] = [one.participant for one in reported[3:]]
    for post, who in ((made[0], desk[0]), (made[1], desk[1]), (made[3], desk[2])):
        claim = posts.claim(post=post, participant=who, by=secretary, now=given)
        claim = posts.confirm(postclaim=claim, by=secretary, now=given)
    posts.rate(
        postclaim=claim, rating=PostGrade.GOOD, text="每周都去，老人念着好。", by=secretary, now=now
    )
    mine = posts.claim(post=made[2], by=accounts["member"], now=given)
    posts.confirm(postclaim=mine, by=secretary, now=given)
    posts.claim(post=made[0], by=accounts["member2"], now=now - timedelta(hours=5))
