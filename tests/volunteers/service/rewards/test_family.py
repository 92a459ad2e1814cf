"""Minutes given to the family, and the points that a family shares."""

import pytest
import time_machine
from django.urls import reverse

from orgs.errors import NotAllowed, Refused, WrongState
from residents.enums import Relation
from tests import factories as make
from tests.factories import NOW
from tests.volunteers.service import service_factories as serve
from volunteers.service.accounts import ledgers
from volunteers.service.duty.certificates import certify
from volunteers.service.enums import EntryKind, EntrySource, MinutesKind
from volunteers.service.models import ExchangeRule, MinutesEntry, PointsAccount, TimeGift
from volunteers.service.rewards import family, redemptions

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def home(cast):
    return make.household(cast.building)


def lives(home, name, relation, account=None, verified=True):
    person = make.resident(home.building, name=name, account=account)
    make.belonging(
        person,
        home,
        relation,
        verified_at=NOW if verified else None,
        verified_by=(account or make.user()) if verified else None,
    )
    return person


@pytest.fixture
def mother(home):
    return lives(home, "卫母", Relation.FAMILY, verified=True)


@pytest.fixture
def member(cast, home):
    person = lives(home, "卫党员", Relation.OWNER, cast.member)
    return serve.participant(cast.compound, cast.member, person=person)


def earn_minutes(participant, minutes, kind=MinutesKind.VOLUNTARY):
    row = serve.credit(participant, minutes=minutes, minutes_kind=kind)
    ledgers.book(
        ledgers.locked_minutes(participant, kind),
        amount=minutes,
        kind=EntryKind.AWARD,
        source=EntrySource.CREDIT,
        source_id=row.pk,
        month=NOW.date(),
        text="小区清洁日",
        by=None,
        now=NOW,
    )


def earn_points(participant, points):
    ledgers.book(
        ledgers.locked_points(participant),
        amount=points,
        kind=EntryKind.AWARD,
        source=EntrySource.CREDIT,
        source_id=1,
        month=NOW.date(),
        text="小区清洁日",
        by=None,
        now=NOW,
    )


def give(person, minutes, by):
    return family.give(person=person, minutes=minutes, by=by, now=NOW)


def test_minutes_leave_the_giver_and_enter_no_certificate_of_the_receiver(cast, member, home):
    sister = lives(home, "卫姐", Relation.FAMILY, cast.owner)
    earn_minutes(member, 200)
    gift = give(sister, 90, cast.member)
    mine = member.minutes_accounts.get()
    theirs = gift.receiver.minutes_accounts.get()
    assert (mine.balance, theirs.balance) == (110, 90)
    kinds = MinutesEntry.objects.order_by("pk").values_list("kind", "amount")
    assert list(kinds)[1:] == [("gift_out", -90), ("gift_in", 90)]
    assert ledgers.first_wrong(mine) is ledgers.first_wrong(theirs) is None
    with pytest.raises(Refused) as refusal:
        certify(by=cast.owner, now=NOW)
    assert refusal.value.code == "nothing_to_certify"
    # What was received is not passed on.
    assert family.to_give(gift.receiver, NOW) == 0
    with pytest.raises(WrongState):
        give(member.person, 10, cast.owner)


@pytest.mark.parametrize(
    ("minutes", "kind", "code"),
    [(0, MinutesKind.VOLUNTARY, "bad_minutes"), (301, MinutesKind.VOLUNTARY, "not_enough"),
     (250, MinutesKind.VOLUNTARY, "gift_limit"), (60, MinutesKind.DUTY, "not_enough")],
)  # fmt: skip
def test_only_voluntary_minutes_within_the_limits(cast, member, mother, minutes, kind, code):
    earn_minutes(member, 300, kind)
    with pytest.raises((Refused, WrongState)) as refusal:
        give(mother, minutes, cast.member)
    assert refusal.value.code == code
    assert not TimeGift.objects.exists()


