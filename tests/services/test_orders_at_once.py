"""Orders at the same moment: one taker, one booking, one level."""

from collections import Counter
from datetime import timedelta

import pytest

from tests import factories as make
from tests.factories import NOW
from tests.services.outcomes import outcome
from tests.volunteers.service import service_factories as serve
from volunteers.service.models import MinutesAccount, ServiceOrder
from volunteers.service.orders import orders, work
from volunteers.service.proxies import rings, teams

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 20


def people(cast):
    for _number in range(MANY):
        person = make.user()
        make.position(person, "volunteer", cast.compound)
        yield person


def offered(cast):
    row = orders.order(unit=cast.building, item=serve.item(), by=cast.owner, now=NOW)
    return orders.offer(serviceorder=row, by=cast.secretary, now=NOW)


def test_of_twenty_at_once_one_takes_it(cast, at_once):
    row = offered(cast)
    calls = [
        outcome(lambda person=person: work.take(serviceorder=row, by=person, now=NOW))
        for person in people(cast)
    ]
    assert Counter(at_once(*calls)) == {"done": 1, "wrong_state": MANY - 1}
    assert ServiceOrder.objects.get().state == "taken"
    assert row.entries.filter(action="take").count() == 1


def test_rated_and_timed_out_at_once_it_is_booked_once(cast, at_once):
    row = work.take(serviceorder=offered(cast), by=cast.member, now=NOW)
    later = NOW + timedelta(hours=3)
    row = work.resolve(serviceorder=row, minutes=30, by=cast.member, now=later)
    late = NOW + timedelta(days=8)
    rate = outcome(lambda: work.rate(serviceorder=row, stars=5, by=cast.owner, now=late))
    expire = outcome(lambda: work.expire(serviceorder=row, now=late))
    found = Counter(at_once(*[rate] * 3, *[expire] * 3))
    assert found["done"] == 1
    assert MinutesAccount.objects.get().balance == 30


def test_of_a_team_at_once_one_answers(cast, at_once):
    team = teams.found(unit=cast.compound, name="帮代办队", by=cast.secretary, now=NOW)
    members = list(people(cast))
    for person in members:
        teams.add_member(team=team, person=person, by=cast.secretary, now=NOW)
    row = rings.ring(unit=cast.building, matter="水管漏水", by=cast.owner, now=NOW)
    calls = [
        outcome(lambda person=person: rings.take(ring=row, by=person, now=NOW))
        for person in members
    ]
    assert Counter(at_once(*calls)) == {"done": 1, "wrong_state": MANY - 1}
