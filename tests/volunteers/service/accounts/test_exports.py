"""The export to the official volunteer system: voluntary alone, once, an answer per record."""

from datetime import timedelta

import pytest

from tests.factories import NOW
from tests.volunteers.service import service_factories as serve
from tests.volunteers.service.accounts.test_credits import approve
from volunteers.service.accounts import exports
from volunteers.service.enums import MinutesKind

pytestmark = pytest.mark.django_db


def test_each_record_goes_once_and_waits_for_its_answer(cast):
    member = serve.participant(cast.compound, cast.member)
    approve(cast, member, task="HZ1")
    approve(cast, member, task="HZ2", at=NOW + timedelta(hours=3))
    approve(cast, member, task="HZ3", at=NOW + timedelta(hours=6), minutes_kind=MinutesKind.DUTY)
    assert exports.collect(NOW) == 2
    assert exports.collect(NOW) == 0
    sent = exports.take(by=None, now=NOW)
    assert [row["minutes"] for row in sent] == [120, 120]
    assert exports.take(by=None, now=NOW) == []
    first, second = (row["record"] for row in sent)
    answers = [exports.Answer(first, number="V1"), exports.Answer(second, reason="姓名不符")]
    assert exports.acknowledge(answers, by=None, now=NOW) == 2
    assert [(row.pk, row.state) for row in exports.not_accepted()] == [(second, "refused")]
    assert exports.acknowledge([exports.Answer(first, reason="x")], by=None, now=NOW) == 0
    assert exports.acknowledge([exports.Answer(second, number="V2")], by=None, now=NOW) == 1
    assert list(exports.not_accepted()) == []
