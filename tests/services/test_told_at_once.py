"""Following and being told by message, from several sides at the same moment."""

from collections import Counter

import pytest

from orgs.models import AuditEntry, ShortMessage
from orgs.notifications import short_messages
from orgs.notifications.short_messages import NewMessage
from tasks.enums import Status
from tasks.models import Follow
from tasks.reports import following
from tests import factories as make
from tests import outbox
from tests.services.outcomes import outcome

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


def test_a_report_is_followed_once(cast, at_once):
    task = make.task(cast, Status.HANDLING)

    def follow():
        following.follow(task=task, by=cast.neighbour, now=make.NOW)

    assert Counter(at_once(*[outcome(follow)] * AT_ONCE)) == {"done": AT_ONCE}
    assert Follow.objects.count() == 1
    assert AuditEntry.objects.filter(action="tasks.follow").count() == 1


def test_a_message_waits_once(cast, at_once):
    new = [NewMessage(f"task-event:{number}", "13900002222", "已收到") for number in range(5)]

    def queue():
        short_messages.queue(new, now=make.NOW)

    assert Counter(at_once(*[outcome(queue)] * AT_ONCE)) == {"done": AT_ONCE}
    assert ShortMessage.objects.count() == len(new)


def test_each_message_goes_out_once(cast, at_once):
    new = [
        NewMessage(f"task-event:{number}", "13900002222", f"第{number}条") for number in range(5)
    ]
    short_messages.queue(new, now=make.NOW)
    due = ShortMessage.objects.latest("due_at").due_at
    before = len(outbox.sent)
    at_once(*[lambda: short_messages.deliver(now=due)] * AT_ONCE)
    assert Counter(text for _phone, text in outbox.sent[before:]) == {
        f"第{n}条": 1 for n in range(5)
    }
    assert not ShortMessage.objects.filter(sent_at=None).exists()