def test_the_limit_is_of_a_month_and_follows_the_rule_in_force(cast, member, mother):
    earn_minutes(member, 600)
    give(mother, 240, cast.member)
    assert family.to_give(member, NOW) == 0
    april = NOW.replace(month=4)
    assert family.to_give(member, april) == 240
    ExchangeRule.objects.create(
        version=2, hold_hours=72, redeemed_a_month=500, gift_minutes_a_month=300,
        gift_minutes_a_year=300, report_points=2, source="街道修订",
    )  # fmt: skip
    assert family.to_give(member, april) == 60


def test_nobody_outside_the_family_receives(cast, member, home):
    earn_minutes(member, 100)
    tenant = lives(home, "租客", Relation.TENANT)
    unverified = make.resident(home.building, name="路人")
    make.belonging(unverified, home, Relation.FAMILY)
    for person in (tenant, unverified, member.person, make.resident(cast.building)):
        with pytest.raises(Refused) as refusal:
            give(person, 10, cast.member)
        assert refusal.value.code == "not_family"


def test_the_familys_account_is_fed_by_its_members_and_exchanged_by_all_of_them(cast, member, home):
    lives(home, "卫姐", Relation.FAMILY, cast.owner)
    earn_points(member, 50)
    account = family.feed(household=home, points=20, by=cast.member, now=NOW)
    family.feed(household=home, points=10, by=cast.member, now=NOW)
    account.refresh_from_db()
    own = PointsAccount.objects.get(participant=member)
    assert (account.balance, own.balance) == (30, 20)
    assert ledgers.first_wrong(account) is ledgers.first_wrong(own) is None
    towel = serve.reward(cast)
    held = redemptions.redeem(reward=towel, household=home, by=cast.owner, now=NOW)
    account.refresh_from_db()
    assert account.balance == 10
    redemptions.cancel(redemption=held, by=cast.owner, now=NOW)
    account.refresh_from_db()
    assert account.balance == 30


def test_points_go_to_no_other_family_and_not_beyond_the_balance(cast, member, home):
    earn_points(member, 5)
    with pytest.raises(NotAllowed):
        family.feed(household=make.household(cast.building), points=1, by=cast.member, now=NOW)
    for points, error in ((0, Refused), (6, WrongState)):
        with pytest.raises(error):
            family.feed(household=home, points=points, by=cast.member, now=NOW)
    assert not PointsAccount.objects.filter(household=home, balance__gt=0).exists()


def test_over_the_api_and_on_pages(api, page, cast, member, mother, home):
    earn_minutes(member, 100)
    earn_points(member, 50)
    mine = api(cast.member).get("/api/v1/me/family/").json()
    assert (mine["to_give"], mine["homes"]) == (100, [{"household": home.code, "balance": 0}])
    assert mine["relatives"] == [{"person": mother.pk, "name": "卫母"}]
    body = {"person": mother.pk, "minutes": 30}
    made = api(cast.member).post("/api/v1/time-gifts/", body, format="json")
    assert (made.status_code, made.json()["minutes"]) == (201, 30)
    assert api(cast.outsider).post("/api/v1/time-gifts/", body, format="json").status_code == 400
    fed = api(cast.member).post(
        "/api/v1/me/family/feed/", {"household": home.code, "points": 25}, format="json"
    )
    assert (fed.status_code, fed.json()["balance"]) == (201, 25)
    towel = serve.reward(cast)
    held = api(cast.member).post(
        f"/api/v1/rewards/{towel.pk}/redeem/", {"household": home.code}, format="json"
    )
    assert held.status_code == 201
    phone = page(cast.member)
    assert "卫母" in phone.get(reverse("service:family")).text
    sent = phone.post(reverse("service:time_give"), {"person": mother.pk, "minutes": 10})
    assert (sent.status_code, TimeGift.objects.count()) == (302, 2)
    phone.post(reverse("service:family_feed"), {"household": home.pk, "points": 20})
    assert reverse("service:family") in phone.get(reverse("service:rewards")).text
    phone.post(reverse("service:redeem", args=[towel.pk]), {"household": home.code})
    assert PointsAccount.objects.get(household=home).balance == 5
    stranger = page(cast.outsider).post(
        reverse("service:redeem", args=[towel.pk]), {"household": home.code}
    )
    assert stranger.status_code == 404
