"""Short messages wait until the sender took them; the demo shows what it would send."""

from datetime import timedelta

import pytest

from orgs.accounts import one_time_codes
from orgs.models import ShortMessage
from orgs.notifications import short_messages
from orgs.notifications.short_messages import NewMessage
from tests import factories as make
from tests import outbox

PHONE = "13900002222"
NOON = make.NOW.replace(hour=12, minute=0)


def queue(key="one", phone=PHONE, now=NOON):
    return short_messages.queue([NewMessage(key, phone, "您上报的已办结")], now=now)


@pytest.mark.django_db
def test_sent_once_by_the_sender_of_the_settings():
    assert (queue(), queue()) == (1, 0)
    assert short_messages.deliver(now=NOON) == 1
    assert outbox.sent == [(PHONE, "您上报的已办结")]
    assert short_messages.deliver(now=NOON + timedelta(hours=1)) == 0


@pytest.mark.django_db
def test_nothing_goes_to_a_landline_or_by_night():
    assert queue(phone="07138001234") == 0
    midnight = NOON + timedelta(hours=12)
    queue(now=midnight)
    assert short_messages.deliver(now=midnight) == 0
    assert short_messages.deliver(now=midnight + timedelta(hours=9)) == 1


@pytest.mark.django_db
def test_a_sender_that_fails_is_tried_again_and_given_up(settings):
    settings.CODE_SENDER = "tests.orgs.notifications.test_short_messages.broken"
    queue()
    now = NOON
    for _try in range(8):
        assert short_messages.deliver(now=now) == 0
        now += timedelta(hours=5)
    row = ShortMessage.objects.get()
    assert row.failed_at
    assert row.sent_at is None


def broken(phone, text):
    raise OSError("the sender is away")


@pytest.mark.django_db
def test_numbers_and_texts_are_encrypted_and_forgotten():
    from django.db import connection

    queue()
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, text FROM orgs_shortmessage")
        assert PHONE not in str(cursor.fetchall())
    assert short_messages.forget(now=NOON + timedelta(days=31)) == 1


@pytest.mark.django_db
def test_the_demo_shows_what_it_would_send_and_nobody_else_does(client, settings):
    assert client.get("/demo/messages/").status_code == 404
    one_time_codes.deliver(PHONE, "123456", NOON)
    assert not ShortMessage.objects.exists()
    settings.DEMO = True
    one_time_codes.deliver(PHONE, "123456", NOON)
    queue()
    shown = client.get("/demo/messages/").content.decode()
    assert "123456" in shown
    assert "您上报的已办结" in shown
    assert PHONE not in shown
