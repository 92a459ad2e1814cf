"""Accounts, rewards and months at the same moment: never lost, never doubled, never below nothing."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from orgs.enums import Role
from tests import factories as make
from tests.factories import NOW
from tests.services.outcomes import outcome
from tests.volunteers.service import service_factories as serve
from volunteers.service.accounts import ledgers, long_days, proofs, work_orders
from volunteers.service.accounts.credits import credit
from volunteers.service.duty import months
from volunteers.service.enums import EntryKind, EntrySource, MinutesKind
from volunteers.service.items.first_rules import ensure_rules
from volunteers.service.models import (
    Credit,
    LongDay,
    MinutesAccount,
    MinutesEntry,
    MonthLetter,
    PointsAccount,
    Redemption,
    ServiceMonth,
    StockEntry,
)
from volunteers.service.rewards import redemptions

pytestmark = pytest.mark.django_db(transaction=True)
FIFTY = 50
MARCH = date(2026, 3, 1)
# Eight in the evening in Shanghai.
EVENING = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _rules():
    ensure_rules()


def earn(participant, points):
    ledgers.book(
        ledgers.locked_points(participant), amount=points, kind=EntryKind.AWARD,
        source=EntrySource.CREDIT, source_id=participant.pk, month=MARCH, text="巡楼", by=None,
        now=NOW,
    )  # fmt: skip


def rich(cast, number, points=50):
    user = make.user(f"rich{number}")
    participant = serve.participant(cast.compound, user)
    with transaction.atomic():
        earn(participant, points)
    return user


def test_fifty_want_the_last_one(cast, at_once):
    reward = serve.reward(cast, stock=1)
    users = [rich(cast, number) for number in range(FIFTY)]
    tries = [
        outcome(lambda user=user: redemptions.redeem(reward=reward, by=user, now=NOW))
        for user in users
    ]
    assert Counter(at_once(*tries)) == {"done": 1, "out_of_stock": FIFTY - 1}
    reward.refresh_from_db()
    assert reward.stock == 0
    assert Redemption.objects.count() == StockEntry.objects.count() == 1
    assert sum(PointsAccount.objects.values_list("balance", flat=True)) == FIFTY * 50 - 20
    assert list(proofs.problems()) == []


def test_one_account_never_spends_twice_what_it_has(cast, at_once):
    user = rich(cast, 1, points=50)
    rewards = [serve.reward(cast) for _number in range(6)]
    tries = [
        outcome(lambda reward=reward: redemptions.redeem(reward=reward, by=user, now=NOW))
        for reward in rewards
    ]
    assert Counter(at_once(*tries)) == {"done": 2, "not_enough_points": 4}
    assert PointsAccount.objects.get().balance == 10
    assert list(proofs.problems()) == []


def test_handed_over_cancelled_and_run_out_at_once_is_one_of_them(cast, at_once):
    user = rich(cast, 1)
    shop = make.user("shop")
    make.position(shop, Role.SHOP_STAFF, cast.community)
    reward = serve.reward(cast)
    held = redemptions.redeem(reward=reward, by=user, now=NOW)
    later = NOW + timedelta(hours=100)
    tries = [
        outcome(lambda: redemptions.hand_over(redemption=held, code=held.code, by=shop, now=NOW)),
        outcome(lambda: redemptions.cancel(redemption=held, by=user, now=NOW)),
        outcome(lambda: redemptions.hand_over(redemption=held, code=held.code, by=shop, now=NOW)),
        outcome(lambda: redemptions.expire_due(later)),
    ]
    at_once(*tries)
    held.refresh_from_db()
    reward.refresh_from_db()
    balance = PointsAccount.objects.get().balance
    kept = held.state == "handed_over"
    assert held.state in {"handed_over", "cancelled", "expired"}
    assert (reward.stock, balance) == ((4, 30) if kept else (5, 50))
    assert list(proofs.problems()) == []


def approve(cast, member, task, minutes, begin=NOW):
    return credit(
        participant=member, unit=cast.compound, month=MARCH, minutes_kind=MinutesKind.DUTY,
        intervals=[(begin, begin + timedelta(minutes=minutes))], minutes=minutes,
        planned_minutes=120, counts_activity=True, points=minutes // 10, task_number=task,
        text="巡楼", approved_by=cast.secretary, now=NOW,
    )  # fmt: skip


def test_overlapping_credit_at_once_is_given_once(cast, at_once):
    member = serve.participant(cast.compound, cast.member)
    tries = [
        outcome(lambda task=task: approve(cast, member, task, 120)) for task in ("A", "B", "C", "D")
    ]
    assert Counter(at_once(*tries)) == {"done": 1, "overlap": 3}
    assert MinutesAccount.objects.get().balance == 120
    assert PointsAccount.objects.get().balance == 12


def test_the_same_thing_approved_at_once_is_booked_once(cast, at_once):
    member = serve.participant(cast.compound, cast.member)
    tries = [outcome(lambda: approve(cast, member, "A", 120))] * 4
    assert Counter(at_once(*tries)) == {"done": 4}
    assert MinutesAccount.objects.get().length == 1
    assert list(proofs.problems()) == []


def test_two_jobs_close_a_month_once(cast, at_once):
    begin = datetime(2026, 1, 2, 3, tzinfo=UTC)
    member = serve.participant(cast.compound, cast.member)
    serve.report_in(cast, member, reported_at=begin, confirmed_at=begin)
    late = datetime(2026, 4, 20, tzinfo=UTC)
    assert set(at_once(*[outcome(lambda: months.advance(late))] * 3)) == {"done"}
    closed = ServiceMonth.objects.order_by("month").values_list("month", "state")
    assert list(closed) == [(date(2026, month, 1), "closed") for month in (1, 2, 3)]
    assert MonthLetter.objects.count() == 3
    assert set(MonthLetter.objects.values_list("revision", flat=True)) == {1}


# --- The limit of a day ------------------------------------------------------------------------------


def work(cast, number, until):
    def closed():
        # In the transaction in which its task closes.
        with transaction.atomic():
            work_orders.credit_work(
                number=number, unit=cast.building, taker=cast.member, minutes=300, points=0,
                done_at=until, text="清理", approved_by=cast.community_worker, now=EVENING,
            )  # fmt: skip

    return outcome(closed)


def test_two_work_orders_at_once_do_not_make_a_long_day_together(cast, at_once):
    serve.participant(cast.compound, cast.member)
    at_once(work(cast, "A1", EVENING), work(cast, "A2", EVENING - timedelta(hours=6)))
    assert sum(Credit.objects.values_list("minutes", flat=True)) == 300
    assert LongDay.objects.get().longest == 600


def test_a_long_day_decided_by_two_at_once_is_decided_once(cast, at_once):
    serve.participant(cast.compound, cast.member)
    for number, until in (("A1", EVENING - timedelta(hours=6)), ("A2", EVENING)):
        work(cast, number, until)()
    row = LongDay.objects.get()
    results = at_once(
        outcome(lambda: long_days.approve(long_day=row, by=cast.secretary, now=EVENING)),
        outcome(lambda: long_days.approve(long_day=row, by=cast.community_worker, now=EVENING)),
        outcome(lambda: long_days.refuse(
            long_day=row, reason="无人看到", by=cast.street_cadre, now=EVENING
        )),
    )  # fmt: skip
    assert Counter(results) == {"done": 1, "decided": 2}
    row.refresh_from_db()
    assert sum(MinutesEntry.objects.values_list("amount", flat=True)) == (
        600 if row.approved else 300
    )
