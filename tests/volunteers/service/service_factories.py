"""Plain factories of service: each makes one row with sensible values; keywords override."""

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from orgs.enums import PartyOrganisationKind
from orgs.models import PartyOrganisation, Unit, User
from tests import factories as make
from tests.factories import NOW
from volunteers.service.enums import (
    CertificateKind,
    ClaimState,
    ConsentWay,
    EntryKind,
    EntrySource,
    MinutesKind,
    ReportInState,
    RuleKind,
    ServantKind,
    SignUpState,
)
from volunteers.service.models import (
    Activity,
    ActivityInterval,
    Attendance,
    Certificate,
    Credit,
    DutyRule,
    ExchangeRule,
    MinutesAccount,
    MinutesEntry,
    Pairing,
    Participant,
    PointsAccount,
    PointsEntry,
    PostClaim,
    ProxyConsent,
    ProxyTeam,
    Redemption,
    ReportIn,
    Reward,
    Ring,
    RiseRule,
    ServiceItem,
    ServiceMonth,
    ServiceOrder,
    ServicePost,
    SignUp,
)

MONTH = date(2026, 3, 1)
_numbers = count(1)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def employer(**values: Any) -> PartyOrganisation:
    """A sending organisation; it covers no unit."""
    return make.branch([], **{"kind": PartyOrganisationKind.EMPLOYER} | values)


def participant(place: Unit, account: User | None = None, **values: Any) -> Participant:
    name = account.name if account else f"志愿者{next(_numbers)}"
    defaults: dict[str, Any] = {"name": name, "entered_at": NOW}
    return Participant.objects.create(place=place, account=account, **defaults | values)


def certificate(of: Participant, **values: Any) -> Certificate:
    defaults: dict[str, Any] = {
        "kind": CertificateKind.REPORT_IN,
        "number": f"C{next(_numbers):031}",
        "unit": of.place,
        "payload": {"name": of.name},
        "digest": "0" * 64,
        "issued_at": NOW,
    }
    return Certificate.objects.create(participant=of, **defaults | values)


def report_in(cast: Any, of: Participant | None = None, **values: Any) -> ReportIn:
    """A member of the cast's compound, confirmed by its branch."""
    of = of or participant(cast.compound, cast.member)
    defaults: dict[str, Any] = {
        "kind": ServantKind.MEMBER,
        "unit": cast.compound,
        "branch": cast.branch,
        "state": ReportInState.CONFIRMED,
        "reported_at": NOW,
        "reported_by": of.account or cast.secretary,
        "certificate": values.get("certificate") or certificate(of),
    }
    if "employer" not in values and values.get("kind", ServantKind.MEMBER) == ServantKind.MEMBER:
        defaults["employer"] = employer()
    if values.get("state", ReportInState.CONFIRMED) == ReportInState.CONFIRMED:
        defaults |= {"confirmed_by": cast.secretary, "confirmed_at": NOW}
    return ReportIn.objects.create(participant=of, **defaults | values)


def pairing(cast: Any, **values: Any) -> Pairing:
    defaults: dict[str, Any] = {
        "unit": cast.community,
        "text": "每季度一次义诊",
        "starts": NOW.date(),
        "made_by": cast.community_worker,
        "made_at": NOW,
    }
    if "organisation" not in values:
        defaults["organisation"] = employer()
    return Pairing.objects.create(**defaults | values)


def post(cast: Any, **values: Any) -> ServicePost:
    """A post of the cast's compound with two places, for 2026."""
    defaults: dict[str, Any] = {
        "unit": cast.compound,
        "branch": cast.branch,
        "title": "楼道巡查岗",
        "duty": "每周巡查一次",
        "number": 2,
        "starts": date(2026, 1, 1),
        "ends": date(2026, 12, 31),
        "set_by": cast.secretary,
        "set_at": NOW,
    }
    return ServicePost.objects.create(**defaults | values)


def claim(cast: Any, where: ServicePost, of: Participant, seat: int | None = None) -> PostClaim:
    """A claim that waits; with a seat one that the branch has given."""
    values: dict[str, Any] = {"claimed_at": NOW, "claimed_by": of.account or cast.secretary}
    if seat:
        values |= {
            "state": ClaimState.CONFIRMED,
            "seat": seat,
            "starts": where.starts,
            "ends": where.ends,
            "decided_by": cast.secretary,
            "decided_at": NOW,
        }
    return PostClaim.objects.create(post=where, participant=of, **values)


def item(code: str = "D01") -> ServiceItem:
    """One of the first items, in its version in force."""
    return ServiceItem.objects.filter(code=code).order_by("-version")[0]


def activity(cast: Any, **values: Any) -> Activity:
    """A draft of the cast's secretary: two hours from tomorrow at nine, for ten people."""
    starts_at: datetime = values.get("starts_at", NOW + timedelta(days=1))
    ends_at: datetime = values.get("ends_at", starts_at + hours(2))
    defaults: dict[str, Any] = {
        "unit": cast.compound,
        "branch": cast.branch,
        "title": "小区清洁日",
        "minutes_kind": MinutesKind.VOLUNTARY,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "places": 10,
        "organiser": cast.secretary,
        "created_at": NOW,
        "secret": "k" * 64,
    }
    if values.get("state") in ("published", "held"):
        defaults["published_at"] = NOW
    if values.get("state") == "held":
        defaults["held_at"] = ends_at
    made = Activity.objects.create(**defaults | values)
    interval(made)
    return made


def interval(of: Activity, **values: Any) -> ActivityInterval:
    defaults = {"starts_at": of.starts_at, "ends_at": of.ends_at}
    return ActivityInterval.objects.create(activity=of, **defaults | values)


