"""Codes to one telephone are capped over all that they are for."""

from datetime import timedelta

import pytest

from orgs.accounts import one_time_codes
from orgs.errors import TooOften
from orgs.models import CodesSent
from tests import factories as make
from tests import outbox

pytestmark = pytest.mark.django_db
PHONE = "13900002222"


def send(number: int, now=make.NOW) -> None:
    one_time_codes.send_code(phone=PHONE, purpose=f"task:{number}", now=now)


def test_five_an_hour_whatever_they_are_for():
    for number in range(5):
        send(number)
    with pytest.raises(TooOften):
        send(6)
    with pytest.raises(TooOften):
        one_time_codes.deliver(PHONE, "123456", make.NOW)
    one_time_codes.send_code(phone="13900003333", purpose="task:1", now=make.NOW)
    assert len(outbox.sent) == 6


def test_twelve_a_day():
    for number in range(12):
        send(number, make.NOW + timedelta(minutes=61 * (number // 5)))
    with pytest.raises(TooOften):
        send(13, make.NOW + timedelta(hours=6))
    send(14, make.NOW + timedelta(hours=25))


def test_what_a_clock_ahead_wrote_counts_for_nothing():
    for number in range(5):
        send(number, make.NOW + timedelta(hours=30))
    send(6)
    assert len(CodesSent.objects.get().times) == 1


def test_a_capped_code_leaves_the_one_before_good():
    send(1)
    for number in range(2, 6):
        send(number)
    code = outbox.sent[0]
    with pytest.raises(TooOften):
        send(1, make.NOW + timedelta(minutes=2))
    assert code
