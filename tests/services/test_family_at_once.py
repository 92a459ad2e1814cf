"""Gifts of time, the family's points and work orders at the same moment: never doubled, never negative."""

from collections import Counter
from datetime import date

import pytest
from django.db import transaction

from residents.enums import Relation
from tasks.enums import Action, Outcome, Status
from tests import factories as make
from tests.factories import NOW
from tests.services.outcomes import outcome
from tests.volunteers.service import service_factories as serve
from volunteers.service.accounts import ledgers, proofs, work_orders
from volunteers.service.enums import EntryKind, EntrySource, MinutesKind
from volunteers.service.items.first_rules import ensure_rules
from volunteers.service.models import Credit, MinutesAccount, PointsAccount, TimeGift
from volunteers.service.rewards import family

pytestmark = pytest.mark.django_db(transaction=True)
MARCH = date(2026, 3, 1)


@pytest.fixture(autouse=True)
def _rules():
    ensure_rules()


@pytest.fixture
def home(cast):
    return make.household(cast.building)


def lives(home, name, account):
    person = make.resident(home.building, name=name, account=account)
    verified = {"verified_at": NOW, "verified_by": account}
    make.belonging(person, home, Relation.FAMILY, **verified)
    return person


def earn(account, amount):
    ledgers.book(
        account, amount=amount, kind=EntryKind.AWARD, source=EntrySource.CREDIT, source_id=1,
        month=MARCH, text="巡楼", by=None, now=NOW,
    )  # fmt: skip


def test_ten_gifts_at_once_keep_the_limit(cast, at_once, home):
    person = lives(home, "卫党员", cast.member)
    sister = lives(home, "卫姐", cast.owner)
    member = serve.participant(cast.compound, cast.member, person=person)
    with transaction.atomic():
        earn(ledgers.locked_minutes(member, MinutesKind.VOLUNTARY), 600)
    tries = [outcome(lambda: family.give(person=sister, minutes=60, by=cast.member, now=NOW))] * 10
    assert Counter(at_once(*tries)) == {"done": 4, "gift_limit": 6}
    assert sum(TimeGift.objects.values_list("minutes", flat=True)) == 240
    assert sorted(MinutesAccount.objects.values_list("balance", flat=True)) == [240, 360]
    assert list(proofs.problems()) == []


def test_points_are_passed_to_the_family_once_each(cast, at_once, home):
    person = lives(home, "卫党员", cast.member)
    member = serve.participant(cast.compound, cast.member, person=person)
    with transaction.atomic():
        earn(ledgers.locked_points(member), 50)
    tries = [outcome(lambda: family.feed(household=home, points=20, by=cast.member, now=NOW))] * 6
    assert Counter(at_once(*tries)) == {"done": 2, "not_enough_points": 4}
    assert sorted(PointsAccount.objects.values_list("balance", flat=True)) == [10, 40]
    assert list(proofs.problems()) == []


def test_a_work_order_rated_five_times_at_once_is_credited_once(cast, at_once):
    task = make.task(cast, Status.TAKEN)
    task = make.act(task, Action.RESOLVE, cast.member, outcome=Outcome.SOLVED, text="已清理")
    task = make.act(task, Action.CONFIRM, cast.community_worker)
    rating = {"contacted": True, "resolved": True, "stars": 5}
    tries = [outcome(lambda: make.act(task, Action.RATE, cast.owner, **rating))] * 5
    assert Counter(at_once(*tries))["done"] == 1
    assert Credit.objects.get().minutes == 60
    assert list(proofs.problems()) == []


def test_two_work_orders_of_one_hour_fill_it_once(cast, at_once):
    def credited(number):
        def run():
            with transaction.atomic():
                work_orders.credit_work(
                    number=number, unit=cast.building, taker=cast.member, minutes=60, points=0,
                    done_at=NOW, text="清理", approved_by=cast.community_worker, now=NOW,
                )  # fmt: skip

        return outcome(run)

    said = Counter(at_once(credited("A1"), credited("A2"), credited("A3")))
    assert said == {"done": 3}
    assert sum(Credit.objects.values_list("minutes", flat=True)) == 60
    assert list(proofs.problems()) == []