def sign_up(to: Activity, of: Participant, seat: int | None = 1, **values: Any) -> SignUp:
    """A place; without a seat one on the waiting list."""
    defaults: dict[str, Any] = {"at": NOW, "by": of.account or to.organiser}
    if seat:
        defaults |= {"state": SignUpState.PLACED, "seat": seat, "placed_at": NOW}
    else:
        defaults["state"] = SignUpState.WAITING
    return SignUp.objects.create(activity=to, participant=of, **defaults | values)


def attendance(at: Activity, of: Participant, **values: Any) -> Attendance:
    """As planned: two hours."""
    defaults: dict[str, Any] = {
        "state": "as_planned",
        "minutes": 120,
        "planned_minutes": 120,
        "entered_at": NOW,
    }
    return Attendance.objects.create(activity=at, participant=of, **defaults | values)


def credit(of: Participant, **values: Any) -> Credit:
    """Two voluntary hours in March, of an attendance or an order; else of a work order."""
    defaults: dict[str, Any] = {
        "unit": of.place,
        "minutes_kind": MinutesKind.VOLUNTARY,
        "month": MONTH,
        "minutes": 120,
        "planned_minutes": 120,
        "counts_activity": True,
        "approved_at": NOW,
    }
    if not {"attendance", "order", "task_number"} & values.keys():
        defaults["task_number"] = f"HZ{next(_numbers)}"
    return Credit.objects.create(participant=of, **defaults | values)


def minutes_account(
    of: Participant, kind: MinutesKind = MinutesKind.VOLUNTARY, **values: Any
) -> MinutesAccount:
    return MinutesAccount.objects.create(participant=of, minutes_kind=kind, **values)


def points_account(of: Participant, **values: Any) -> PointsAccount:
    return PointsAccount.objects.create(participant=of, **values)


def _entry(model: Any, of: Any, values: dict[str, Any]) -> Any:
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "i": of.entries.count() + 1,
        "amount": 120,
        "kind": EntryKind.AWARD,
        "source": EntrySource.CREDIT,
        "source_id": number,
        "month": MONTH,
        "text": "小区清洁日",
        "at": NOW,
        "prev": "0" * 64,
        "hash": f"{number:064x}",
    }
    return model.objects.create(account=of, **defaults | values)


def minutes_entry(of: MinutesAccount, **values: Any) -> MinutesEntry:
    """An award of two hours; its hash is not counted."""
    return _entry(MinutesEntry, of, values)


def points_entry(of: PointsAccount, **values: Any) -> PointsEntry:
    return _entry(PointsEntry, of, values)


def rise_rule(kind: RuleKind = RuleKind.ORDER) -> RiseRule:
    return RiseRule.objects.filter(kind=kind).order_by("-version")[0]


def order(cast: Any, **values: Any) -> ServiceOrder:
    """A visit to somebody living alone, ordered by the owner."""
    defaults: dict[str, Any] = {
        "unit": cast.building,
        "item": item(),
        "text": "请陪我聊聊天",
        "rule": rise_rule(),
        "ordered_by": cast.owner,
        "ordered_at": NOW,
    }
    return ServiceOrder.objects.create(**defaults | values)


def consent(cast: Any, **values: Any) -> ProxyConsent:
    defaults: dict[str, Any] = {
        "matter": "办理高龄津贴",
        "way": ConsentWay.SIGNED,
        "entered_by": cast.secretary,
        "entered_at": NOW,
        "starts": NOW.date(),
        "ends": NOW.date() + timedelta(days=30),
    }
    if "person" not in values:
        defaults["person"] = make.resident(cast.building)
    return ProxyConsent.objects.create(**defaults | values)


def team(cast: Any, **values: Any) -> ProxyTeam:
    defaults: dict[str, Any] = {
        "unit": cast.compound,
        "name": "翡翠一品帮代办队",
        "made_by": cast.secretary,
        "made_at": NOW,
    }
    return ProxyTeam.objects.create(**defaults | values)


def ring(cast: Any, **values: Any) -> Ring:
    defaults: dict[str, Any] = {
        "unit": cast.building,
        "matter": "水管漏水，不会报修",
        "rung_by": cast.owner,
        "rung_at": NOW,
        "rule": rise_rule(RuleKind.RING),
    }
    return Ring.objects.create(**defaults | values)


def duty_rule(**values: Any) -> DutyRule:
    """The first rule; with values a rule of its own."""
    if not values:
        return DutyRule.objects.get(branch=None, version=1)
    defaults: dict[str, Any] = {
        "version": 1,
        "month": MONTH,
        "activities": 1,
        "minutes": 240,
        "source": "本支部决定",
    }
    return DutyRule.objects.create(**defaults | values)


def service_month(cast: Any, **values: Any) -> ServiceMonth:
    return ServiceMonth.objects.create(**{"branch": cast.branch, "month": MONTH} | values)


def reward(cast: Any, **values: Any) -> Reward:
    """A towel of the cast's community for twenty points, five in stock."""
    defaults: dict[str, Any] = {
        "unit": cast.community,
        "shop": "爱心超市",
        "name": f"毛巾{next(_numbers)}",
        "points": 20,
        "stock": 5,
        "entered_by": cast.community_worker,
        "entered_at": NOW,
    }
    return Reward.objects.create(**defaults | values)


def redemption(what: Reward, of: PointsAccount, **values: Any) -> Redemption:
    defaults: dict[str, Any] = {
        "participant": of.participant,
        "rule": ExchangeRule.objects.order_by("-version")[0],
        "points": what.points,
        "code": f"{next(_numbers):06}",
        "held_at": NOW,
        "expires_at": NOW + hours(72),
    }
    return Redemption.objects.create(reward=what, account=of, **defaults | values)
