"""Exchanging points: held, handed over, or given back exactly once."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from orgs.enums import Role
from orgs.errors import NotAllowed, Refused, WrongState
from orgs.models import AuditEntry
from tests import factories as make
from tests.factories import NOW
from tests.volunteers.service import service_factories as serve
from volunteers.service.accounts import ledgers
from volunteers.service.enums import EntryKind, EntrySource
from volunteers.service.models import ExchangeRule, PointsAccount, Redemption, StockEntry
from volunteers.service.rewards import redemptions, rewards

pytestmark = pytest.mark.django_db

AFTER = NOW + timedelta(hours=73)


@pytest.fixture
def member(cast):
    participant = serve.participant(cast.compound, cast.member)
    serve.report_in(cast, participant)
    earn(participant, 50)
    return participant


@pytest.fixture
def shop(cast):
    person = make.user("shop")
    make.position(person, Role.SHOP_STAFF, cast.community)
    return person


@pytest.fixture
def towel(cast):
    return serve.reward(cast)


def earn(participant, points, source_id=1):
    ledgers.book(
        ledgers.locked_points(participant),
        amount=points,
        kind=EntryKind.AWARD,
        source=EntrySource.CREDIT,
        source_id=source_id,
        month=NOW.date(),
        text="小区清洁日",
        by=None,
        now=NOW,
    )


def state(reward):
    reward.refresh_from_db()
    account = PointsAccount.objects.get()
    assert ledgers.first_wrong(account) is None
    moved = sum(StockEntry.objects.filter(reward=reward).values_list("amount", flat=True))
    assert reward.stock == 5 + moved
    return reward.stock, account.balance


def code_of(error):
    return error.value.code


def test_held_with_a_code_then_handed_over_once(cast, member, towel, shop):
    held = redemptions.redeem(reward=towel, by=cast.member, now=NOW)
    assert state(towel) == (4, 30)
    assert (held.state, len(held.code)) == ("held", redemptions.CODE_DIGITS)
    with pytest.raises(Refused) as error:
        redemptions.hand_over(redemption=held, code="0", by=shop, now=NOW)
    assert code_of(error) == "wrong_code"
    done = redemptions.hand_over_by_code(code=held.code, by=shop, now=NOW)
    assert (done.state, done.ended_by) == ("handed_over", shop)
    for again in (
        lambda: redemptions.hand_over(redemption=held, code=held.code, by=shop, now=NOW),
        lambda: redemptions.cancel(redemption=held, by=cast.member, now=NOW),
    ):
        with pytest.raises(WrongState):
            again()
    assert redemptions.expire_due(AFTER) == 0
    assert state(towel) == (4, 30)


def test_cancelled_gives_back_exactly_once(cast, member, towel, shop):
    held = redemptions.redeem(reward=towel, by=cast.member, now=NOW)
    redemptions.cancel(redemption=held, by=cast.member, now=NOW)
    assert state(towel) == (5, 50)
    with pytest.raises(WrongState):
        redemptions.cancel(redemption=held, by=cast.member, now=NOW)
    with pytest.raises(WrongState):
        redemptions.hand_over(redemption=held, code=held.code, by=shop, now=NOW)
    assert redemptions.expire_due(AFTER) == 0
    assert state(towel) == (5, 50)


def test_run_out_gives_back_exactly_once(cast, member, towel, shop):
    held = redemptions.redeem(reward=towel, by=cast.member, now=NOW)
    assert redemptions.expire_due(NOW + timedelta(hours=71)) == 0
    with pytest.raises(WrongState) as error:
        redemptions.hand_over(redemption=held, code=held.code, by=shop, now=AFTER)
    assert code_of(error) == "expired"
    assert redemptions.expire_due(AFTER) == 1
    assert redemptions.expire_due(AFTER) == 0
    assert state(towel) == (5, 50)
    assert Redemption.objects.get().state == "expired"


def test_what_is_refused(cast, member, towel):
    dear = serve.reward(cast, points=60)
    with pytest.raises(WrongState) as error:
        redemptions.redeem(reward=dear, by=cast.member, now=NOW)
    assert code_of(error) == "not_enough_points"
    gone = serve.reward(cast, stock=0)
    with pytest.raises(WrongState) as error:
        redemptions.redeem(reward=gone, by=cast.member, now=NOW)
    assert code_of(error) == "out_of_stock"
    rewards.change(reward=gone, points=20, is_offered=False, by=cast.community_worker, now=NOW)
    with pytest.raises(WrongState) as error:
        redemptions.redeem(reward=gone, by=cast.member, now=NOW)
    assert code_of(error) == "not_offered"
    with pytest.raises(WrongState) as error:
        redemptions.redeem(reward=towel, by=cast.volunteer, now=NOW)
    assert code_of(error) == "not_enough_points"


def test_no_more_than_the_rule_says_a_month(cast, member, towel):
    first = redemptions.rule_in_force()
    ExchangeRule.objects.create(
        version=first.version + 1, hold_hours=72, redeemed_a_month=30, report_points=2,
        gift_minutes_a_month=1, gift_minutes_a_year=1, source="会议纪要",
    )  # fmt: skip
    held = redemptions.redeem(reward=towel, by=cast.member, now=NOW)
    with pytest.raises(WrongState) as error:
        redemptions.redeem(reward=towel, by=cast.member, now=NOW)
    assert code_of(error) == "month_limit"
    redemptions.cancel(redemption=held, by=cast.member, now=NOW)
    redemptions.redeem(reward=towel, by=cast.member, now=NOW)
    assert state(towel) == (4, 30)


def test_a_stopped_account_exchanges_nothing(cast, member, towel):
    PointsAccount.objects.update(stopped_at=NOW)
    with pytest.raises(WrongState) as error:
        redemptions.redeem(reward=towel, by=cast.member, now=NOW)
    assert code_of(error) == "account_stopped"


def test_the_shop_hands_nothing_to_itself(cast, towel, shop):
    own = serve.participant(cast.compound, shop)
    earn(own, 50)
    held = redemptions.redeem(reward=towel, by=shop, now=NOW)
    with pytest.raises(NotAllowed) as error:
        redemptions.hand_over(redemption=held, code=held.code, by=shop, now=NOW)
    assert code_of(error) == "own_case"


def test_stock_moves_with_a_reason_and_never_below_nothing(cast, towel, shop):
    rewards.move_stock(reward=towel, amount=10, by=shop, now=NOW)
    rewards.move_stock(reward=towel, amount=-2, reason="破损", by=shop, now=NOW)
    with pytest.raises(Refused):
        rewards.move_stock(reward=towel, amount=-2, by=shop, now=NOW)
    with pytest.raises(Refused):
        rewards.move_stock(reward=towel, amount=-14, reason="破损", by=shop, now=NOW)
    towel.refresh_from_db()
    assert towel.stock == 13
    kinds = StockEntry.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["delivery", "correction"]
    with pytest.raises(NotAllowed):
        rewards.move_stock(reward=towel, amount=1, by=cast.member, now=NOW)


def test_over_the_api(api, cast, member, towel, shop):
    listed = api(cast.member).get("/api/v1/rewards/").json()["results"]
    assert [(one["id"], one["points"], one["stock"]) for one in listed] == [(towel.pk, 20, 5)]
    answer = api(cast.member).post(f"/api/v1/rewards/{towel.pk}/redeem/")
    body = answer.json()
    assert (answer.status_code, body["status"]) == (201, "held")
    assert {"id", "code", "expires_at", "status"} <= body.keys()
    address = f"/api/v1/redemptions/{body['id']}"
    assert (
        api(cast.outsider)
        .post(f"{address}/hand-over/", {"code": body["code"]}, format="json")
        .status_code
        == 404
    )
    assert (
        api(cast.member)
        .post(f"{address}/hand-over/", {"code": body["code"]}, format="json")
        .status_code
        == 403
    )
    assert api(shop).get("/api/v1/redemptions/").json()["results"][0]["code"] is None
    wrong = api(shop).post(f"{address}/hand-over/", {"code": "1"}, format="json")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "wrong_code")
    done = api(shop).post(f"{address}/hand-over/", {"code": body["code"]}, format="json")
    assert (done.status_code, done.json()["status"]) == (200, "handed_over")
    assert (
        api(shop).post(f"{address}/hand-over/", {"code": body["code"]}, format="json").status_code
        == 409
    )
    assert api(cast.member).post(f"{address}/cancel/").status_code == 409
    points = api(cast.member).get("/api/v1/me/points/").json()
    assert points["balance"] == 30
    first, second = points["entries"]
    assert (first["amount"], second["amount"], second["prev"]) == (50, -20, first["hash"])


def test_a_branch_is_led_to_no_shelf_that_is_not_its_own(page, cast, towel):
    """It sees its community's shelf; only what stands at its compound it counts and changes."""
    serve.report_in(cast, serve.participant(cast.compound, cast.secretary))
    own = serve.reward(cast, unit=cast.compound)
    addresses = [
        reverse(f"service:{name}", args=[row.pk])
        for row in (own, towel)
        for name in ("reward_stock", "reward_change")
    ]
    text = page(cast.secretary).get(reverse("service:rewards")).text
    assert (own.name in text, towel.name in text) == (True, True)
    assert [address in text for address in addresses] == [True, True, False, False]
    text = page(cast.community_worker).get(reverse("service:rewards")).text
    assert all(address in text for address in addresses)


