"""One-time codes: good once, for one purpose, for a while."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from orgs.accounts import one_time_codes
from orgs.errors import Refused, TooOften
from orgs.models import OneTimeCode
from tests import outbox

NOW = datetime(2026, 2, 1, 4, tzinfo=UTC)
PHONE = "13800005678"

pytestmark = pytest.mark.django_db


def send(now=NOW, purpose="task:1"):
    one_time_codes.send_code(phone=PHONE, purpose=purpose, now=now)
    return re.search(r"\d{6}", outbox.sent[-1][1]).group()


def check(code, now=NOW, purpose="task:1", phone=PHONE):
    one_time_codes.check_code(phone=phone, purpose=purpose, code=code, now=now)


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06}"


def test_a_code_is_good_once():
    code = send()
    check(code)
    with pytest.raises(Refused) as refusal:
        check(code)
    assert refusal.value.code == "bad_code"


def test_neither_number_nor_code_is_kept_in_clear():
    code = send()
    row = str(OneTimeCode.objects.values().get())
    assert PHONE not in row
    assert code not in OneTimeCode.objects.get().digest


@pytest.mark.parametrize("other", [{"purpose": "task:2"}, {"phone": "13800005679"}])
def test_a_code_is_good_for_its_purpose_and_number_only(other):
    code = send()
    with pytest.raises(Refused):
        check(code, **other)
    check(code)


@pytest.mark.parametrize(("seconds", "good"), [(599, True), (600, False)])
def test_a_code_ends(seconds, good):
    code = send()
    later = NOW + timedelta(seconds=seconds)
    if good:
        check(code, later)
    else:
        with pytest.raises(Refused):
            check(code, later)


def test_after_five_wrong_tries_the_right_one_is_refused_too():
    code = send()
    for _try in range(5):
        with pytest.raises(Refused):
            check(wrong(code))
    with pytest.raises(Refused):
        check(code)


def test_four_wrong_tries_are_forgiven():
    code = send()
    for _try in range(4):
        with pytest.raises(Refused):
            check(wrong(code))
    check(code)


def test_a_new_code_voids_the_old_but_not_within_a_minute():
    first = send()
    with pytest.raises(TooOften):
        send(NOW + timedelta(seconds=59))
    later = NOW + timedelta(seconds=60)
    second = send(later)
    assert first != second
    with pytest.raises(Refused):
        check(first, later)
    check(second, later)


def test_a_landline_gets_no_code():
    with pytest.raises(Refused):
        one_time_codes.send_code(phone="07138350000", purpose="task:1", now=NOW)
    assert outbox.sent == []


def test_the_console_shows_no_number(capsys):
    one_time_codes.send_to_console(PHONE, "123456")
    shown = capsys.readouterr().out
    assert "138****5678" in shown
    assert "123456" in shown
    assert PHONE not in shown