def test_a_button_pressed_twice_holds_one_and_what_is_refused_is_said_and_audited(
    page, cast, member, towel
):
    with time_machine.travel(NOW, tick=False):
        client = page(cast.member)
        mark = re.findall(
            r'name="once" value="([^"]+)"', client.get(reverse("service:rewards")).text
        )
        where = reverse("service:redeem", args=[towel.pk])
        first, again = (client.post(where, {"once": mark[-1]}) for _time in range(2))
        assert (first.status_code, first["Location"]) == (302, reverse("service:rewards"))
        assert again["Location"] == first["Location"]
        held = Redemption.objects.get()
        said = client.get(reverse("service:rewards")).text
        assert said.count(held.code) >= 2
        dear = serve.reward(cast, points=40)
        refused = client.post(reverse("service:redeem", args=[dear.pk]), follow=True)
        said = [str(one) for one in refused.context["messages"]]
        assert (len(said), "40" in said[0], "30" in said[0]) == (1, True, True)
    assert Redemption.objects.count() == 1
    kept = AuditEntry.objects.get(action="service:redeem")
    assert (kept.result, kept.detail["error"]) == ("refused", "not_enough_points")


def test_a_button_of_somebody_without_the_right_is_answered_403(page, cast, member, towel):
    held = redemptions.redeem(reward=towel, by=cast.member, now=NOW)
    make.position(cast.volunteer, Role.SHOP_STAFF, cast.community)
    where = reverse("service:redemption_cancel", args=[held.pk])
    assert page(cast.volunteer).post(where).status_code == 403
    held.refresh_from_db()
    assert held.state == "held"
